import { SendTaskSuccessCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { taskIsOver } from "@muster/records";

/** Ends a waiting HealthCheckWait; false when nobody waits on the token any more. */
export async function answerToken(sfn: SFNClient, taskToken: string): Promise<boolean> {
  try {
    await sfn.send(new SendTaskSuccessCommand({ taskToken, output: "{}" }));
    return true;
  } catch (error) {
    // The state went on without this answer: it timed out, was answered by another, or its build ended.
    if (taskIsOver(error)) return false;
    throw error;
  }
}
