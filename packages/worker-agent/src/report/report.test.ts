import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { outages, runUntil, virtualClock } from "@muster/local";
import { expect, test } from "vitest";
import { runOneTask } from "../../testing/run-one-task.ts";
import { testStage } from "../../testing/test-stage.ts";
import { startInProcess } from "../../testing/worker-in-process.ts";

test("a report that AWS does not take is repeated for as long as the token lives", async () => {
  await using stage = await testStage();
  stage.aws.failCalls(
    { service: "states", operation: "SendTaskSuccess", times: 3 },
    { code: "ServiceUnavailable", status: 503 },
  );
  const { ending } = await runOneTask(stage, "true");
  expect(ending.status).toBe("SUCCEEDED");
});

test.each(Object.entries(outages))("a report that meets a %s is repeated, and is not moot", async (_, fault) => {
  await using stage = await testStage();
  stage.aws.failCalls({ service: "states", operation: "SendTaskSuccess", times: 4 }, fault);
  const { ending, worker } = await runOneTask(stage, "true");
  expect(ending.status).toBe("SUCCEEDED");
  expect(worker.messages.some((line) => line.includes('"moot"'))).toBe(false);
});

test("a report whose answer was lost counts once", async () => {
  await using stage = await testStage();
  stage.aws.failCalls(
    { service: "states", operation: "SendTaskSuccess", times: 1 },
    { code: "InternalFailure", status: 500, afterwards: true },
  );
  const { ending, worker } = await runOneTask(stage, "true");
  expect(ending.status).toBe("SUCCEEDED");
  expect(worker.messages.some((line) => line.includes('"moot"'))).toBe(true);
});

test("CloudWatch and S3 that do not answer hold a report back for a minute, and fail nothing", async () => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  const worker = await startInProcess(stage, { script: "true" });
  stage.aws.failCalls({ service: "logs" }, { code: "ServiceUnavailable", status: 503 });
  stage.aws.failCalls({ service: "s3", operation: "PutObject" }, { code: "ServiceUnavailable", status: 503 });
  const startMs = clock.now();
  const task = await stage.publish();
  const { status } = (await runUntil(stage.aws, clock, task.ended)) ?? {};
  expect(status).toBe("SUCCEEDED");
  expect(clock.now() - startMs).toBeLessThanOrEqual(62_000);
  worker.stop("over");
  await runUntil(stage.aws, clock, worker.ended);
});

test("a report that hangs is given up when a worker that must stop has said its last words, and its claim stays", async () => {
  const clock = virtualClock();
  let reporting = false;
  await using stage = await testStage({ clock });
  const go = join(stage.folder, "go");
  const worker = await startInProcess(stage, { script: `until [ -e ${go} ]; do sleep 0.05; done` });
  stage.aws.delayCalls({ service: "states", operation: "SendTaskSuccess", when: () => (reporting = true) }, 3_600_000);
  const task = await stage.publish();
  const claims = [`claims/MakeThing/${worker.instanceId}.json`];
  await runUntil(stage.aws, clock, async () => (await stage.stateKeys("claims/")).length === 1, {
    childProcesses: "ignore",
  });
  writeFileSync(go, "");
  await runUntil(stage.aws, clock, () => reporting);
  const stopMs = clock.now();
  worker.stop("spot interruption");
  expect(await runUntil(stage.aws, clock, worker.ended)).toBe("stopped");
  expect(clock.now() - stopMs).toBeLessThan(10_000);
  expect(await task.history()).not.toContain("ActivitySucceeded");
  expect(await stage.stateKeys("claims/")).toEqual(claims);
});
