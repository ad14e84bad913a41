import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { type NotificationRequest, NotifyAnswer, type StageDescription } from "@muster/pipeline";
import * as z from "zod";
import { StageError, UsageError } from "../usage-error.ts";

const Failed = z.object({ errorType: z.string().optional(), errorMessage: z.string() });

/**
 * Calls the function that tells of builds' ends, and waits for what it says. Never twice: it may have told somebody.
 * @throws UsageError for what it refuses; StageError where the stage has no such function
 */
export async function invokeNotify(
  { region, stage, functions }: StageDescription,
  detail: NotificationRequest["detail"],
): Promise<NotifyAnswer> {
  const FunctionName = functions.Notify;
  if (FunctionName === undefined) {
    throw new StageError(`the stage ${stage} was deployed before it could tell anybody`, { hint: "deploy it again" });
  }
  const lambda = new LambdaClient({ region, maxAttempts: 1 });
  try {
    const request: NotificationRequest = { "detail-type": "Muster Notification Request", detail };
    const { Payload, FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) }),
    );
    const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString("utf8") || "null");
    if (FunctionError === undefined) return NotifyAnswer.parse(answer);
    const { errorType, errorMessage } = Failed.parse(answer);
    if (errorType === "Muster.InvalidInput") throw new UsageError(errorMessage);
    throw new StageError(`the function Notify of ${stage} failed: ${errorMessage}`);
  } finally {
    lambda.destroy();
  }
}
