import { WorkerTag } from "@muster/records";
import type { StageScope } from "../stage-scope.ts";
import type { Condition } from "./policy.ts";

/** Holds for what bears this stage's tags: machines have them from birth, everything else from the provider. */
export function ofThisStage({ stage, pipeline }: Pick<StageScope, "stage" | "pipeline">): Condition {
  return {
    StringEquals: {
      [`aws:ResourceTag/${WorkerTag.stage}`]: stage.name,
      [`aws:ResourceTag/${WorkerTag.pipeline}`]: pipeline.name,
    },
  };
}
