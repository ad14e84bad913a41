import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { agentBundle, type Bundle, functionsBundle, recordSources, sourcesDigest } from "./built-from.ts";
import { infraEnvironment } from "./env.ts";
import { bundleFolders, repositoryFolder, repositoryStages } from "./repository-stages.ts";
import { runProgram } from "./run-program.ts";

/**
 * `pnpm --filter infra bundle`: builds what a synthesis needs, for the pipelines of all stages or of the one that MUSTER_STAGE names: the functions' bundles, and the
 * agent's archives.
 */
await runProgram(async () => {
  const stages = await repositoryStages(infraEnvironment().stage);
  const pipelines = [...new Set(stages.map(({ pipeline }) => pipeline))];
  const made =
    pipelines.every((name) =>
      make(functionsBundle(name, bundleFolders), join(repositoryFolder, "pipelines", name, "pipeline.ts")),
    ) && make(agentBundle(bundleFolders));
  if (!made) process.exitCode = 1;
});

/** Runs a package's own script, in place of all that an earlier one left; what it prints is what one sees. */
function make(bundle: Bundle, ...args: readonly string[]): boolean {
  const { packageManager } = infraEnvironment();
  const [program, ...first] = packageManager ? [process.execPath, packageManager] : ["npx", "--yes", "pnpm@10.34.9"];
  const command = [...first, "--silent", "run", "bundle", ...args, "--out", bundle.folder];
  // Before: what changes meanwhile is not in the bundle for sure.
  const digest = sourcesDigest(bundle, repositoryFolder);
  rmSync(bundle.folder, { recursive: true, force: true });
  const cwd = join(repositoryFolder, "packages", bundle.from);
  if (spawnSync(program, command, { cwd, stdio: "inherit" }).status !== 0) return false;
  recordSources(bundle, digest);
  return true;
}
