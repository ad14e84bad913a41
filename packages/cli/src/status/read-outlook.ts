import { planBuild } from "@muster/lambdas";
import type { BuildInput } from "@muster/pipeline";
import { readDurations } from "../plan/durations.ts";
import { timed } from "../plan/estimate-plan.ts";
import type { Stage } from "../stages/stage.ts";
import type { Outlook } from "./expected-end.ts";

/** What there is to know of a build that runs: its plan by what is there now, and how long the stage's last attempts took. */
export async function readOutlook(
  stage: Pick<Stage, "pipeline" | "description" | "s3" | "sfn" | "damagedBuilds">,
  input: BuildInput,
): Promise<Outlook> {
  const { pipeline, description, s3 } = stage;
  const { tasks } = await planBuild(input, { pipeline, stage: description, s3: await s3() });
  const durations = await readDurations(stage, tasks.map(timed), input);
  return { flow: pipeline.flow, tasks, durations, maxWorkers: description.maxWorkers };
}
