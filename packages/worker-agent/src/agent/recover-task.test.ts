import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { stateKey } from "@muster/records";
import { expect, test } from "vitest";
import { stageWithWorkers } from "../../testing/stage-with-workers.ts";
import { ACTIVITY, STATE_BUCKET, type TestStage, testStage } from "../../testing/test-stage.ts";
import { startInProcess } from "../../testing/worker-in-process.ts";
import { findProcesses, NO_GROUP } from "../process/processes.ts";

const canHide = (() => {
  try {
    execFileSync("unshare", ["--mount", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

test("an agent that is started again ends what is left of the script and reports the task, once", async ({ skip }) => {
  if (!canHide) return skip("a task's token is kept only where scripts cannot read it: that needs mount namespaces");
  await using stage = await stageWithWorkers();
  const marker = join(stage.folder, "running");
  const script = `setsid sleep 1000 & [ -e "$(dirname "$MUSTER_RESULT")/../../state/task.json" ] && echo seen; touch ${marker}; sleep 1000`;
  const first = await stage.startWorker({ script, owned: false });
  const task = await stage.publish();
  await expect.poll(() => existsSync(marker), { timeout: 30_000 }).toBe(true);
  const saved = JSON.parse(await readFile(join(first.folder, "state/task.json"), "utf8"));
  expect(saved).toMatchObject({
    task: { name: "MakeThing-1.2.3-debian-12-bookworm" },
    token: expect.stringMatching(/./),
  });
  first.process.kill("SIGKILL");
  await first.stopped;

  const second = await startInProcess(stage, {
    script,
    root: first.folder,
    instanceId: first.instanceId,
    owned: false,
  });
  expect(await task.ended).toEqual({
    status: "FAILED",
    error: "Muster.WorkerInterrupted",
    cause: { ec2: first.instanceId, time_sec: expect.stringMatching(/^\d+$/), message: "the worker's agent died" },
  });
  expect(await second.ended).toBe("recovered");
  expect(await findProcesses({ group: NO_GROUP, variable: saved.variable })).toEqual([]);
  expect(existsSync(join(first.folder, "state/task.json"))).toBe(false);
  const lines = await stage.logLines(first.instanceId);
  expect(lines).not.toContain("seen");
  expect(lines.at(-2)).toContain("may be missing here");
  expect(lines.at(-1)).toContain("Muster.WorkerInterrupted, the worker's agent died");
});

test("where scripts could read it, no token is written, and the machine's end tells of the task", async () => {
  await using stage = await stageWithWorkers();
  const marker = join(stage.folder, "running");
  const worker = await stage.startWorker({ script: `touch ${marker}; sleep 1000` });
  await stage.publish();
  await expect.poll(() => existsSync(marker), { timeout: 30_000 }).toBe(true);
  const saved = JSON.parse(await readFile(join(worker.folder, "state/task.json"), "utf8"));
  expect(saved).not.toHaveProperty("token");
  const claims = [`claims/MakeThing/${worker.instanceId}.json`];
  await expect.poll(() => stage.stateKeys("claims/"), { timeout: 20_000 }).toEqual(claims);
  worker.process.kill("SIGKILL");
  await worker.stopped;
  await expect
    .poll(() => findProcesses({ group: NO_GROUP, variable: saved.variable }), { timeout: 20_000 })
    .toEqual([]);
  const second = await startInProcess(stage, { script: "true", root: worker.folder, instanceId: worker.instanceId });
  expect(await second.ended).toBe("recovered");
  expect(await stage.stateKeys("claims/")).toEqual(claims);
});

/** The folder of a worker whose agent died in a task, and the claim that it left. */
async function afterDeath(stage: TestStage) {
  const instanceId = "i-0123456789abcdef0";
  const root = join(stage.folder, instanceId);
  await mkdir(join(root, "state"), { recursive: true });
  const task = {
    name: "MakeThing-1",
    activity: "MakeThing",
    version: "1",
    execution: "arn:build",
    debug: "",
    timeoutSeconds: 60,
    heartbeatSeconds: 60,
    env: {},
  };
  const note = { task, number: 1, claimedAtMs: 0, token: "t", variable: "NO=such" };
  await writeFile(join(root, "state/task.json"), JSON.stringify(note));
  const claim = `claims/MakeThing/${instanceId}.json`;
  await stage.s3.send(new PutObjectCommand({ Bucket: STATE_BUCKET, Key: claim, Body: "{}" }));
  return { instanceId, root, claim };
}

test.each([
  ["whose end could not be reported stays, so that repair ends it", Number.POSITIVE_INFINITY, true],
  ["that a worker which must stop reports with its last words goes", 1, false],
])("the claim of a task %s", async (_, times, stays) => {
  await using stage = await testStage();
  const { claim, ...left } = await afterDeath(stage);
  const report = { service: "states", operation: "SendTaskFailure", times };
  stage.aws.failCalls(report, { code: "ServiceUnavailable", status: 503 });
  const worker = await startInProcess(stage, { script: "true", ...left });
  await expect.poll(() => worker.messages.some((line) => line.includes("a report failed"))).toBe(true);
  worker.stop("spot interruption");
  expect(await worker.ended).toBe("recovered");
  expect(await stage.stateKeys("claims/")).toEqual(stays ? [claim] : []);
});

test.each<[string, (file: string) => Promise<unknown>]>([
  ["is cut off", (file) => writeFile(file, '{"task":{"na')],
  ["is another thing", (file) => writeFile(file, '{"task":"MakeThing-1"}')],
  ["cannot be read", async (file) => rm(file).then(() => mkdir(file))],
])("an agent takes no task where the note of one %s, and leaves its claim to repair", async (_, spoil) => {
  await using stage = await testStage();
  const { claim, ...left } = await afterDeath(stage);
  await spoil(join(left.root, "state/task.json"));
  const worker = await startInProcess(stage, { script: "true", ...left });
  const soon = setTimeout(() => worker.stop("it waits for tasks"), 10_000);
  expect(await worker.ended).toBe("recovered");
  clearTimeout(soon);
  expect(worker.messages.join()).toContain("cannot tell which task it died in");
  expect(await stage.stateKeys("claims/")).toEqual([claim]);
});

test("an attempt whose agent died leaves a record that says so, and what of its log was on the disk", async () => {
  await using stage = await stageWithWorkers();
  const marker = join(stage.folder, "running");
  const script = `seq -f 'line %.0f' 100000; touch ${marker}; sleep 1000`;
  const first = await stage.startWorker({ script });
  const task = await stage.publish({ env: { API_TOKEN: "abcdefghijk" } });
  await expect.poll(() => existsSync(marker), { timeout: 30_000 }).toBe(true);
  first.process.kill("SIGKILL");
  await first.stopped;
  const second = await startInProcess(stage, { script, root: first.folder, instanceId: first.instanceId });
  expect(await second.ended).toBe("recovered");

  const keys = await stage.stateKeys(`attempts/${ACTIVITY}/${task.executionArn.split(":").at(-1)}/`);
  expect(keys).toEqual([expect.stringMatching(/\.json$/), expect.stringMatching(/\.log\.gz$/)]);
  const [record, log] = await Promise.all(keys.map((key) => stage.stateObject(key)));
  const lines = gunzipSync(log ?? "")
    .toString()
    .trimEnd()
    .split("\n");
  expect(lines.length).toBeGreaterThan(20_000);
  expect(lines.slice(1, 3)).toEqual(["line 1", "line 2"]);
  expect(lines.at(-1)).toContain("Muster.WorkerInterrupted, the worker's agent died");
  const text = record?.toString() ?? "";
  const { subject, predicate } = JSON.parse(text);
  expect(subject).toEqual([
    {
      name: `s3://${STATE_BUCKET}/${keys[1]}`,
      digest: {
        sha256: createHash("sha256")
          .update(log ?? "")
          .digest("hex"),
      },
    },
  ]);
  expect(predicate.runDetails.byproducts).toMatchObject([
    { name: "outcome", annotations: { result: "failure", error: "Muster.WorkerInterrupted", complete: false } },
    { name: "log", annotations: { complete: false } },
    { name: "last lines" },
  ]);
  expect(text).not.toContain("abcdefghijk");
});

test.each([
  ["", () => undefined],
  [
    ", though it may not look at records,",
    (stage: TestStage) =>
      stage.aws.failCalls({ service: "s3", operation: "HeadObject" }, { code: "AccessDenied", status: 403 }),
  ],
])("a recovered worker whose write of a record has no answer%s keeps the log with it", async (_, forbid) => {
  await using stage = await stageWithWorkers();
  const marker = join(stage.folder, "running");
  const script = `touch ${marker}; sleep 1000`;
  const first = await stage.startWorker({ script });
  await stage.publish();
  await expect.poll(() => existsSync(marker), { timeout: 30_000 }).toBe(true);
  first.process.kill("SIGKILL");
  await first.stopped;
  forbid(stage);
  stage.aws.failCalls(
    { service: "s3", operation: "PutObject", times: 1, when: (input) => isStatement((input as { Key: string }).Key) },
    { code: "InternalError", status: 500, afterwards: true },
  );
  const second = await startInProcess(stage, { script, root: first.folder, instanceId: first.instanceId });
  expect(await second.ended).toBe("recovered");
  const keys = await stage.stateKeys("attempts/");
  expect(keys).toEqual([expect.stringMatching(/\.json$/), expect.stringMatching(/\.log\.gz$/)]);
});

test("an attempt whose log was there before its agent died keeps it, and has what the next one found beside it", async () => {
  await using stage = await stageWithWorkers();
  const marker = join(stage.folder, "running");
  const script = `touch ${marker}; sleep 1000`;
  const first = await stage.startWorker({ script });
  const task = await stage.publish();
  await expect.poll(() => existsSync(marker), { timeout: 30_000 }).toBe(true);
  first.process.kill("SIGKILL");
  await first.stopped;
  const { claimedAtMs } = JSON.parse(await readFile(join(first.folder, "state/task.json"), "utf8"));
  const at = new Date(claimedAtMs).toISOString();
  const name = `${ACTIVITY}-1.2.3-debian-12-bookworm`;
  const record = stateKey.attempt(task.executionArn, name, first.instanceId, at);
  const log = record.replace(/json$/, "log.gz");
  await stage.s3.send(new PutObjectCommand({ Bucket: STATE_BUCKET, Key: log, Body: "the whole of it" }));
  const second = await startInProcess(stage, { script, root: first.folder, instanceId: first.instanceId });
  expect(await second.ended).toBe("recovered");
  const recovered = record.replace(/json$/, "recovered.log.gz");
  expect(await stage.stateKeys("attempts/")).toEqual([record, log, recovered]);
  expect((await stage.stateObject(log)).toString()).toBe("the whole of it");
  expect(JSON.parse((await stage.stateObject(record)).toString()).subject).toMatchObject([
    { name: `s3://${STATE_BUCKET}/${recovered}` },
  ]);
});

const isStatement = (key: string) => /^attempts\/.*\.json$/.test(key);

test("an attempt that was recorded before its agent died keeps that record", async () => {
  await using stage = await stageWithWorkers();
  const script = "exit 3";
  const first = await stage.startWorker({ script });
  await stage.publish({ keepFailed: true });
  const file = join(first.folder, "state/task.json");
  await expect.poll(() => readFile(file, "utf8").catch(() => ""), { timeout: 30_000 }).toContain('"reported":true');
  first.process.kill("SIGKILL");
  await first.stopped;
  const { reported, ...unreported } = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify(unreported));
  const read = async () => Promise.all((await stage.stateKeys("attempts/")).map((key) => stage.stateObject(key)));
  const before = await read();
  expect(before).toHaveLength(2);
  const second = await startInProcess(stage, { script, root: first.folder, instanceId: first.instanceId });
  expect(await second.ended).toBe("recovered");
  expect(await read()).toEqual(before);
});

test("an agent that is started again behind a failed task takes no other, and reports nothing", async () => {
  const reports: string[] = [];
  await using stage = await stageWithWorkers({
    onCall: ({ operation }) => operation.startsWith("SendTask") && reports.push(operation),
  });
  const first = await stage.startWorker({ script: "exit 3", owned: false });
  const task = await stage.publish({ keepFailed: true });
  expect(await task.ended).toMatchObject({ error: "Muster.ScriptFailed" });
  await expect.poll(() => readFile(join(first.folder, "state/task.json"), "utf8")).toContain('"reported":true');
  first.process.kill("SIGKILL");
  await first.stopped;
  const next = await stage.publish();
  const second = await startInProcess(stage, { script: "true", root: first.folder, instanceId: first.instanceId });
  expect(await second.ended).toBe("recovered");
  expect(await next.history()).not.toContain("ActivityStarted");
  expect(reports.filter((operation) => operation !== "SendTaskHeartbeat")).toEqual(["SendTaskFailure"]);
  expect(existsSync(join(first.folder, "state/task.json"))).toBe(false);
});
