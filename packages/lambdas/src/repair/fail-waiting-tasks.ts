import { GetActivityTaskCommand, SendTaskFailureCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { ErrorName, MAX_CAUSE_BYTES, shortenJson, TaskInput } from "@muster/pipeline";
import { chance } from "@muster/records";
import type { Log } from "../log.ts";
import { taskKey } from "./pending-tasks.ts";
import type { Doom } from "./tasks-without-worker.ts";

/** For a message in a cause; the whole of it is in the log. */
const ROOM = MAX_CAUSE_BYTES - JSON.stringify({ message: "" }).length;

/**
 * A queue that holds a task answers at once. Going away earlier than the poll's end may lose a task that is published in that very moment until
 * its heartbeat is missed; waiting longer would cost the function its time.
 */
const POLL_PATIENCE_MS = 10_000;

/**
 * Takes tasks that nobody else will take from the queue and fails them. What else comes out of the queue is put back: it is published again a second later.
 * @returns how many were failed
 */
export async function failWaitingTasks(
  activityArn: string,
  { error, tasks }: Doom,
  { message, waiting }: { message: string; waiting: number },
  { sfn, log }: { sfn: SFNClient; log: Log },
): Promise<number> {
  const doomed = new Set(tasks.map((task) => taskKey({ execution: task.execution, task: task.name })));
  let failed = 0;
  for (let drawn = 0; drawn < waiting && doomed.size > 0; drawn++) {
    const { taskToken, input } = await draw(sfn, activityArn);
    if (!taskToken) break;
    const task = TaskInput.parse(JSON.parse(input ?? "null"));
    const isDoomed = doomed.delete(taskKey({ execution: task.execution, task: task.name }));
    await sfn.send(
      new SendTaskFailureCommand({
        taskToken,
        error: isDoomed ? error : ErrorName.requeued,
        cause: JSON.stringify({
          message: isDoomed ? shortenJson(message, ROOM) : "it belongs to a build that still waits",
        }),
      }),
    );
    if (!isDoomed) continue;
    failed++;
    log.warn("task failed for want of a worker", { task: task.name, build: task.execution, error, reason: message });
  }
  return failed;
}

async function draw(sfn: SFNClient, activityArn: string): Promise<{ taskToken?: string; input?: string }> {
  const patience = chance().abortAfter(POLL_PATIENCE_MS);
  try {
    const { taskToken, input } = await sfn.send(
      new GetActivityTaskCommand({ activityArn, workerName: "muster-repair" }),
      { abortSignal: patience },
    );
    return { ...(taskToken ? { taskToken } : {}), ...(input === undefined ? {} : { input }) };
  } catch (error) {
    // A connection that breaks is a TimeoutError of the SDK's too, and says nothing of the queue.
    if (patience.aborted) return {};
    throw error;
  }
}
