import { readFile, stat } from "node:fs/promises";
import { DescribeTagsCommand } from "@aws-sdk/client-ec2";
import { WorkerTag } from "@muster/records";
import { expect, test } from "vitest";
import { type StageWithWorkers, stageWithWorkers } from "../../testing/stage-with-workers.ts";

const failure = (error: string, cause: object) => ({ status: "FAILED", error, cause: expect.objectContaining(cause) });

async function nameOf(stage: StageWithWorkers, instanceId: string): Promise<Record<string, string>> {
  const { Tags = [] } = await stage.ec2.send(
    new DescribeTagsCommand({ Filters: [{ Name: "resource-id", Values: [instanceId] }] }),
  );
  return Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** Tasks that wait before their worker starts: one that is soon idle may have left before another is published. */
async function publishAll(stage: StageWithWorkers, ...tasks: readonly Parameters<StageWithWorkers["publish"]>[0][]) {
  const published: Awaited<ReturnType<StageWithWorkers["publish"]>>[] = [];
  for (const task of tasks) published.push(await stage.publish(task));
  return { ended: Promise.all(published.map(({ ended }) => ended)) };
}

test("a task's script runs with the task's environment, and its success is reported with instance and time", async () => {
  await using stage = await stageWithWorkers();
  const worker = await stage.startWorker({
    script: `echo "building $VERSION of $MUSTER_TASK"; echo '{"note":"fine"}' >"$MUSTER_RESULT"`,
  });
  const task = await stage.publish();
  const { output } = await task.ended;
  expect(output).toMatchObject({ ec2: worker.instanceId, time_sec: expect.stringMatching(/^\d+$/), note: "fine" });
  expect(await stage.logLines(worker.instanceId)).toEqual([
    expect.stringContaining("MakeThing-1.2.3-debian-12-bookworm"),
    "building 1.2.3 of MakeThing-1.2.3-debian-12-bookworm",
    expect.stringContaining("succeeded"),
  ]);
});

test("a worker takes no task after a failure, and its Name keeps saying so", async () => {
  await using stage = await stageWithWorkers();
  const worker = await stage.startWorker({ script: "exit 3" });
  const first = await stage.publish();
  const second = await stage.publish();
  expect(await first.ended).toEqual(failure("Muster.ScriptFailed", { ec2: worker.instanceId, exit: 3 }));
  expect(await worker.stopped).toBe(0);
  expect(await second.history()).not.toContain("ActivityStarted");
  expect((await nameOf(stage, worker.instanceId)).Name).toBe("wa-1-MakeThing-1.2.3-debian-12-bookworm");
});

test("init is sourced once, what it exports reaches every task, and its cleanup runs at the end", async () => {
  await using stage = await stageWithWorkers({ longPollMs: 1000 });
  const kept = `${stage.folder}/cleaned`;
  const tasks = await publishAll(stage, {}, {});
  const worker = await stage.startWorker({
    idleSeconds: 3,
    init: `echo "initialising"; shared=seen; export GREETING="hello there"; cleanup() { echo "cleaned $shared" >${kept}; }`,
    script: `echo "$GREETING, \${shared-nothing} and \${ACTIVITY_ARN-nobody}"`,
  });
  await tasks.ended;
  expect(await worker.stopped).toBe(0);
  const lines = await stage.logLines(worker.instanceId);
  expect(lines.filter((line) => line === "initialising")).toHaveLength(1);
  expect(lines.filter((line) => line === "hello there, nothing and nobody")).toHaveLength(2);
  expect(await readFile(kept, "utf8")).toBe("cleaned seen\n");
});

test("cleanup runs after a failure too", async () => {
  await using stage = await stageWithWorkers();
  const kept = `${stage.folder}/cleaned`;
  const worker = await stage.startWorker({ init: `cleanup() { touch ${kept}; }`, script: "exit 1" });
  await stage.runTask();
  await worker.stopped;
  expect((await stat(kept)).isFile()).toBe(true);
});

test("a worker whose init fails says so in the task that it was started for", async () => {
  await using stage = await stageWithWorkers();
  const worker = await stage.startWorker({ init: "echo no disk >&2; return 7", script: "echo never" });
  const task = await stage.publish();
  expect(await task.ended).toEqual(
    failure("Muster.InitFailed", { ec2: worker.instanceId, message: "init returned 7" }),
  );
  expect(await worker.stopped).toBe(0);
  expect(await stage.logLines(worker.instanceId)).toContain("no disk");
});

test("a script that cannot be had fails the task by name", async () => {
  await using stage = await stageWithWorkers();
  await stage.startWorker({ script: "true", scriptUrl: "s3://test-scratch/nowhere.sh" });
  const task = await stage.publish();
  expect(await task.ended).toEqual(
    failure("Muster.ScriptUnavailable", { message: expect.stringContaining("s3://test-scratch/nowhere.sh") }),
  );
});

test("a script whose digest is another than its URL says is not run", async () => {
  await using stage = await stageWithWorkers();
  const ran = `${stage.folder}/ran`;
  await stage.startWorker({ script: `touch ${ran}`, fragment: `#sha256=${"0".repeat(64)}` });
  const task = await stage.publish();
  expect(await task.ended).toEqual(
    failure("Muster.ScriptUnavailable", { message: expect.stringContaining("has the SHA-256") }),
  );
  await expect(stat(ran)).rejects.toThrow("ENOENT");
});

test.each([
  ["true", "true"],
  ["exit 4", "false"],
])("the after-task script runs after `%s`, with SUCCESS=%s, in the task's folder", async (script, success) => {
  await using stage = await stageWithWorkers({ longPollMs: 1000 });
  const tasks = await publishAll(stage, {});
  const worker = await stage.startWorker({
    idleSeconds: 3,
    script: `echo kept >file; ${script}`,
    afterTask: 'echo "after $VERSION: $SUCCESS $(cat file)"; exit 9',
  });
  await tasks.ended;
  expect(await worker.stopped).toBe(0);
  expect(await stage.logLines(worker.instanceId)).toContain(`after 1.2.3: ${success} kept`);
});

test("tasks of fake and skip builds run the dummy script, with neither init nor after-task", async () => {
  await using stage = await stageWithWorkers({ longPollMs: 1000 });
  const tasks = await publishAll(stage, { debug: "fake_ec2" }, { debug: "skip_ec2" });
  const worker = await stage.startWorker({
    idleSeconds: 3,
    tags: { [WorkerTag.launchedBy]: "fake_ec2" },
    init: "echo init",
    script: "echo real",
    afterTask: "echo after",
    dummy: 'echo "dummy for $VERSION"',
  });
  await tasks.ended;
  await worker.stopped;
  const lines = await stage.logLines(worker.instanceId);
  expect(lines.filter((line) => !line.startsWith("==="))).toEqual(["dummy for 1.2.3", "dummy for 1.2.3"]);
});

test("a worker that a fake build launched sources init when a real task reaches it", async () => {
  await using stage = await stageWithWorkers({ longPollMs: 1000 });
  const tasks = await publishAll(stage, { debug: "fake_ec2" }, {});
  const worker = await stage.startWorker({
    idleSeconds: 3,
    tags: { [WorkerTag.launchedBy]: "fake_ec2" },
    init: "export FROM_INIT=yes",
    script: 'echo "init: $FROM_INIT"',
    dummy: `echo "init: \${FROM_INIT-no}"`,
  });
  await tasks.ended;
  await worker.stopped;
  const lines = await stage.logLines(worker.instanceId);
  expect(lines.filter((line) => line.startsWith("init:"))).toEqual(["init: no", "init: yes"]);
});

test("a failing task of a test build is reported so that nobody retries it", async () => {
  await using stage = await stageWithWorkers();
  await stage.startWorker({ script: "exit 2" });
  const task = await stage.publish({ debug: "test_build" });
  expect(await task.ended).toEqual(failure("TestBuildNoRetry", { exit: 2, message: "Muster.ScriptFailed" }));
});

test("an idle worker ends by itself; its Name and its claim tell that it has nothing to do", async () => {
  await using stage = await stageWithWorkers({ longPollMs: 1000 });
  const tasks = await publishAll(stage, {});
  const worker = await stage.startWorker({ idleSeconds: 3, script: "true" });
  await tasks.ended;
  expect(await worker.stopped).toBe(0);
  expect(await nameOf(stage, worker.instanceId)).toMatchObject({
    Name: "ww-1-MakeThing-1.2.3-debian-12-bookworm",
    [WorkerTag.state]: "stopping",
    [WorkerTag.task]: "",
  });
  expect(await stage.stateKeys("claims/")).toEqual([]);
});

test("while a task runs, Name, tags and claim say so", async () => {
  await using stage = await stageWithWorkers();
  const fifo = `${stage.folder}/go`;
  const worker = await stage.startWorker({ script: `mkfifo ${fifo}; echo waiting; cat ${fifo}` });
  const task = await stage.publish();
  await expect
    .poll(() => nameOf(stage, worker.instanceId), { timeout: 20_000 })
    .toMatchObject({
      Name: "wa-1-MakeThing-1.2.3-debian-12-bookworm",
      [WorkerTag.state]: "active",
      [WorkerTag.task]: "MakeThing-1.2.3-debian-12-bookworm",
    });
  const key = `claims/MakeThing/${worker.instanceId}.json`;
  await expect.poll(() => stage.stateKeys("claims/"), { timeout: 20_000 }).toEqual([key]);
  expect(JSON.parse((await stage.stateObject(key)).toString())).toMatchObject({
    execution: task.executionArn,
    task: "MakeThing-1.2.3-debian-12-bookworm",
    instance: worker.instanceId,
    token: expect.stringMatching(/./),
  });
  worker.process.stdin?.end();
  await worker.stopped;
});

test("a worker ends its script and itself when the process that owns it goes away", async () => {
  await using stage = await stageWithWorkers();
  const worker = await stage.startWorker({ script: "echo started; sleep 1000" });
  const task = await stage.publish();
  await expect.poll(() => stage.logLines(worker.instanceId).catch(() => []), { timeout: 20_000 }).toContain("started");
  worker.process.stdin?.end();
  expect(await worker.stopped).toBe(0);
  expect(await task.ended).toEqual(failure("Muster.WorkerInterrupted", { ec2: worker.instanceId, exit: "SIGTERM" }));
});
