import { join } from "node:path";
import { MusterError } from "@muster/pipeline";
import { infraEnvironment } from "./env.ts";
import { stageNamed } from "./stage-settings.ts";
import { synthesise } from "./synthesise.ts";

/** What cdktf runs: writes the Terraform of every stage, or of the one that MUSTER_STAGE names. */
const infra = join(import.meta.dirname, "..");
const repository = join(infra, "..");

try {
  const { stage, outdir } = infraEnvironment();
  const { default: stages } = await import("../stages.ts");
  await synthesise({
    stages: stage === undefined ? stages : [stageNamed(stages, stage)],
    outdir: outdir ?? join(infra, "cdktf.out"),
    pipelines: join(repository, "pipelines"),
    functions: join(infra, "dist/functions"),
    agents: join(infra, "dist/agents"),
  });
} catch (error) {
  if (!(error instanceof MusterError)) throw error;
  process.stderr.write(`muster-infra: ${error.message}${error.hint ? `\n  ${error.hint}` : ""}\n`);
  process.exitCode = 1;
}
