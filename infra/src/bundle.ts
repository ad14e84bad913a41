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

function run(folder: string, args: readonly string[]): boolean {
  const { status } = spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], {
    cwd: folder,
    stdio: "inherit",
  });
  return status === 0;
}

function bundle(stages: readonly Stage[]): boolean {
  const pipelines = [...new Set(stages.map(({ pipeline }) => pipeline))];
  const functions = pipelines.every((name) => {
    const out = join(infra, "dist/functions", name);
    return run(join(packages, "lambdas"), [
      "bundle/main.ts",
      join(infra, "../pipelines", name, "pipeline.ts"),
      "--out",
      out,
    ]);
  });
  return functions && run(join(packages, "worker-agent"), ["bundle/main.ts"]);
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
