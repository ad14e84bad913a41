import { outages, runUntil, virtualClock } from "@muster/local";
import { expect, test } from "vitest";
import { testStage } from "../../testing/test-stage.ts";
import { clientsInProcess, recordedDiagnostics } from "../../testing/worker-in-process.ts";
import { createPoller } from "../agent/poll.ts";
import { startHeartbeat } from "./heartbeat.ts";

async function claimed() {
  const clock = virtualClock();
  const beats: number[] = [];
  const stage = await testStage({
    clock,
    onCall: ({ operation, error }) => {
      if (operation === "SendTaskHeartbeat" && error === undefined) beats.push(clock.now());
    },
  });
  const { sfn } = clientsInProcess(stage.aws);
  const diagnostics = recordedDiagnostics();
  const never = new AbortController().signal;
  const poll = createPoller({
    sfn,
    activityArn: stage.activityArn,
    workerName: "ec2_i-1",
    clock,
    diagnostics,
    stop: never,
  });
  const task = await stage.publish({ heartbeatSeconds: 300, timeoutSeconds: 7200 });
  const { token = "" } = (await runUntil(stage.aws, clock, poll(never))) ?? {};
  const over: string[] = [];
  const heartbeat = startHeartbeat({
    sfn,
    token,
    heartbeatSeconds: 300,
    clock,
    diagnostics,
    onOver: (why) => over.push(why),
  });
  const pass = async (ms: number) => {
    const untilMs = clock.now() + ms;
    const cancel = clock.at(untilMs, () => {});
    await runUntil(stage.aws, clock, () => clock.now() >= untilMs);
    cancel();
  };
  return { stage, clock, beats, over, heartbeat, pass, task, diagnostics };
}

test("heartbeats come at a third of the interval", async () => {
  const { stage, beats, heartbeat, pass } = await claimed();
  await pass(1000_000);
  heartbeat.stop();
  expect(beats).toHaveLength(9);
  const gaps = beats.slice(1).map((atMs, index) => atMs - (beats[index] ?? 0));
  for (const gap of gaps) expect(gap).toBe(100_000);
  await stage[Symbol.asyncDispose]();
});

test.each(["fails", "gets no answer"])(
  "a heartbeat that %s is soon followed by another: the task is kept",
  async (how) => {
    const { stage, beats, over, heartbeat, pass, task } = await claimed();
    const calls = { operation: "SendTaskHeartbeat" };
    const restore =
      how === "fails"
        ? stage.aws.failCalls(calls, { code: "ServiceUnavailable", status: 503 })
        : stage.aws.delayCalls(calls, 86_400_000);
    await pass(270_000);
    expect(beats).toEqual([]);
    restore();
    await pass(20_000);
    expect(beats.length).toBeGreaterThan(0);
    await pass(290_000);
    expect(over).toEqual([]);
    expect(await task.history()).not.toContain("ActivityTimedOut");
    heartbeat.stop();
    await stage[Symbol.asyncDispose]();
  },
);

test.each(Object.entries(outages))("a %s is no answer that the task is over: heartbeats go on", async (_, fault) => {
  const { stage, beats, over, heartbeat, pass, task } = await claimed();
  const restore = stage.aws.failCalls({ operation: "SendTaskHeartbeat" }, fault);
  await pass(270_000);
  restore();
  await pass(20_000);
  expect([over, beats.length > 0]).toEqual([[], true]);
  expect(await task.history()).not.toContain("ActivityTimedOut");
  heartbeat.stop();
  await stage[Symbol.asyncDispose]();
});

test("an answer that the task is over is told once, and no heartbeat follows", async () => {
  const { stage, over, pass } = await claimed();
  stage.aws.failCalls({ operation: "SendTaskHeartbeat" }, { code: "TaskTimedOut" });
  await pass(1000_000);
  expect(over).toEqual(["TaskTimedOut"]);
  await stage[Symbol.asyncDispose]();
});
