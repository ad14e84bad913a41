import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { MusterError } from "@muster/pipeline";
import { infraEnvironment } from "./env.ts";
import { type Stage, stageNamed } from "./stage-settings.ts";

/**
 * `pnpm --filter infra bundle`: builds what a synthesis needs, for the pipelines of all stages or of the one that MUSTER_STAGE names: the functions' bundles, and the
 * agent's archives.
 */
const infra = join(import.meta.dirname, "..");
const packages = join(infra, "../packages");

/** Runs a package's own script; what it prints is what one sees. */
function run(folder: string, script: string, ...args: readonly string[]): boolean {
  const { packageManager } = infraEnvironment();
  const [program, ...first] = packageManager ? [process.execPath, packageManager] : ["npx", "--yes", "pnpm@10.34.9"];
  const command = [...first, "--silent", "run", script, ...args];
  return spawnSync(program, command, { cwd: folder, stdio: "inherit" }).status === 0;
}

function bundle(stages: readonly Stage[]): boolean {
  const pipelines = [...new Set(stages.map(({ pipeline }) => pipeline))];
  const functions = pipelines.every((name) => {
    const out = join(infra, "dist/functions", name);
    return run(join(packages, "lambdas"), "bundle", join(infra, "../pipelines", name, "pipeline.ts"), "--out", out);
  });
  return functions && run(join(packages, "worker-agent"), "bundle", "--out", join(infra, "dist/agents"));
}

try {
  const { stage } = infraEnvironment();
  const { default: stages } = await import("../stages.ts");
  if (!bundle(stage === undefined ? stages : [stageNamed(stages, stage)])) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof MusterError)) throw error;
  process.stderr.write(`muster-infra: ${error.message}${error.hint ? `\n  ${error.hint}` : ""}\n`);
  process.exitCode = 1;
}
