import { existsSync } from "node:fs";
import { join } from "node:path";
import { StopExecutionCommand } from "@aws-sdk/client-sfn";
import { runUntil, type VirtualClock, virtualClock } from "@muster/local";
import type { TaskInput } from "@muster/pipeline";
import { expect, test } from "vitest";
import { failure, hasLine, linesOf, pass } from "../../testing/run-one-task.ts";
import { type TestStage, testStage } from "../../testing/test-stage.ts";
import { startInProcess } from "../../testing/worker-in-process.ts";

/** A worker whose script has printed its last words, in a time that only the test lets pass. */
async function startedInVirtualTime(
  stage: TestStage,
  clock: VirtualClock,
  { script, task }: { readonly script: string; readonly task: Partial<TaskInput> },
) {
  const worker = await startInProcess(stage, { script });
  const published = await stage.publish(task);
  const hasPrinted = async () => (await linesOf(stage, worker.instanceId)).includes("last words");
  await runUntil(stage.aws, clock, hasPrinted, { childProcesses: "ignore" });
  return { worker, task: published };
}

test("a script that prints nothing for longer than it may is ended, and that is what is reported", async () => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  const { worker, task } = await startedInVirtualTime(stage, clock, {
    script: "echo last words; sleep 1000",
    task: { logIdleSeconds: 600 },
  });
  await pass(stage, clock, 599_000);
  expect(await task.history()).not.toContain("ActivityFailed");
  await pass(stage, clock, 2000);
  expect(await task.ended).toEqual(
    failure("Muster.LogIdle", { exit: "SIGTERM", message: "printed nothing for 600 s", line: "last words" }),
  );
  await runUntil(stage.aws, clock, worker.ended);
});

test("a script is ended a minute before its step's timeout, even if it ignores TERM, and its log is there", async () => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  const { worker, task } = await startedInVirtualTime(stage, clock, {
    script: "trap 'echo E: interrupted' TERM; echo last words; while :; do sleep 0.05; done",
    task: { timeoutSeconds: 600 },
  });
  const startMs = clock.now();
  await pass(stage, clock, 551_000);
  const { error, cause } = await task.ended;
  expect(error).toBe("Muster.ScriptTimedOut");
  expect(cause).toMatchObject({ exit: "SIGKILL", line: "last words" });
  expect(clock.now() - startMs).toBeLessThan(600_000);
  await runUntil(stage.aws, clock, worker.ended);
  expect((await stage.logLines(worker.instanceId)).at(-1)).toContain("Muster.ScriptTimedOut");
});

test("when the build is stopped the script is ended, nothing is reported, and the worker polls again", async () => {
  await using stage = await testStage();
  const worker = await startInProcess(stage, {
    script: `if [ "$ROUND" = 1 ]; then echo started; sleep 1000; else echo again; fi`,
  });
  const task = await stage.publish({ heartbeatSeconds: 3, env: { ROUND: "1" } });
  await hasLine(stage, worker.instanceId, "started");
  await stage.sfn.send(new StopExecutionCommand({ executionArn: task.executionArn }));
  expect((await task.ended).status).toBe("ABORTED");
  const next = await stage.publish({ env: { ROUND: "2" } });
  expect((await next.ended).status).toBe("SUCCEEDED");
  worker.stop("over");
  await worker.ended;
  expect((await stage.logLines(worker.instanceId)).filter((line) => line.includes("cancelled"))).toHaveLength(1);
});

test("a worker that must stop ends its script and reports the task as interrupted", async () => {
  await using stage = await testStage();
  const worker = await startInProcess(stage, {
    script: "trap 'echo bye; exit 0' TERM; echo started; sleep 1000 & wait",
  });
  const task = await stage.publish();
  await hasLine(stage, worker.instanceId, "started");
  worker.stop("spot interruption");
  const ending = await task.ended;
  expect(ending).toEqual(failure("Muster.WorkerInterrupted", { exit: 0, message: "spot interruption" }));
  expect(ending.cause).not.toHaveProperty("line");
  expect(await worker.ended).toBe("stopped");
  expect(await stage.logLines(worker.instanceId)).toContain("bye");
});

test("a worker that must stop does not wait for its init, whose task is given to another", async () => {
  await using stage = await testStage();
  const started = join(stage.folder, "started");
  const worker = await startInProcess(stage, {
    init: `touch ${started}; sleep 100000`,
    script: "echo never",
    launchedBy: "fake_ec2",
  });
  const task = await stage.publish();
  await expect.poll(() => existsSync(started), { timeout: 30_000 }).toBe(true);
  worker.stop("spot interruption");
  expect(await task.ended).toEqual(failure("Muster.WorkerInterrupted", { message: "spot interruption" }));
  expect(await worker.ended).toBe("stopped");
});

test("a script that has succeeded has succeeded, whatever comes while what it left is being ended", async () => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  const asked = join(stage.folder, "asked");
  const worker = await startInProcess(stage, {
    script: `(trap 'touch ${asked}' TERM; while :; do sleep 0.05; done) & sleep 0.3; exit 0`,
  });
  const task = await stage.publish();
  // What is left is asked when the script has ended, and has a second of the clock, which stands still.
  await expect.poll(() => existsSync(asked), { timeout: 30_000 }).toBe(true);
  worker.stop("spot interruption");
  const ended = await runUntil(stage.aws, clock, task.ended, { childProcesses: "ignore" });
  expect(ended).toMatchObject({ status: "SUCCEEDED" });
  expect(await runUntil(stage.aws, clock, worker.ended)).toBe("stopped");
});
