import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ALL_OPERATIONS } from "./all-operations.ts";
import { withOperations } from "./render-operations.ts";

const readme = fileURLToPath(new URL("../README.md", import.meta.url));
writeFileSync(readme, withOperations(readFileSync(readme, "utf8"), ALL_OPERATIONS));
