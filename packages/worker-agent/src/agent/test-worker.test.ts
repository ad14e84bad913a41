import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type TestStage, testStage } from "../../testing/test-stage.ts";
import { writeScripts } from "../../testing/worker-process.ts";
import { agentProgram } from "../agent-program.ts";

/** A worker as run-test-workers starts it: no instance, a log file, the user's own credentials. */
async function startTestWorker(stage: TestStage, log: string, dummy: string, words = ["--log", log]) {
  const urls = await writeScripts(stage, { script: "echo real", dummy }, "test-worker");
  const flags = ["--disable-warning=ExperimentalWarning", agentProgram(), "--test-worker", "test-1"];
  const start = ["-c", 'umask 077; exec "$0" "$@"', process.execPath];
  return spawn("sh", [...start, ...flags, ...words], {
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...stage.environment,
      ...urls,
      PATH: process.env.PATH,
      HOME: stage.folder,
      TMPDIR: stage.folder,
      AWS_ENDPOINT_URL: stage.url,
      AWS_ACCESS_KEY_ID: "test-worker",
      AWS_SECRET_ACCESS_KEY: "secret",
    },
  });
}

test("a test worker runs the dummy script, logs into its file, and touches neither EC2 nor S3 nor CloudWatch", async () => {
  const services = new Set<string>();
  await using stage = await testStage({
    onCall: ({ service, accessKeyId }) => accessKeyId === "test-worker" && services.add(service),
  });
  const log = join(stage.folder, "make-thing.log");
  const worker = await startTestWorker(stage, log, 'echo "dummy for $VERSION"; env | grep -c AWS_SECRET; true');
  const task = await stage.publish({ debug: "skip_ec2" });
  expect(await task.ended).toMatchObject({ status: "SUCCEEDED", output: { ec2: "test-1" } });
  worker.kill("SIGTERM");
  expect(await once(worker, "exit")).toEqual([0, null]);
  const lines = (await readFile(log, "utf8")).trim().split("\n");
  expect(lines).toEqual([
    expect.stringContaining("start MakeThing"),
    "dummy for 1.2.3",
    "0",
    expect.stringContaining("end MakeThing"),
  ]);
  expect([...services]).toEqual(["states"]);
});

test("a script's files can be read by others, whatever the umask that its agent was started with", async () => {
  await using stage = await testStage();
  const log = join(stage.folder, "make-thing.log");
  const worker = await startTestWorker(stage, log, "umask; touch file; stat -c %a file .");
  expect(await stage.runTask({ debug: "skip_ec2" })).toMatchObject({ status: "SUCCEEDED" });
  worker.kill("SIGTERM");
  await once(worker, "exit");
  expect((await readFile(log, "utf8")).split("\n").slice(1, 4)).toEqual(["0022", "644", "755"]);
});

test("a test worker gives a real task back, for a real worker to take", async () => {
  await using stage = await testStage();
  const worker = await startTestWorker(stage, join(stage.folder, "log"), "echo dummy");
  const task = await stage.publish();
  expect(await task.ended).toMatchObject({ error: "Muster.Requeued", cause: { ec2: "test-1" } });
  worker.kill("SIGTERM");
  expect(await once(worker, "exit")).toEqual([0, null]);
});

test("a test worker without a log file says what it needs, in one line", async () => {
  await using stage = await testStage();
  const worker = await startTestWorker(stage, "", "true", []);
  let text = "";
  worker.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const [code] = await once(worker, "close");
  expect(code).toBe(1);
  expect(text.trim().split("\n")).toHaveLength(1);
  expect(JSON.parse(text)).toMatchObject({ message: "a test worker needs a log file", hint: "name one with --log" });
});

test("an agent without its variables names every one that is missing", async () => {
  const flags = ["--disable-warning=ExperimentalWarning", agentProgram()];
  const agent = spawn(process.execPath, flags, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: process.env.PATH },
  });
  let text = "";
  agent.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const [code] = await once(agent, "close");
  expect(code).toBe(1);
  const { message } = JSON.parse(text) as { message: string };
  for (const name of ["ACTIVITY_ARN", "SCRIPT_URL", "LOG_GROUP", "STATE_BUCKET"]) expect(message).toContain(name);
});
