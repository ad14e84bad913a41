import { GetExecutionHistoryCommand } from "@aws-sdk/client-sfn";
import { runUntil, virtualClock } from "@muster/local";
import { expect, test } from "vitest";
import { type TestStage, testStage } from "../../testing/test-stage.ts";
import { clientsInProcess, recordedDiagnostics, startInProcess } from "../../testing/worker-in-process.ts";
import { createPoller } from "./poll.ts";

const never = new AbortController().signal;

const pollerOf = ({ aws, activityArn }: TestStage) =>
  createPoller({
    sfn: clientsInProcess(aws).sfn,
    activityArn,
    workerName: "ec2_i-1",
    clock: aws.clock,
    diagnostics: recordedDiagnostics(),
    stop: never,
  });

test("a poll waits a minute for a task, and history names the worker that took it", async () => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  const poll = pollerOf(stage);
  const startMs = clock.now();
  expect(await runUntil(stage.aws, clock, poll(never))).toBeUndefined();
  expect(clock.now() - startMs).toBe(60_000);
  const task = await stage.publish();
  const claimed = await runUntil(stage.aws, clock, poll(never));
  expect(claimed).toMatchObject({ token: expect.stringMatching(/./), claimedAtMs: clock.now() });
  expect(JSON.parse(claimed?.input ?? "")).toMatchObject({ version: "1.2.3", execution: task.executionArn });
});

test("throttled polls come further and further apart, and never all at once", async () => {
  const clock = virtualClock();
  const polls: number[] = [];
  await using stage = await testStage({
    clock,
    onCall: ({ operation }) => operation === "GetActivityTask" && polls.push(clock.now()),
  });
  stage.aws.failCalls({ operation: "GetActivityTask", times: 9 }, { code: "ThrottlingException" });
  const poll = pollerOf(stage);
  for (let round = 0; round < 9; round++) await runUntil(stage.aws, clock, poll(never));
  await runUntil(stage.aws, clock, poll(never));
  const waits = polls.slice(1).map((atMs, index) => atMs - (polls[index] ?? 0));
  expect(waits[0]).toBeLessThanOrEqual(500);
  expect(waits[5]).toBeGreaterThan(8 * (waits[0] ?? 0));
  for (const wait of waits.slice(0, 8)) expect(wait).toBeLessThanOrEqual(30_000);
});

test("whoever gives up a poll gets nothing, and the task goes to the next", async () => {
  await using stage = await testStage();
  const abandon = new AbortController();
  const first = pollerOf(stage)(abandon.signal);
  abandon.abort();
  expect(await first).toBeUndefined();
  await stage.publish();
  expect(await pollerOf(stage)(never)).toBeDefined();
});

test("a task whose worker never heard of it is found by its missing first heartbeat, and the worker takes the next", async () => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  stage.aws.failCalls(
    { service: "states", operation: "GetActivityTask", times: 1 },
    { code: "InternalFailure", status: 500, afterwards: true },
  );
  const task = await stage.publish({ heartbeatSeconds: 120, timeoutSeconds: 7200 });
  // Virtual time runs on while the worker reads its files.
  const worker = await startInProcess(stage, { script: "true", idleSeconds: 86_400 });
  await runUntil(stage.aws, clock, task.ended);
  const { executionArn } = task;
  const { events = [] } = await stage.sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  const ofActivity = events.filter(({ type }) => type?.startsWith("Activity"));
  expect(ofActivity.map(({ type }) => type)).toEqual(["ActivityScheduled", "ActivityStarted", "ActivityTimedOut"]);
  const [, started, timedOut] = ofActivity.map(({ timestamp }) => timestamp?.getTime() ?? Number.NaN);
  // From the claim on: a worker that is slow to start lets virtual time pass before it.
  expect((timedOut ?? Number.NaN) - (started ?? Number.NaN)).toBeLessThan(121_000);
  const next = await stage.publish();
  expect(await runUntil(stage.aws, clock, next.ended)).toMatchObject({ status: "SUCCEEDED" });
  worker.stop("the test is over");
  await runUntil(stage.aws, clock, worker.ended);
});
