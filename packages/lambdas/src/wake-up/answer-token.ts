import { SendTaskSuccessCommand, type SFNClient } from "@aws-sdk/client-sfn";

/** The state went on without this answer: it timed out, was answered by another, or its build ended. */
const TOO_LATE = new Set(["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"]);

/** Ends a waiting HealthCheckWait; false when nobody waits on the token any more. */
export async function answerToken(sfn: SFNClient, taskToken: string): Promise<boolean> {
  try {
    await sfn.send(new SendTaskSuccessCommand({ taskToken, output: "{}" }));
    return true;
  } catch (error) {
    if (error instanceof Error && TOO_LATE.has(error.name)) return false;
    throw error;
  }
}
