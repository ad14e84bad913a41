import { infraEnvironment } from "./env.ts";
import { repositoryStages, synthesiseStages } from "./repository-stages.ts";
import { runProgram } from "./run-program.ts";

/** What cdktf runs: writes the Terraform of every stage, or of the one that MUSTER_STAGE names. */
await runProgram(async () => {
  const { stage, outdir } = infraEnvironment();
  await synthesiseStages(await repositoryStages(stage), outdir);
});
