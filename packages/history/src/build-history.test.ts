import type { HistoryEvent } from "@aws-sdk/client-sfn";
import { placeCells } from "@muster/pipeline";
import { expect, test } from "vitest";
import { eventRecorder } from "../testing/event-recorder.ts";
import { type BuildHistory, historyReader, unreadBuild } from "./build-history.ts";
import { describeStep, isFinished } from "./describe-step.ts";

const task = { version: "1.2.3", platform: "debian-12-bookworm" };
const taskInput = {
  name: "MakePackage-1.2.3-debian-12-bookworm",
  activity: "MakePackage",
  ...task,
  execution: "arn",
  debug: "",
  timeoutSeconds: 600,
  heartbeatSeconds: 300,
  env: {},
};
const prepare = { activity: "MakePackage", ...task };

function buildOf(events: readonly HistoryEvent[]): BuildHistory {
  const history = historyReader();
  history.read(events);
  return history.build;
}

test("a task that a lost worker had is shown with both its workers, and without the error once it succeeded", () => {
  const { events, add, enter, callFunction, schedule, started } = eventRecorder();
  const prepared = callFunction(add(0, "ExecutionStarted"), "PrepareToMakePackage", prepare, {
    skip: false,
    reason: "s3://x does not exist",
    taskInput,
  });
  const lost = started(schedule(enter(prepared, "MakePackage"), taskInput), "ec2_i-1");
  const failed = add(lost, "ActivityFailed", {
    activityFailedEventDetails: { error: "Muster.WorkerInterrupted", cause: "gone" },
  });
  const history = historyReader();
  history.read(events);
  expect(history.build.steps).toMatchObject([
    { key: taskInput.name, state: "retrying", error: "Muster.WorkerInterrupted" },
  ]);

  const again = started(schedule(failed, taskInput), "ec2_i-2");
  const succeeded = add(again, "ActivitySucceeded", {
    activitySucceededEventDetails: {
      output: JSON.stringify({ ec2: "i-2", time_sec: "1", note: "well\u001B[2J done\u0007" }),
    },
  });
  add(succeeded, "TaskStateExited");
  expect(history.read(events)).toHaveLength(1);
  const [step] = history.build.steps;
  expect(step).toMatchObject({
    state: "succeeded",
    note: "well done",
    reason: "s3://x does not exist",
    attempts: [{ instance: "i-1", error: "Muster.WorkerInterrupted" }, { instance: "i-2" }],
  });
  expect(step).not.toHaveProperty("error");
  // From event 3, which called PrepareToMakePackage, to event 13: a step's time is not its last attempt's.
  expect(step && describeStep(step, new Date())).toMatchObject({
    words: "10 s, 2 attempts, the last on i-2 · well done",
    colour: "green",
  });
});

test("a failure that was caught is final only when its state is left", () => {
  const { events, add, enter, schedule, started } = eventRecorder();
  const run = started(schedule(enter(add(0, "ExecutionStarted"), "MakePackage"), taskInput), "ec2_i-1");
  const failed = add(run, "ActivityFailed", {
    activityFailedEventDetails: {
      error: "Muster.ScriptFailed",
      cause: JSON.stringify({ ec2: "i-1", time_sec: "2", exit: 3, line: "make: *** no rule" }),
    },
  });
  const history = historyReader();
  history.read(events);
  expect(history.build.steps[0]?.state).toBe("retrying");
  add(failed, "TaskStateExited");
  history.read(events);
  const { build } = history;
  expect(build.steps[0]).toMatchObject({ state: "failed" });
  expect(build.steps[0] && describeStep(build.steps[0], new Date()).words).toBe(
    "FAILED: Muster.ScriptFailed, exit 3 on i-1 after 3.0 s: make: *** no rule",
  );
});

test.each([
  ["ExecutionAborted", "aborted", "retrying"],
  ["ExecutionTimedOut", "timed out", "retrying"],
  ["ExecutionFailed", "failed", "failed"],
])("after %s a step that was to be tried again is %s: %s", (type, state, stepState) => {
  const { events, add, enter, schedule, started } = eventRecorder();
  const run = started(schedule(enter(add(0, "ExecutionStarted"), "MakePackage"), taskInput), "ec2_i-1");
  const failed = add(run, "ActivityFailed", { activityFailedEventDetails: { error: "Muster.Requeued" } });
  add(failed, type as "ExecutionAborted");
  expect(buildOf(events)).toMatchObject({ state, steps: [{ state: stepState }] });
});

test("a step whose preparation failed says so, and one that is called like a preparation does not", () => {
  const failedIn = (state: string, activity: string) => {
    const { events, add, enter } = eventRecorder();
    const scheduled = add(enter(add(0, "ExecutionStarted"), state), "LambdaFunctionScheduled", {
      lambdaFunctionScheduledEventDetails: { resource: "arn", input: JSON.stringify({ ...prepare, activity }) },
    });
    const failed = add(scheduled, "LambdaFunctionFailed", { lambdaFunctionFailedEventDetails: { error: "E" } });
    add(failed, "TaskStateExited");
    const build = buildOf(events);
    return build.steps[0];
  };
  expect(failedIn("PrepareToMakePackage", "MakePackage")).toMatchObject({
    state: "failed",
    reason: "PrepareToMakePackage failed",
  });

  const { events, add, enter, schedule, started } = eventRecorder();
  const run = started(schedule(enter(add(0, "ExecutionStarted"), "PrepareToShip"), taskInput), "ec2_i-1");
  add(add(run, "ActivityFailed", { activityFailedEventDetails: { error: "E" } }), "TaskStateExited");
  const build = buildOf(events);
  expect(build.steps[0]).toMatchObject({ name: "PrepareToShip", state: "failed" });
  expect(build.steps[0]).not.toHaveProperty("reason");
});

test("a step that is done already is shown as skipped, with the evidence", () => {
  const { events, add, callFunction } = eventRecorder();
  callFunction(add(0, "ExecutionStarted"), "PrepareToMakePackage", prepare, { skip: true, reason: "s3://x exists" });
  const build = buildOf(events);
  const [step] = build.steps;
  expect(step).toMatchObject({ name: "MakePackage", state: "skipped", reason: "s3://x exists" });
  expect(step && isFinished(step)).toBe(true);
});

test("branches that run at the same time do not mix their events", () => {
  const { events, add, enter, schedule, started } = eventRecorder();
  const map = add(add(0, "ExecutionStarted"), "MapStateEntered", {
    stateEnteredEventDetails: { name: "ForEachPlatform" },
  });
  const other = { ...taskInput, platform: "ubuntu-24.04-noble" };
  const [first, second] = [taskInput, other].map((input, index) => {
    const iteration = add(map, "MapIterationStarted", { mapIterationStartedEventDetails: { index } });
    return schedule(enter(iteration, "MakePackage"), input);
  }) as [number, number];
  started(second, "ec2_i-2");
  started(first, "ec2_i-1");
  const build = buildOf(events);
  expect(build.steps.map((step) => [placeCells(step)[1], step.attempts[0]?.instance])).toEqual([
    ["debian-12-bookworm", "i-1"],
    ["ubuntu-24.04-noble", "i-2"],
  ]);
});

test("a failed build keeps the results that NormalizeResults made, and what failed it", () => {
  const { events, add, callFunction, enter } = eventRecorder();
  const results = { MakePackage: { failure: { Error: "E", Cause: "C" } } };
  const normalized = callFunction(add(0, "ExecutionStarted"), "NormalizeResults", { results: {} }, results);
  const check = add(enter(normalized, "CheckForFailures"), "LambdaFunctionScheduled", {
    lambdaFunctionScheduledEventDetails: { resource: "arn", input: "{}" },
  });
  const failed = add(check, "LambdaFunctionFailed", {
    lambdaFunctionFailedEventDetails: { error: "StepsFailed", cause: "1" },
  });
  add(failed, "ExecutionFailed", { executionFailedEventDetails: { error: "StepsFailed", cause: "1" } });
  const build = buildOf(events);
  expect(build).toMatchObject({ state: "failed", results, error: "StepsFailed", cause: "1" });
  expect(build.steps.find(({ name }) => name === "CheckForFailures")?.state).toBe("failed");
});

test("events that were seen already change nothing", () => {
  const { events, add, callFunction } = eventRecorder();
  callFunction(add(0, "ExecutionStarted"), "UpdateIndices", {}, {});
  const history = historyReader();
  expect(history.read(events)).toHaveLength(1);
  const first = history.build;
  expect(history.read(events)).toEqual([]);
  expect(history.build).toEqual(first);
  expect(history.build.lastEventId).toBe(events.length);
});

test("a waiting task is shown with what the last health check found missing, until that is mended", () => {
  const { events, add, enter, callFunction, schedule } = eventRecorder();
  const begun = add(0, "ExecutionStarted");
  const prepared = callFunction(begun, "PrepareToMakePackage", prepare, { skip: false, reason: "none", taskInput });
  schedule(enter(prepared, "MakePackage"), taskInput);
  const history = historyReader();
  history.read(events);
  const check = (found: object) => {
    const from = events.length;
    callFunction(begun, "HealthCheck", {}, { continue: true, repaired: [{ activity: "MakePackage", ...found }] });
    return history.read(events.slice(from)).map((step) => describeStep(step, step.enteredAt).words);
  };
  const missing = {
    pending: 1,
    launched: 0,
    failed: 0,
    why: "c7i.4xlarge in us-west-2a: InsufficientInstanceCapacity",
  };
  expect(check(missing)).toEqual([expect.stringContaining(`(${missing.why})`)]);
  expect(check(missing)).toEqual([]);
  expect(check({ pending: 1, launched: 1, failed: 0 })).toEqual([expect.not.stringContaining("Insufficient")]);
});

test("a build is a value: reading on leaves it as it was, and the pace of reading makes no difference", () => {
  const { events, add, enter, callFunction, schedule, started } = eventRecorder();
  const begun = callFunction(add(0, "ExecutionStarted"), "PrepareToMakePackage", prepare, {
    skip: false,
    reason: "none",
    taskInput,
  });
  const lost = started(schedule(enter(begun, "MakePackage"), taskInput), "ec2_i-1");
  const failed = add(lost, "ActivityFailed", { activityFailedEventDetails: { error: "E", cause: "C" } });
  const again = started(schedule(failed, taskInput), "ec2_i-2");
  add(add(again, "ActivitySucceeded", { activitySucceededEventDetails: { output: "{}" } }), "TaskStateExited");
  callFunction(begun, "NormalizeResults", { results: {} }, { MakePackage: { success: {} } });
  add(events.length, "ExecutionSucceeded", { executionSucceededEventDetails: { output: "{}" } });

  const atOnce = buildOf(events);
  const history = historyReader();
  const seen = [history.build];
  for (const event of events) {
    history.read([event]);
    seen.push(history.build);
  }
  expect(seen.at(-1)).toEqual(atOnce);
  expect(new Set(seen.flatMap(({ steps }) => steps.map(({ state }) => state)))).toEqual(
    new Set(["preparing", "waiting", "running", "retrying", "succeeded"]),
  );
  for (const [index, build] of seen.entries()) expect(buildOf(events.slice(0, index))).toEqual(build);
  expect(unreadBuild).toMatchObject({ lastEventId: 0, steps: [] });
});

test("a function that is called again for another version is another step, and what comes late is still the first one's", () => {
  const { events, add, enter } = eventRecorder();
  const begun = add(0, "ExecutionStarted");
  const [first, second] = [1, 2].map(() =>
    add(enter(begun, "VersionNormalizeResults"), "LambdaFunctionScheduled", {
      lambdaFunctionScheduledEventDetails: { resource: "arn", input: "{}" },
    }),
  ) as [number, number];
  add(first, "LambdaFunctionSucceeded", { lambdaFunctionSucceededEventDetails: { output: "{}" } });
  const third = add(enter(begun, "VersionNormalizeResults"), "LambdaFunctionScheduled", {
    lambdaFunctionScheduledEventDetails: { resource: "arn", input: "{}" },
  });
  add(second, "LambdaFunctionSucceeded", { lambdaFunctionSucceededEventDetails: { output: "{}" } });
  const build = buildOf(events);
  expect(build.steps).toMatchObject([{ name: "VersionNormalizeResults", state: "running" }]);
  expect(build.steps[0]).toMatchObject({ enteredAt: events[third - 1]?.timestamp });
});

test("each version's normalising is a step of its own, which its state's data names", () => {
  const { events, add } = eventRecorder();
  const begun = add(0, "ExecutionStarted");
  const [first, second] = ["1.2.3", "1.2.4"].map((version) => {
    const input = JSON.stringify({ version, buildInput: {}, results: {} });
    const entered = add(begun, "TaskStateEntered", {
      stateEnteredEventDetails: { name: "VersionNormalizeResults", input },
    });
    return add(entered, "LambdaFunctionScheduled", {
      lambdaFunctionScheduledEventDetails: { resource: "arn", input: '{"results":{}}' },
    });
  }) as [number, number];
  for (const scheduled of [second, first]) {
    const succeeded = add(scheduled, "LambdaFunctionSucceeded", {
      lambdaFunctionSucceededEventDetails: { output: "{}" },
    });
    add(succeeded, "TaskStateExited");
  }
  expect(buildOf(events).steps).toMatchObject([
    { key: "VersionNormalizeResults-1.2.3", version: "1.2.3", enteredAt: events[2]?.timestamp, state: "succeeded" },
    { key: "VersionNormalizeResults-1.2.4", version: "1.2.4", enteredAt: events[4]?.timestamp, state: "succeeded" },
  ]);
});
