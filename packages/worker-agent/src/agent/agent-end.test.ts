import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DescribeTagsCommand } from "@aws-sdk/client-ec2";
import { outages, runUntil, virtualClock } from "@muster/local";
import { WorkerTag } from "@muster/records";
import { expect, test } from "vitest";
import { type TestStage, testStage } from "../../testing/test-stage.ts";
import { startInProcess } from "../../testing/worker-in-process.ts";

const HOUR_MS = 3_600_000;

async function tagsOf(stage: TestStage, instanceId: string): Promise<Record<string, string>> {
  const { Tags = [] } = await stage.ec2.send(
    new DescribeTagsCommand({ Filters: [{ Name: "resource-id", Values: [instanceId] }] }),
  );
  return Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

test("a worker that nobody needs ends after ten minutes, and not before", async () => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  const startMs = clock.now();
  const worker = await startInProcess(stage, { script: "true", owned: false });
  expect(await runUntil(stage.aws, clock, worker.ended)).toBe("idle");
  expect((clock.now() - startMs) / 60_000).toBeGreaterThanOrEqual(10);
  expect((clock.now() - startMs) / 60_000).toBeLessThan(11.5);
});

test.each(Object.entries(outages))(
  "a worker whose polls meet a %s is not idle: the task that comes after is its",
  async (_, fault) => {
    const clock = virtualClock();
    await using stage = await testStage({ clock });
    const startMs = clock.now();
    const heal = stage.aws.failCalls({ operation: "GetActivityTask" }, fault);
    const worker = await startInProcess(stage, { script: "true" });
    const minutes = async (count: number) => {
      const cancel = clock.at(startMs + count * 60_000, () => {});
      await runUntil(stage.aws, clock, () => clock.now() >= startMs + count * 60_000);
      cancel();
    };
    await minutes(30);
    heal();
    const task = await stage.publish();
    expect(await runUntil(stage.aws, clock, task.ended)).toMatchObject({ status: "SUCCEEDED" });
    worker.stop("over");
    await runUntil(stage.aws, clock, worker.ended);
  },
);

test.each([
  ["Step Functions does not answer for an hour", { connection: "ENOTFOUND" }, 70],
  ["may not poll", { code: "AccessDeniedException", status: 400 }, 10],
] as const)("a worker that %s ends by itself", async (_, fault, minutes) => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  const startMs = clock.now();
  stage.aws.failCalls({ operation: "GetActivityTask" }, fault);
  const worker = await startInProcess(stage, { script: "true" });
  expect(await runUntil(stage.aws, clock, worker.ended)).toBe("idle");
  expect((clock.now() - startMs) / 60_000).toBeGreaterThanOrEqual(minutes);
  expect((clock.now() - startMs) / 60_000).toBeLessThan(minutes + 2);
});

test("one line in a file tells what a worker does, and at last why it has ended", async () => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  const go = join(stage.folder, "go");
  const agent = await startInProcess(stage, { script: `until [ -e ${go} ]; do sleep 0.05; done` });
  const status = () => readFile(join(agent.root, "status"), "utf8");
  await runUntil(stage.aws, clock, async () => (await status()).startsWith("ww-"));
  expect(await status()).toMatch(/^ww-0-MakeThing idle since \d{4}-\d\d-\d\dT[\d:.]+Z\n$/);
  const task = await stage.publish();
  await runUntil(stage.aws, clock, async () => (await status()).startsWith("wa-"), { childProcesses: "ignore" });
  const name = "MakeThing-1.2.3-debian-12-bookworm";
  expect(await status()).toMatch(new RegExp(`^wa-1-${name} active ${name} since \\S+Z\n$`));
  writeFileSync(go, "");
  await runUntil(stage.aws, clock, task.ended);
  agent.stop("the test is over");
  await runUntil(stage.aws, clock, agent.ended);
  expect(await status()).toMatch(/^ended \(stopped\) since \S+Z\n$/);
});

test("an idle worker waits for its last poll's answer: a task that comes meanwhile is not lost", async () => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  const startMs = clock.now();
  const worker = await startInProcess(stage, { script: "true", idleSeconds: 30 });
  const passIdleTime = clock.at(startMs + 45_000, () => {});
  await runUntil(stage.aws, clock, () => clock.now() >= startMs + 45_000);
  passIdleTime();
  const task = await stage.publish();
  await runUntil(stage.aws, clock, task.ended, { childProcesses: "ignore" });
  expect(clock.now() - startMs).toBeLessThan(60_000);
  expect(await runUntil(stage.aws, clock, worker.ended)).toBe("idle");
});

test("a worker takes no task after its lifetime", async () => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  const worker = await startInProcess(stage, { script: "true", lifetimeSeconds: 60, idleSeconds: 3600 });
  expect(await runUntil(stage.aws, clock, worker.ended)).toBe("lifetime");
});

test("the machine of a failed task is kept for some hours where the build says so, tagged, and takes no task", async () => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  const instanceId = await stage.launch();
  const worker = await startInProcess(stage, { script: "exit 2", instanceId });
  const task = await stage.publish({ keepFailed: true });
  await runUntil(stage.aws, clock, task.ended, { childProcesses: "ignore" });
  const next = await stage.publish();
  const startMs = clock.now();
  let ended = false;
  void worker.ended.then(() => {
    ended = true;
  });
  const later = startMs + 3 * HOUR_MS;
  const cancel = clock.at(later, () => {});
  await runUntil(stage.aws, clock, () => clock.now() >= later, { childProcesses: "ignore" });
  cancel();
  expect(ended).toBe(false);
  expect(await tagsOf(stage, instanceId)).toMatchObject({
    Name: "wa-1-MakeThing-1.2.3-debian-12-bookworm",
    [WorkerTag.state]: "failed",
    [WorkerTag.task]: "MakeThing-1.2.3-debian-12-bookworm",
  });
  expect(await runUntil(stage.aws, clock, worker.ended, { childProcesses: "ignore" })).toBe("failed task");
  expect(clock.now() - startMs).toBeLessThan(5 * HOUR_MS);
  expect(await next.history()).not.toContain("ActivityStarted");
});

test("a worker on AWS waits for its poll's end before it stops, and gives back what arrives", async () => {
  const clock = virtualClock();
  let polls = 0;
  await using stage = await testStage({ clock, onCall: ({ operation }) => operation === "GetActivityTask" && polls++ });
  const worker = await startInProcess(stage, { script: "true", owned: false });
  // The next poll follows at once: before its first, a worker does things that take real time.
  await runUntil(stage.aws, clock, () => polls === 1);
  worker.stop("spot interruption");
  const task = await stage.publish();
  // In this order: of a task's end the stage learns in real time, which no timer of the clock stands for when the worker has ended.
  expect(await runUntil(stage.aws, clock, worker.ended)).toBe("stopped");
  expect(await task.ended).toMatchObject({ error: "Muster.Requeued" });
});

test("tags and claims that cannot be written fail nothing", async () => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  stage.aws.failCalls({ service: "ec2" }, { code: "RequestLimitExceeded", status: 503 });
  stage.aws.failCalls({ service: "s3" }, { code: "AccessDenied", status: 403 });
  const worker = await startInProcess(stage, { script: "sleep 0.1" });
  const task = await stage.publish();
  expect(await runUntil(stage.aws, clock, task.ended)).toMatchObject({ status: "SUCCEEDED" });
  worker.stop("over");
  await runUntil(stage.aws, clock, worker.ended);
  expect(worker.messages.some((line) => line.includes("the tags could not be written"))).toBe(true);
});
