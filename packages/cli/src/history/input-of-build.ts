import { DescribeExecutionCommand } from "@aws-sdk/client-sfn";
import type { BuildInput } from "@muster/pipeline";
import type { Stage } from "../stages/stage.ts";
import { understood } from "../start-build.ts";
import type { BuildSummary } from "./find-build.ts";

/** What a build was asked for; undefined where this definition of the pipeline does not understand it. */
export async function inputOfBuild(
  stage: Pick<Stage, "sfn" | "pipeline">,
  { executionArn, startedAt }: Pick<BuildSummary, "executionArn" | "startedAt">,
): Promise<BuildInput | undefined> {
  const { input } = await stage.sfn.send(new DescribeExecutionCommand({ executionArn }));
  return understood(stage, input ?? "{}", startedAt);
}
