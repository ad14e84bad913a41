import { fixedState, ParseInputEvent, parseBuildInput } from "@muster/pipeline";
import { overlapError, overlappingBuild } from "./builds/overlapping-build.ts";
import { handler } from "./handler.ts";
import { checkQuotas } from "./quotas/check-quotas.ts";
import { recordWithdrawal, refuseWithdrawn } from "./records/withdrawals.ts";

/**
 * Understands what a build is asked for. However it was started, a build that would make the same as a running one is refused here, and so is one that
 * EC2's quotas leave without a single worker, and one of a version that was taken back.
 */
export const parseInput = handler(
  fixedState.parseInput,
  { input: ParseInputEvent, uses: ["s3", "sfn", "serviceQuotas"] },
  async ({ input, execution }, { pipeline, stage, clients, log }) => {
    const startDate = new Date(execution.startTime);
    const buildInput = parseBuildInput(input, pipeline, { today: startDate });
    const overlap = await overlappingBuild(buildInput, {
      sfn: clients.sfn,
      stateMachineArn: stage.stateMachineArn,
      pipeline,
      self: { arn: execution.id, startDate },
    });
    if (overlap) throw overlapError(overlap);
    const withdrawals = { s3: clients.s3, bucket: stage.buckets.state };
    await refuseWithdrawn(buildInput, withdrawals);
    await checkQuotas(buildInput, { pipeline, stage, serviceQuotas: clients.serviceQuotas, log });
    await recordWithdrawal(buildInput, { ...withdrawals, build: execution.name, at: startDate });
    return { buildInput };
  },
);
