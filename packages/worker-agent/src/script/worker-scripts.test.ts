import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { failure } from "../../testing/run-one-task.ts";
import { stageWithWorkers } from "../../testing/stage-with-workers.ts";
import { testStage } from "../../testing/test-stage.ts";
import { startInProcess } from "../../testing/worker-in-process.ts";

test("a script that could not be had when the machine started is tried again for the task that needs it", async () => {
  await using stage = await testStage();
  const agent = await startInProcess(stage, { script: "true" });
  const file = join(stage.folder, "late.sh");
  const scripts = { script: pathToFileURL(file).href };
  await expect(agent.scripts.script({ scripts })).rejects.toThrow("late.sh");
  await writeFile(file, "#!/bin/sh\necho late\n", { mode: 0o755 });
  expect(await stage.runTask({ scripts })).toMatchObject({ status: "SUCCEEDED" });
  agent.stop("the test is over");
  await agent.ended;
});

test("an init that could not be had is tried again; one that has failed is not", async () => {
  await using stage = await testStage();
  const ran = join(stage.folder, "ran");
  const init = `echo once >>${ran}; return 7`;
  const { instanceId, ...agent } = await startInProcess(stage, {
    script: "true",
    init,
    launchedBy: "fake_ec2",
  });
  const file = join(stage.folder, `${instanceId}-init.sh`);
  await rm(file);
  await expect(agent.scripts.init()).rejects.toThrow("init.sh");
  await writeFile(file, `${init}\n`);
  await expect(agent.scripts.init()).rejects.toThrow("init returned 7");
  const task = await stage.publish();
  expect(await task.ended).toEqual(failure("Muster.InitFailed", { ec2: instanceId, message: "init returned 7" }));
  await agent.ended;
  expect(await readFile(ran, "utf8")).toBe("once\n");
});

test("an after-task script that cannot be had when the machine starts does not end the agent", async () => {
  await using stage = await stageWithWorkers();
  const worker = await stage.startWorker({ script: "true", afterTaskUrl: "file:///no/such/after-task.sh" });
  const task = await stage.publish();
  expect(await Promise.race([task.ended, worker.stopped])).toMatchObject({ status: "SUCCEEDED" });
});

test("an aws command that init installed asks the stage too", async () => {
  await using stage = await testStage();
  const own = join(stage.folder, "opt");
  const program = join(stage.folder, "program");
  await writeFile(program, '#!/bin/sh\necho asked "$@"\n', { mode: 0o755 });
  const { instanceId, ...agent } = await startInProcess(stage, {
    init: `mkdir ${own} && cp ${program} ${own}/aws && export PATH="${own}:$PATH" AWS_ENDPOINT_URL=${stage.url}`,
    script: "aws s3 ls",
  });
  expect(await stage.runTask()).toMatchObject({ status: "SUCCEEDED" });
  expect(await stage.logLines(instanceId)).toContain(`asked --endpoint-url ${stage.url} s3 ls`);
  agent.stop("the test is over");
  await agent.ended;
});
