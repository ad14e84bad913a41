import { expect, test } from "vitest";
import { virtualClock } from "../../clock.ts";
import { activityQueues, type QueuedTask } from "./activity-queues.ts";
import { createEngine } from "./engine.ts";
import { applyRecord } from "./interpreter/apply-record.ts";
import { EventCode } from "./interpreter/event-codes.ts";
import { createExecution, type Execution, openRoot } from "./interpreter/execution.ts";
import { compileDefinition } from "./language/compile-definition.ts";

const ARN = "arn:aws:states:us-east-1:111111111111:activity:work";
const { definition } = compileDefinition(
  JSON.stringify({ StartAt: "A", States: { A: { Type: "Task", Resource: ARN, End: true } } }),
);
const { surroundings } = createEngine({
  clock: virtualClock(),
  secret: "",
  invoke: () => Promise.reject(new Error("nothing is invoked here")),
  invokeEventually() {},
  sink: { append() {}, write() {}, ended() {} },
  timeScale: 1,
  historyLimit: 100,
  activityExists: () => true,
  objects: undefined,
  findExecution: () => undefined,
  begin() {},
  mapRunStarted() {},
  onEvent: undefined,
});

/** A task that was scheduled and that nobody has taken. */
function task(name: string): QueuedTask {
  if (definition === undefined) throw new Error("the definition does not compile");
  const execution: Execution = createExecution(
    {
      arn: name,
      name,
      stateMachineArn: "",
      stateMachineName: "",
      roleArn: "",
      definitionHash: "",
      definition,
      inputText: "{}",
      startedAtMs: 0,
    },
    surroundings,
  );
  const frame = openRoot(execution);
  const record = { frame, previousEventId: 0, timestampMs: 0, value: null };
  applyRecord(execution, { ...record, code: EventCode.ExecutionStarted, extra: undefined });
  applyRecord(execution, { ...record, code: EventCode.TaskStateEntered, extra: { state: "A" } });
  applyRecord(execution, { ...record, code: EventCode.ActivityScheduled, extra: undefined });
  return { execution, frame, scheduledId: frame.scheduledId };
}

function claim({ execution, frame }: QueuedTask): void {
  applyRecord(execution, {
    frame,
    code: EventCode.ActivityStarted,
    previousEventId: 0,
    timestampMs: 0,
    value: undefined,
    extra: undefined,
  });
}

test("tasks are taken in the order in which they were offered, thousands of them", () => {
  const queues = activityQueues();
  const names = Array.from({ length: 3000 }, (_, index) => `task-${index}`);
  const taken: string[] = [];
  for (const [index, name] of names.entries()) {
    queues.offer(ARN, task(name));
    if (index % 3 > 0) taken.push(queues.take(ARN)?.execution.name ?? "none");
  }
  expect(queues.waiting(ARN)).toBe(1000);
  for (let next = queues.take(ARN); next !== undefined; next = queues.take(ARN)) taken.push(next.execution.name);
  expect(taken).toEqual(names);
});

test("whoever waits longest is served first, and who has gone is passed over", () => {
  const queues = activityQueues();
  const served: string[] = [];
  const poll = (name: string, waiting = true) =>
    queues.poll(ARN, { waiting: () => waiting, take: (offered) => served.push(`${name} ${offered.execution.name}`) });
  poll("gone", false);
  poll("first");
  poll("second");
  queues.offer(ARN, task("a"));
  queues.offer(ARN, task("b"));
  queues.offer(ARN, task("c"));
  poll("third");
  expect(served).toEqual(["first a", "second b", "third c"]);
});

test("a task that was claimed or is tried again is not handed out a second time", () => {
  const queues = activityQueues();
  const [claimed, retried, open] = [task("claimed"), task("retried"), task("open")];
  for (const offered of [claimed, retried, open]) queues.offer(ARN, offered);
  claim(claimed);
  applyRecord(retried.execution, {
    frame: retried.frame,
    code: EventCode.ActivityScheduled,
    previousEventId: 0,
    timestampMs: 0,
    value: null,
    extra: undefined,
  });
  expect(queues.waiting(ARN)).toBe(1);
  expect(queues.take(ARN)).toBe(open);
  expect(queues.take(ARN)).toBeUndefined();
});
