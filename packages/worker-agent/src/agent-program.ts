import { existsSync, globSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The program that runs on workers: beside this one in an installed Muster; in a checkout its bundle, which starts faster, or its sources
 * where these are newer than the bundle.
 */
export function agentProgram(): string {
  const installed = join(import.meta.dirname, "agent.mjs");
  if (existsSync(installed)) return installed;
  const sources = dirname(fileURLToPath(import.meta.resolve("@muster/worker-agent")));
  const bundle = join(sources, "..", "dist", "agent.mjs");
  return existsSync(bundle) && isNewer(bundle, sources) ? bundle : join(sources, "main.ts");
}

function isNewer(bundle: string, sources: string): boolean {
  const built = statSync(bundle).mtimeMs;
  const ours = ["@muster/pipeline", "@muster/records"].map((name) =>
    fileURLToPath(new URL(".", import.meta.resolve(name))),
  );
  return [sources, ...ours]
    .flatMap((folder) => globSync(join(folder, "**/*.ts")))
    .filter((file) => !file.endsWith(".test.ts"))
    .every((file) => statSync(file).mtimeMs <= built);
}
