import { expect, test } from "vitest";
import type { QueuedTask } from "./activity-queues.ts";
import { destinationOf } from "./dispatch-task.ts";
import type { Execution, ExecutionStatus } from "./interpreter/execution.ts";
import { createFrame, Phase } from "./interpreter/frame.ts";
import type { TaskResource } from "./language/task-resource.ts";

function task(
  resource: TaskResource,
  phase: Phase,
  { status = "RUNNING", scheduledId = 7 }: { status?: ExecutionStatus; scheduledId?: number } = {},
): QueuedTask {
  const graph = { startAt: "A", states: new Map() };
  const fresh = createFrame({ id: 0, parent: undefined, index: 0, graph, item: undefined, input: null, chain: 0 });
  const attempt = { resource, timeoutSeconds: undefined, heartbeatSeconds: undefined };
  return { execution: { status } as Execution, frame: { ...fresh, phase, scheduledId: 7, task: attempt }, scheduledId };
}
const activity = { kind: "activity", arn: "arn:a" } as const;
const lambda = { kind: "lambda", arn: "arn:f" } as const;

test("an activity's task waits in its queue, a function's is called", () => {
  expect(destinationOf(task(activity, Phase.Scheduled))).toBe("queue");
  expect(destinationOf(task(lambda, Phase.Started))).toBe("function");
  expect(destinationOf(task({ kind: "lambda:invoke", callback: true }, Phase.Started))).toBe("function");
});

test("a task that was taken, tried again or stopped meanwhile goes nowhere", () => {
  expect(destinationOf(task(activity, Phase.Started))).toBeUndefined();
  expect(destinationOf(task(lambda, Phase.Backoff))).toBeUndefined();
  expect(destinationOf(task(lambda, Phase.Started, { scheduledId: 3 }))).toBeUndefined();
  expect(destinationOf(task(activity, Phase.Scheduled, { status: "ABORTED" }))).toBeUndefined();
});
