import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { StopExecutionCommand } from "@aws-sdk/client-sfn";
import { runUntil, type VirtualClock, virtualClock } from "@muster/local";
import { Lease } from "@muster/pipeline";
import { expect, test, vi } from "vitest";
import { type TestStage, testStage } from "../testing/test-stage.ts";
import { startInProcess } from "../testing/worker-in-process.ts";
import { writeScripts } from "../testing/worker-process.ts";
import { findProcesses, NO_GROUP } from "./processes.ts";

const TASK = "MakeThing-1.2.3-debian-12-bookworm";
const failure = (error: string, cause: object) => ({ status: "FAILED", error, cause: expect.objectContaining(cause) });

/** Lets virtual time go on while scripts are real. */
async function pass(stage: TestStage, clock: VirtualClock, ms: number): Promise<void> {
  const untilMs = clock.now() + ms;
  const cancel = clock.at(untilMs, () => {});
  await runUntil(stage.aws, clock, () => clock.now() >= untilMs, { childProcesses: "ignore" });
  cancel();
}

const hasLine = (stage: TestStage, instanceId: string, line: string) =>
  expect
    .poll(() => stage.logLines(instanceId).catch((): string[] => []), { timeout: 30_000 })
    .toEqual(expect.arrayContaining([line]));

/** Runs one task on a worker of its own, in real time. */
async function runOne(stage: TestStage, script: string, task: Parameters<TestStage["publish"]>[0] = {}) {
  const worker = await startInProcess(stage, { script });
  const published = await stage.publish(task);
  const ending = await published.ended;
  worker.stop("the test is over");
  await worker.ended;
  const marks = { group: NO_GROUP, variable: `MUSTER_INSTANCE=${worker.instanceId}` };
  return {
    worker,
    published,
    ending,
    lines: await stage.logLines(worker.instanceId).catch((): string[] => []),
    left: await findProcesses(marks),
  };
}

test("a script that forks daemons and exits with 0 has succeeded, and nothing of it survives", async () => {
  await using stage = await testStage();
  const { ending, lines, left } = await runOne(
    stage,
    "setsid sleep 1000 & (setsid sleep 1000 >/dev/null 2>&1 </dev/null &); sleep 1000 & sleep 0.2; echo done",
  );
  expect(ending.status).toBe("SUCCEEDED");
  expect(lines).toContain("done");
  expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/^muster: ended \d processes that the script/)]));
  expect(left).toEqual([]);
});

test.each([undefined, "exit 0"])(
  "whose script has ended is not guarded any more, with the after-task script %s",
  async (afterTask) => {
    await using stage = await testStage();
    const worker = await startInProcess(stage, { script: "sleep 0.1", ...(afterTask !== undefined && { afterTask }) });
    const guard = vi.spyOn(worker.worker.watchdog, "guard");
    const release = vi.spyOn(worker.worker.watchdog, "release");
    await (await stage.publish()).ended;
    worker.stop("the test is over");
    await worker.ended;
    expect(guard).toHaveBeenCalled();
    // A number that is guarded for longer than its group lives may be that of another group when the agent is killed.
    expect(release.mock.invocationCallOrder.at(-1)).toBeGreaterThan(guard.mock.invocationCallOrder.at(-1) as number);
    expect(release).toHaveBeenCalledTimes(guard.mock.calls.length);
  },
);

test("a task runs the scripts that its build names, whatever the worker was launched with", async () => {
  await using stage = await testStage();
  const own = await writeScripts(stage, { script: "echo of the build", afterTask: "echo after the build" }, "build");
  const worker = await startInProcess(stage, { script: "echo of the worker", afterTask: "echo after the worker" });
  const scripts = { script: own.SCRIPT_URL, ...(own.AFTER_TASK_URL && { afterTask: own.AFTER_TASK_URL }) };
  await (await stage.publish({ scripts })).ended;
  await (await stage.publish({ scripts: { script: own.SCRIPT_URL } })).ended;
  await (await stage.publish()).ended;
  await hasLine(stage, worker.instanceId, "after the worker");
  const lines = await stage.logLines(worker.instanceId);
  expect(lines.filter((line) => / the (build|worker)$/.test(line))).toEqual([
    "of the build",
    "after the build",
    "of the build",
    "of the worker",
    "after the worker",
  ]);
  worker.stop("the test is over");
  await worker.ended;
});

test("binary output arrives as readable lines", async () => {
  await using stage = await testStage();
  const { ending, lines } = await runOne(stage, `head -c 300000 /dev/urandom; printf '\\n\\377\\000end\\n'`);
  expect(ending.status).toBe("SUCCEEDED");
  expect(lines).toContain("\\xff\\x00end");
});

test("a script that closes its output and then fails has failed", async () => {
  await using stage = await testStage();
  const { ending, lines } = await runOne(stage, "echo first; exec >&- 2>&-; sleep 0.1; exit 6");
  expect(ending).toEqual(failure("Muster.ScriptFailed", { exit: 6 }));
  expect(lines).toContain("first");
});

test("a script that a signal ended was killed, not failed", async () => {
  await using stage = await testStage();
  const { ending } = await runOne(stage, "kill -KILL $$");
  expect(ending).toEqual(failure("Muster.ScriptKilled", { exit: "SIGKILL" }));
});

test("input that Muster did not make is refused by name", async () => {
  await using stage = await testStage();
  const { ending } = await runOne(stage, "true", { env: "none" as never });
  expect(ending.error).toBe("Muster.InvalidInput");
});

test("a script that fills its disk fails by itself, with every line of its log", async ({ skip }) => {
  await using stage = await testStage();
  const root = join(stage.folder, "small-disk");
  mkdirSync(root);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "none", root], { stdio: "ignore" });
  } catch {
    return skip("a small disk needs the right to mount one");
  }
  try {
    const worker = await startInProcess(stage, {
      root,
      script: "dd if=/dev/zero of=big bs=1M 2>/dev/null || echo full; seq 150000; exit 4",
    });
    const task = await stage.publish();
    expect(await task.ended).toEqual(failure("Muster.ScriptFailed", { exit: 4 }));
    await worker.ended;
    const lines = await stage.logLines(worker.instanceId);
    expect(lines.slice(1, 3)).toEqual(["full", "1"]);
    expect(lines.filter((line) => /^\d+$/.test(line)).length).toBe(150_000);
  } finally {
    execFileSync("umount", ["-l", root]);
  }
});

test("a script that prints nothing for an hour goes on, and keeps its task by heartbeats", async () => {
  const clock = virtualClock();
  const heartbeats: number[] = [];
  await using stage = await testStage({
    clock,
    onCall: ({ operation }) => operation === "SendTaskHeartbeat" && heartbeats.push(clock.now()),
  });
  const go = join(stage.folder, "go");
  const worker = await startInProcess(stage, {
    script: `echo quiet; until [ -e ${go} ]; do sleep 0.05; done; echo loud`,
  });
  const task = await stage.publish({ heartbeatSeconds: 300, timeoutSeconds: 7200 });
  await runUntil(stage.aws, clock, async () => (await stage.stateKeys("claims/")).length === 1, {
    childProcesses: "ignore",
  });
  await pass(stage, clock, 3_600_000);
  expect(heartbeats.length).toBeGreaterThanOrEqual(35);
  expect(heartbeats.length).toBeLessThanOrEqual(37);
  writeFileSync(go, "");
  expect(await task.ended).toMatchObject({
    status: "SUCCEEDED",
    output: { time_sec: expect.stringMatching(/^3[67]\d\d$/) },
  });
  worker.stop("over");
  await runUntil(stage.aws, clock, worker.ended);
  expect(await stage.logLines(worker.instanceId)).toEqual(expect.arrayContaining(["quiet", "loud"]));
});

test("a script that prints nothing for longer than it may is ended, and that is what is reported", async () => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  const worker = await startInProcess(stage, { script: "echo last words; sleep 1000" });
  const task = await stage.publish({ logIdleSeconds: 600 });
  await runUntil(stage.aws, clock, () => hasPrinted(stage, worker.instanceId), { childProcesses: "ignore" });
  await pass(stage, clock, 599_000);
  expect(await task.history()).not.toContain("ActivityFailed");
  await pass(stage, clock, 2000);
  expect(await task.ended).toEqual(
    failure("Muster.LogIdle", { exit: "SIGTERM", message: "printed nothing for 600 s" }),
  );
  await runUntil(stage.aws, clock, worker.ended);
});

const hasPrinted = async (stage: TestStage, instanceId: string) =>
  (await stage.logLines(instanceId).catch((): string[] => [])).includes("last words");

test("a script is ended a minute before its step's timeout, even if it ignores TERM, and its log is there", async () => {
  const clock = virtualClock();
  await using stage = await testStage({ clock });
  const worker = await startInProcess(stage, { script: "trap '' TERM; echo last words; while :; do sleep 0.05; done" });
  const task = await stage.publish({ timeoutSeconds: 600 });
  await runUntil(stage.aws, clock, () => hasPrinted(stage, worker.instanceId), { childProcesses: "ignore" });
  const startMs = clock.now();
  await pass(stage, clock, 551_000);
  const { error, cause } = await task.ended;
  expect({ error, exit: cause?.exit }).toEqual({ error: "Muster.ScriptTimedOut", exit: "SIGKILL" });
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
  expect(await task.ended).toEqual(failure("Muster.WorkerInterrupted", { exit: 0, message: "spot interruption" }));
  expect(await worker.ended).toBe("stopped");
  expect(await stage.logLines(worker.instanceId)).toContain("bye");
});

test("secrets of the task and its token reach neither log nor environment nor disk", async () => {
  await using stage = await testStage();
  const { lines, ending } = await runOne(
    stage,
    'env; echo "key $DEPLOY_TOKEN"; grep -rs "token" "$(dirname "$MUSTER_RESULT")/../../state" && echo found; true',
    { env: { VERSION: "1", DEPLOY_TOKEN: "very-secret-value" } },
  );
  expect(ending.status).toBe("SUCCEEDED");
  expect(lines.join("\n")).not.toContain("very-secret-value");
  expect(lines).toContain("key [masked]");
  expect(lines).not.toContain("found");
});

test("an attempt leaves its log and a record that says what ran, where, and what came of it", async () => {
  await using stage = await testStage();
  const { published, worker, ending } = await runOne(stage, "echo hello; exit 3", {
    platform: "debian-12-bookworm",
    env: { VERSION: "1.2.3", API_TOKEN: "abcdefghijk" },
  });
  const prefix = `attempts/${published.executionArn.split(":").at(-1)}/${TASK}/`;
  const keys = await stage.stateKeys(prefix);
  const recordKey = keys.find((key) => key.endsWith(`_${worker.instanceId}.json`)) ?? "";
  const logKey = keys.find((key) => key.endsWith(".log.gz")) ?? "";
  expect(keys).toHaveLength(2);
  const log = gunzipSync(await stage.stateObject(logKey))
    .toString()
    .split("\n");
  expect(log).toEqual([expect.stringContaining(`start ${TASK}`), "hello", expect.stringContaining(`end ${TASK}`), ""]);
  const record = JSON.parse((await stage.stateObject(recordKey)).toString());
  expect(record).toMatchObject({
    _type: "https://in-toto.io/Statement/v1",
    predicateType: "https://slsa.dev/provenance/v1",
    subject: [{ name: `s3://test-state/${logKey}`, digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } }],
    predicate: {
      buildDefinition: {
        externalParameters: { task: TASK, platform: "debian-12-bookworm", environment: { API_TOKEN: "[masked]" } },
        internalParameters: {
          instance: worker.instanceId,
          execution: published.executionArn,
          instanceType: "t3.small",
        },
        resolvedDependencies: [{ name: "script", digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } }],
      },
      runDetails: {
        byproducts: [
          { name: "outcome", annotations: { result: "failure", error: "Muster.ScriptFailed", cause: ending.cause } },
          { name: "log", annotations: { complete: true } },
          { name: "last lines" },
        ],
      },
    },
  });
  expect(Buffer.from(record.predicate.runDetails.byproducts[2].content, "base64").toString()).toContain("hello");
  expect(JSON.stringify(record)).not.toContain("abcdefghijk");
});

test("a report that AWS does not take is repeated for as long as the token lives", async () => {
  await using stage = await testStage();
  stage.aws.failCalls(
    { service: "states", operation: "SendTaskSuccess", times: 3 },
    { code: "ServiceUnavailable", status: 503 },
  );
  const { ending } = await runOne(stage, "true");
  expect(ending.status).toBe("SUCCEEDED");
});

test("a report whose answer was lost counts once", async () => {
  await using stage = await testStage();
  stage.aws.failCalls(
    { service: "states", operation: "SendTaskSuccess", times: 1 },
    { code: "InternalFailure", status: 500, afterwards: true },
  );
  const { ending, worker } = await runOne(stage, "true");
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

test("tasks of an exclusive activity run one at a time, and their scripts get growing numbers", async () => {
  await using stage = await testStage();
  const script = `
    mkdir ${stage.folder}/only || { echo overlap; exit 9; }
    echo "$MUSTER_FENCING" >>${stage.folder}/numbers; sleep 0.3; rmdir ${stage.folder}/only`;
  const workers = await Promise.all([startInProcess(stage, { script }), startInProcess(stage, { script })]);
  const tasks = await Promise.all([stage.publish({ exclusive: true }), stage.publish({ exclusive: true })]);
  for (const task of tasks) expect((await task.ended).status).toBe("SUCCEEDED");
  for (const worker of workers) worker.stop("over");
  await Promise.all(workers.map(({ ended }) => ended));
  expect(await readFile(join(stage.folder, "numbers"), "utf8")).toBe("1\n2\n");
  const lease = Lease.parse(JSON.parse((await stage.stateObject("leases/exclusive/MakeThing.json")).toString()));
  expect(lease).toMatchObject({ fencing: 2, released: true });
});
