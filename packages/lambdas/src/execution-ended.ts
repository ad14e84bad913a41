import * as z from "zod";

/** What EventBridge delivers of a build's end. @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
export const ExecutionStatus = z.object({
  "detail-type": z.literal("Step Functions Execution Status Change"),
  detail: z.object({ executionArn: z.string(), stateMachineArn: z.string(), status: z.string() }),
});
export type ExecutionStatus = z.infer<typeof ExecutionStatus>;
