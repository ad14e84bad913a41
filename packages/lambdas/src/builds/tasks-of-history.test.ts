import type { HistoryEvent, HistoryEventType } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { tasksOfHistory } from "./tasks-of-history.ts";

const arn = "arn:aws:states:us-west-2:000000000000:activity:make";
const input = (name: string, debug = "") =>
  JSON.stringify({
    name,
    activity: "Make",
    version: "1.2.3",
    execution: "arn:execution",
    debug,
    timeoutSeconds: 3600,
    heartbeatSeconds: 300,
    env: {},
  });

/** Events in order, a minute apart; each follows the one before unless it says otherwise. */
function history(...events: Partial<HistoryEvent>[]): HistoryEvent[] {
  return events.map((event, index) => ({
    id: index + 1,
    previousEventId: index,
    timestamp: new Date(Date.UTC(2026, 0, 1, 0, index)),
    ...event,
  })) as HistoryEvent[];
}
const scheduled = (name = "Make-1.2.3"): Partial<HistoryEvent> => ({
  type: "ActivityScheduled",
  activityScheduledEventDetails: { resource: arn, input: input(name) },
});
const started = (instance = "i-1"): Partial<HistoryEvent> => ({
  type: "ActivityStarted",
  activityStartedEventDetails: { workerName: `ec2_${instance}` },
});
const failed = (error: string): Partial<HistoryEvent> => ({
  type: "ActivityFailed",
  activityFailedEventDetails: { error },
});
const timedOut: Partial<HistoryEvent> = {
  type: "ActivityTimedOut",
  activityTimedOutEventDetails: { error: "States.Timeout" },
};
const exited: Partial<HistoryEvent> = { type: "TaskStateExited", stateExitedEventDetails: { name: "Make" } };

test("a task waits from when it is published until a worker takes it", async () => {
  const { tasks } = await tasksOfHistory(history({ type: "TaskStateEntered" }, scheduled()));
  expect(tasks).toEqual([
    expect.objectContaining({
      name: "Make-1.2.3",
      activityArn: arn,
      state: "waiting",
      scheduledEventId: 2,
      waitingSince: new Date(Date.UTC(2026, 0, 1, 0, 1)),
    }),
  ]);
  expect((await tasksOfHistory(history(scheduled(), started("i-7")))).tasks).toEqual([
    expect.objectContaining({ state: "running", instance: "i-7" }),
  ]);
});

test("a task between a failure and its retry is still one task", async () => {
  const { tasks } = await tasksOfHistory(history(scheduled(), started(), failed("Muster.ScriptFailed"), scheduled()));
  expect(tasks).toEqual([expect.objectContaining({ state: "waiting", scheduledEventId: 4 })]);
  const backingOff = await tasksOfHistory(history(scheduled(), started(), failed("Muster.ScriptFailed")));
  expect(backingOff.tasks).toEqual([expect.objectContaining({ state: "backing-off" })]);
});

test("a task is over when its state is left, however it ended", async () => {
  const succeeded = await tasksOfHistory(history(scheduled(), started(), { type: "ActivitySucceeded" }, exited));
  const caught = await tasksOfHistory(history(scheduled(), started(), failed("Muster.ScriptFailed"), exited));
  expect([...succeeded.tasks, ...caught.tasks].map(({ state }) => state)).toEqual(["ended", "ended"]);
  expect(succeeded.exitedStates).toEqual(new Set(["Make"]));
});

test("an event that nobody knows yet does not end a task", async () => {
  const unknown: Partial<HistoryEvent> = { type: "ActivityHeartbeatMissed" as HistoryEventType };
  const waiting = await tasksOfHistory(history(scheduled(), unknown));
  expect(waiting.tasks).toMatchObject([{ state: "waiting" }]);
  const running = await tasksOfHistory(history(scheduled(), unknown, started(), unknown));
  expect(running.tasks).toMatchObject([{ state: "running", instance: "i-1" }]);
  const over = await tasksOfHistory(history(scheduled(), started(), unknown, failed("X"), unknown, exited));
  expect(over.tasks).toMatchObject([{ state: "ended", errors: ["X"] }]);
});

test("lost machines are counted, failures of scripts are not", async () => {
  const { tasks } = await tasksOfHistory(
    history(
      scheduled(),
      started(),
      failed("Muster.WorkerInterrupted"),
      scheduled(),
      started(),
      // As histories name a lost heartbeat.
      timedOut,
      scheduled(),
      started(),
      failed("Muster.ScriptFailed"),
      scheduled(),
    ),
  );
  expect(tasks).toEqual([expect.objectContaining({ interruptions: 2, state: "waiting" })]);
});

test("a timeout is a lost heartbeat where the task's own time was not over", async () => {
  const inTime = await tasksOfHistory(history(scheduled(), started(), timedOut));
  expect(inTime.tasks[0]).toMatchObject({ errors: ["States.HeartbeatTimeout"], interruptions: 1 });
  const late = { ...timedOut, timestamp: new Date(Date.UTC(2026, 0, 1, 1, 0)) };
  const atItsEnd = await tasksOfHistory(history(scheduled(), started(), late));
  expect(atItsEnd.tasks[0]).toMatchObject({ errors: ["States.Timeout"], interruptions: 0 });
});

test("being requeued does not restart the time a task has waited", async () => {
  const { tasks } = await tasksOfHistory(history(scheduled(), started(), failed("Muster.Requeued"), scheduled()));
  expect(tasks[0]?.waitingSince).toEqual(new Date(Date.UTC(2026, 0, 1, 0, 0)));
});

test("a task that rested between two attempts waits from when it is published again", async () => {
  const rested = history(scheduled(), started(), failed("Muster.ScriptFailed"), scheduled());
  const { tasks } = await tasksOfHistory(rested);
  expect(tasks[0]?.waitingSince).toEqual(new Date(Date.UTC(2026, 0, 1, 0, 3)));
  expect(tasks[0]).toMatchObject({ errors: ["Muster.ScriptFailed"], failedAt: new Date(Date.UTC(2026, 0, 1, 0, 2)) });
});

test("tasks of parallel branches are told apart by the event that each follows", async () => {
  const { tasks } = await tasksOfHistory(
    history(
      { ...scheduled("Make-1.2.3-a"), previousEventId: 0 },
      { ...scheduled("Make-1.2.3-b"), previousEventId: 0 },
      { ...started("i-b"), previousEventId: 2 },
      { ...started("i-a"), previousEventId: 1 },
      { type: "ActivitySucceeded", previousEventId: 3 },
    ),
  );
  expect(tasks.map(({ name, state, instance }) => [name, state, instance])).toEqual([
    ["Make-1.2.3-a", "running", "i-a"],
    ["Make-1.2.3-b", "ended", "i-b"],
  ]);
});

test("the longest history that AWS allows is folded in a moment", async () => {
  const events = Array.from({ length: 5000 }, (_, index): HistoryEvent[] => {
    const id = index * 5;
    const at = { timestamp: new Date(0) };
    return [
      { ...at, id: id + 1, previousEventId: 0, type: "TaskStateEntered" },
      { ...at, id: id + 2, previousEventId: id + 1, ...scheduled(`Make-1.2.${index}`) } as HistoryEvent,
      { ...at, id: id + 3, previousEventId: id + 2, ...started(`i-${index}`) } as HistoryEvent,
      { ...at, id: id + 4, previousEventId: id + 3, type: "ActivitySucceeded" },
      { ...at, id: id + 5, previousEventId: id + 4, ...exited } as HistoryEvent,
    ];
  }).flat();
  const before = process.cpuUsage();
  const { tasks } = await tasksOfHistory(events);
  // Of a processor: the machine's other work is not counted.
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1000;
  console.log(`${events.length} events: ${ms.toFixed(0)} ms`);
  expect(tasks).toHaveLength(5000);
  expect(tasks.every(({ state }) => state === "ended")).toBe(true);
  expect(ms).toBeLessThan(5000);
});

test("what an execution had under way when it ended is over once it is redriven; what it publishes then waits", async () => {
  const events = history(
    scheduled("Make-1.0.0"),
    started(),
    { ...scheduled("Make-2.0.0"), previousEventId: 0 },
    { type: "ExecutionAborted" },
    { type: "ExecutionRedriven" },
  );
  const published = ["Make-1.0.0", "Make-2.0.0"].map((name) => ({ ...scheduled(name), previousEventId: 5 }));
  const redriven = history(...events, ...published);
  const { tasks } = await tasksOfHistory(redriven);
  expect(tasks.map(({ name, state }) => [name, state])).toEqual([
    ["Make-1.0.0", "ended"],
    ["Make-2.0.0", "ended"],
    ["Make-1.0.0", "waiting"],
    ["Make-2.0.0", "waiting"],
  ]);
});

test("Map Runs are open until they end, by whichever event", async () => {
  const run = (mapRunArn: string): Partial<HistoryEvent> => ({
    type: "MapRunStarted",
    mapRunStartedEventDetails: { mapRunArn },
  });
  const { openMapRuns } = await tasksOfHistory(
    history(
      run("one"),
      { ...run("two"), previousEventId: 0 },
      { ...run("three"), previousEventId: 0 },
      { type: "MapRunSucceeded", previousEventId: 1 },
      { type: "MapRunFailed", previousEventId: 3 },
    ),
  );
  expect(openMapRuns).toEqual(["two"]);
});
