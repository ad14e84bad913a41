import { existsSync, globSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** The bundle, which starts faster, where it is there and newer than the sources; else the sources. */
export const agentProgram: string = isBundleCurrent() ? bundle() : join(root, "src", "main.ts");

function bundle(): string {
  return join(root, "dist", "agent.mjs");
}

function isBundleCurrent(): boolean {
  if (!existsSync(bundle())) return false;
  const built = statSync(bundle()).mtimeMs;
  const sources = [join(root, "src"), join(root, "..", "pipeline", "src")];
  return sources
    .flatMap((folder) => globSync(join(folder, "**/*.ts")))
    .filter((file) => !file.endsWith(".test.ts"))
    .every((file) => statSync(file).mtimeMs <= built);
}
