import { SendTaskSuccessCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { taskIsOver } from "@muster/records";

/**
 * Ends a state that waits for this token; false when it waits no more.
 * @param answer what the state is to have come to, as JSON
 */
export async function answerToken(sfn: SFNClient, taskToken: string, answer: object = {}): Promise<boolean> {
  try {
    await sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(answer) }));
    return true;
  } catch (error) {
    // The state went on without this answer: it timed out, was answered by another, or its build ended.
    if (taskIsOver(error)) return false;
    throw error;
  }
}
