import { stripVTControlCharacters } from "node:util";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { type StageDescription, stageParameter } from "@muster/pipeline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { onTerminal } from "./on-terminal.ts";
import { writeProbePipeline } from "./probe-pipeline.ts";
import { muster, type RunningMuster } from "./run-muster.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

const HIDE_CURSOR = "\u001B[?25l";
const CLEAR_BELOW = "\u001B[J";
const SHOW_CURSOR = "\u001B[?25h";

let workspace: Workspace;
let pipeline: string[];
let local: RunningMuster;
let endpoint: { url: string; region: string; description: StageDescription };

beforeAll(async () => {
  workspace = await createWorkspace();
  pipeline = await writeProbePipeline(workspace, {
    // The second release waits for somebody who stops it.
    MakeSource: '[ "$VERSION" != 2.0.0 ] || sleep 600',
  });
  local = workspace.start("local", "--port", "0", "--json", ...pipeline);
  const [json] = await local.saw(/^\{[\s\S]*^\}$/m);
  endpoint = JSON.parse(json);
});
afterAll(() => workspace[Symbol.asyncDispose]());

const clientConfig = () => ({
  endpoint: endpoint.url,
  region: endpoint.region,
  credentials: { accessKeyId: "anyone", secretAccessKey: "anything" },
});

test("while muster local runs, a build goes on without the command that started it, and others follow it", async () => {
  const started = await workspace.muster("build", "1.0.0", "--no-follow", ...pipeline);
  expect(started.exitCode, started.stderr).toBe(0);
  const name = started.stdout.trim();
  const followed = await workspace.muster("status", name, "--follow", ...pipeline);
  expect(followed.exitCode, followed.stderr).toBe(0);
  expect(followed.stdout).toContain(`${name}  succeeded`);
});

test("any client of AWS sees what was published", async () => {
  const s3 = new S3Client(clientConfig());
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: endpoint.description.buckets.downloads }));
  expect(Contents.map(({ Key }) => Key)).toContain("packages/1.0.0/debian-12-bookworm.pkg");
});

test("a deployment is read through the same API: its stage needs nothing but its description", async () => {
  const ssm = new SSMClient(clientConfig());
  const description = { ...endpoint.description, stage: "prod" };
  const Name = stageParameter("prod");
  await ssm.send(new PutParameterCommand({ Name, Value: JSON.stringify(description), Type: "String" }));
  const options = {
    cwd: workspace.dir,
    env: {
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_REGION: endpoint.region,
      AWS_ACCESS_KEY_ID: "anyone",
      AWS_SECRET_ACCESS_KEY: "anything",
      MUSTER_DIR: "/nowhere",
    },
  };
  const status = await muster(["status", "--stage", "prod", ...pipeline], options);
  expect(status.stdout).toMatch(/succeeded[\s\S]*MakePackage[\s\S]*^ {2}1\.0\.0 .*\n {4}debian-12-bookworm +✔ /m);
  const missing = await muster(["status", "--stage", "staging"], options);
  expect(missing.exitCode).toBe(3);
  expect(missing.stderr).toMatch(/^muster: there is no stage "staging".*\/muster\/staging\/description does not exist/);
});

test("on a terminal a build is redrawn in as many columns as there are; Ctrl-C leaves it, the build goes on, and the cursor is there", async () => {
  const name = (await workspace.muster("build", "2.0.0", "--no-follow", ...pipeline)).stdout.trim();
  const terminal = onTerminal(["status", name, "--follow", ...pipeline], {
    ...workspace.options,
    columns: 40,
    rows: 20,
  });
  await terminal.saw(/●/);
  terminal.types("\u0003");
  expect(await terminal.ended).toBe(130);
  const text = terminal.text();
  expect(text.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(text.lastIndexOf(HIDE_CURSOR));
  const from = Math.max(text.lastIndexOf(CLEAR_BELOW), text.lastIndexOf(HIDE_CURSOR));
  const last = stripVTControlCharacters(text.slice(from)).replaceAll("\r", "");
  expect(last).toMatch(/^2\.0\.0_tester_\S+\s+running\s+for [\d:]+/);
  expect(last).toContain(`the build ${name} goes on; muster status ${name} --follow`);
  const shown = last.slice(0, last.indexOf("the build ")).split("\n");
  expect(Math.max(...shown.map((line) => line.length))).toBeLessThan(40);
  expect((await workspace.muster("stop", name, ...pipeline)).exitCode).toBe(0);
});

test("what a terminal shows of a build that has ended is what a pipe gets", async () => {
  const words = ["status", "1.0.0", ...pipeline];
  const terminal = onTerminal(words, { ...workspace.options, columns: 200, rows: 50 });
  expect(await terminal.ended).toBe(0);
  const plain = stripVTControlCharacters(terminal.text()).replaceAll("\r", "");
  expect(plain).toBe((await workspace.muster(...words)).stdout);
});

test("a build that was stopped is shown as such, and leaves the next one alone", async () => {
  const started = await workspace.muster("build", "2.0.0", "--no-follow", ...pipeline);
  const name = started.stdout.trim();
  const stopped = await workspace.muster("stop", name, ...pipeline);
  expect(stopped.exitCode, stopped.stderr).toBe(0);
  const status = await workspace.json<{ state: string; cause: string }>("status", name, ...pipeline);
  expect(status).toMatchObject({ state: "aborted", cause: "muster stop by tester" });
  const again = await workspace.muster("stop", name, ...pipeline);
  expect(again.stderr).toMatch(/has ended already: aborted/);
});

test("--no-follow without a process that moves the build says what to do", async () => {
  const { exitCode, stderr } = await workspace.muster(
    "build",
    "1.0.0",
    "--no-follow",
    "--state-dir",
    "elsewhere",
    ...pipeline,
  );
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^muster: --no-follow needs a process that moves the build.*muster local/);
});

test("two commands cannot own one folder: the second says who does", async () => {
  const { exitCode, stderr } = await workspace.muster("local", "--port", "0", ...pipeline);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^muster: the local stage runs already/);
});

test("Ctrl-C ends it, with its workers", async () => {
  local.process.kill("SIGINT");
  expect((await local.ended).exitCode).toBe(0);
});
