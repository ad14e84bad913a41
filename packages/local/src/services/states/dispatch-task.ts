import type { InvokeFunction } from "../../lambda-functions.ts";
import type { ActivityQueues, QueuedTask } from "./activity-queues.ts";
import { callFunction } from "./call-function.ts";
import { Phase } from "./interpreter/frame.ts";
import { attempt } from "./interpreter/step.ts";
import { settleTask, submitTask } from "./state-types/task.ts";
import type { Turns } from "./turns.ts";

export interface DispatchOptions extends Pick<Turns, "run"> {
  readonly invoke: InvokeFunction;
  readonly queues: Pick<ActivityQueues, "offer">;
  readonly isParked: () => boolean;
}

export type Destination =
  | { readonly kind: "queue"; readonly activityArn: string }
  /** With `callback`, the function's answer only says that it has the task's token. */
  | { readonly kind: "function"; readonly callback: boolean };

/** Where a task goes; undefined for one that was aborted, timed out or taken meanwhile. */
export function destinationOf({ execution, frame, scheduledId }: QueuedTask): Destination | undefined {
  const resource = frame.task?.resource;
  if (execution.status !== "RUNNING" || frame.scheduledId !== scheduledId || resource === undefined) return undefined;
  if (resource.kind === "activity")
    return frame.phase === Phase.Scheduled ? { kind: "queue", activityArn: resource.arn } : undefined;
  if (frame.phase !== Phase.Started) return undefined;
  return { kind: "function", callback: resource.kind === "lambda:invoke" && resource.callback };
}

/** Calls the task's function, or offers the task to workers. */
export function dispatchTask(task: QueuedTask, { invoke, queues, run, isParked }: DispatchOptions): void {
  const destination = isParked() ? undefined : destinationOf(task);
  if (destination === undefined) return;
  if (destination.kind === "queue") {
    queues.offer(destination.activityArn, task);
    return;
  }
  const { execution, frame } = task;
  const controller = new AbortController();
  frame.abortCall = () => controller.abort();
  void callFunction(invoke, { execution, frame, signal: controller.signal }).then((outcome) => {
    if (isParked() || destinationOf(task) === undefined) return;
    frame.abortCall = undefined;
    run(() => {
      attempt(execution, frame, () => {
        if (destination.callback && outcome.kind === "succeeded") submitTask(execution, frame, outcome.output);
        else settleTask(execution, frame, outcome);
      });
    });
  });
}
