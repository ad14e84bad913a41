import { execFileSync, spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Lease } from "@muster/pipeline";
import { expect, test } from "vitest";
import { failure, hasLine, linesOf, runOneTask } from "../../testing/run-one-task.ts";
import { smallDisk } from "../../testing/small-disk.ts";
import { testStage } from "../../testing/test-stage.ts";
import { startInProcess } from "../../testing/worker-in-process.ts";
import { writeScripts } from "../../testing/worker-process.ts";

test("a task runs the scripts that its build names, whatever the worker was launched with", async () => {
  await using stage = await testStage();
  const own = await writeScripts(stage, { script: "echo of the build", afterTask: "echo after the build" }, "build");
  const worker = await startInProcess(stage, { script: "echo of the worker", afterTask: "echo after the worker" });
  const scripts = { script: own.SCRIPT_URL, ...(own.AFTER_TASK_URL && { afterTask: own.AFTER_TASK_URL }) };
  await stage.runTask({ scripts });
  await stage.runTask({ scripts: { script: own.SCRIPT_URL } });
  await stage.runTask();
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

test("input that Muster did not make is refused by name", async () => {
  await using stage = await testStage();
  const { ending } = await runOneTask(stage, "true", { task: { env: "none" as never } });
  expect(ending.error).toBe("Muster.InvalidInput");
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

test("a task that finds no room on its machine's disk is given to another, and the worker ends as it should", async ({
  skip,
}) => {
  await using stage = await testStage();
  using disk = smallDisk(join(stage.folder, "full-disk"), "1m");
  if (disk === undefined) return skip("a full disk needs the right to mount one");
  const { root } = disk;
  const cleaned = join(stage.folder, "cleaned");
  const init = `cleanup() { touch ${cleaned}; }`;
  const worker = await startInProcess(stage, { root, init, script: "echo never" });
  await worker.scripts.init();
  execFileSync("sh", ["-c", `! dd if=/dev/zero of=${root}/rest bs=4k 2>/dev/null`]);
  expect(await stage.runTask()).toEqual(
    failure("Muster.WorkerInterrupted", { message: expect.stringContaining("no room for the task: ENOSPC") }),
  );
  expect(await worker.ended).toBe("failed task");
  expect(await readFile(cleaned, "utf8")).toBe("");
  expect(await linesOf(stage, worker.instanceId)).not.toContain("never");
});

test("a folder that cannot be removed costs neither init's cleanup nor the log", async ({ skip }) => {
  await using stage = await testStage();
  const tried = join(stage.folder, "tried");
  await writeFile(tried, "");
  if (spawnSync("chattr", ["+i", tried], { stdio: "ignore" }).status !== 0)
    return skip("a file that nobody can remove needs root, and a file system that has such files");
  execFileSync("chattr", ["-i", tried]);
  const cleaned = join(stage.folder, "cleaned");
  const worker = await startInProcess(stage, {
    init: `cleanup() { touch ${cleaned}; }`,
    script: `touch kept; chattr +i kept; echo "kept $ROUND"; exit $ROUND`,
  });
  try {
    expect(await stage.runTask({ env: { ROUND: "0" } })).toMatchObject({ status: "SUCCEEDED" });
    expect(await stage.runTask({ env: { ROUND: "3" } })).toEqual(failure("Muster.ScriptFailed", { exit: 3 }));
    expect(await worker.ended).toBe("failed task");
    expect(await readFile(cleaned, "utf8")).toBe("");
    expect(await linesOf(stage, worker.instanceId)).toEqual(expect.arrayContaining(["kept 0", "kept 3"]));
    expect(worker.messages.filter((line) => line.includes("what a task left could not be removed"))).toHaveLength(2);
  } finally {
    execFileSync("sh", ["-c", `chattr -i ${worker.root}/t/*/work/kept`]);
  }
});
