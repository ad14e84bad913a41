import type { InvokeFunction } from "../../lambda-functions.ts";
import type { InvokeEventually } from "../lambda/invoke-eventually.ts";
import type { ActivityQueues, QueuedTask } from "./activity-queues.ts";
import { callFunction } from "./call-function.ts";
import { Phase } from "./interpreter/frame.ts";
import { attempt } from "./interpreter/step.ts";
import { settleTask, submitTask } from "./state-types/task.ts";
import type { Turns } from "./turns.ts";

export interface DispatchOptions extends Pick<Turns, "run"> {
  readonly invoke: InvokeFunction;
  readonly invokeEventually: InvokeEventually;
  readonly queues: Pick<ActivityQueues, "offer">;
  readonly isParked: () => boolean;
}

/** Where a task goes; undefined for one that was aborted, timed out or taken meanwhile. */
export function destinationOf({ execution, frame, scheduledId }: QueuedTask): "queue" | "function" | undefined {
  const kind = frame.task?.resource.kind;
  if (kind === undefined || execution.status !== "RUNNING" || frame.scheduledId !== scheduledId) return undefined;
  if (kind === "activity") return frame.phase === Phase.Scheduled ? "queue" : undefined;
  return frame.phase === Phase.Started ? "function" : undefined;
}

/** Calls the task's function, or offers the task to workers. */
export function dispatchTask(
  task: QueuedTask,
  { invoke, invokeEventually, queues, run, isParked }: DispatchOptions,
): void {
  const resource = task.frame.task?.resource;
  if (isParked() || resource === undefined || destinationOf(task) === undefined) return;
  if (resource.kind === "activity") {
    queues.offer(resource.arn, task);
    return;
  }
  // The answer to such a call only says that the function has the task's token.
  const callback = resource.kind === "lambda:invoke" && resource.callback;
  const { execution, frame } = task;
  const controller = new AbortController();
  frame.abortCall = () => controller.abort();
  const calling = { execution, frame, signal: controller.signal };
  void callFunction({ invoke, invokeEventually }, calling).then((outcome) => {
    if (isParked() || destinationOf(task) !== "function") return;
    frame.abortCall = undefined;
    run(() => {
      attempt(execution, frame, () => {
        if (callback && outcome.kind === "succeeded") submitTask(execution, frame, outcome.output);
        else settleTask(execution, frame, outcome);
      });
    });
  });
}
