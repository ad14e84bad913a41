import { cacheFolder } from "./env.ts";
import { keepCompiled } from "./keep-compiled.ts";

// Before anything else is loaded, which is why this is a program of its own.
keepCompiled(cacheFolder(), import.meta.filename);
await import("./main.ts");
