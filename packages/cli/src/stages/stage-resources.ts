import type { Resources } from "@muster/asl";
import type { FunctionName, StageDescription } from "@muster/pipeline";
import { mapRunsPrefix } from "@muster/records";
import { UsageError } from "../usage-error.ts";

/** What the state machine of a stage refers to, by ARN. */
export function stageResources({
  stage,
  region,
  accountId,
  functions,
  activities,
  buckets,
}: StageDescription): Resources {
  return {
    functionArn(name: FunctionName): string {
      const function_ = known(functions[name], `function ${name}`, stage);
      return function_.startsWith("arn:") ? function_ : `arn:aws:lambda:${region}:${accountId}:function:${function_}`;
    },
    mapRuns: { Bucket: buckets.state, Prefix: mapRunsPrefix },
    activityArn: (name: string): string => known(activities[name], `activity ${name}`, stage),
  };
}

function known(arn: string | undefined, what: string, stage: string): string {
  if (arn !== undefined) return arn;
  throw new UsageError(`the stage ${stage} has no ${what}`, { hint: "deploy the pipeline to the stage again" });
}
