import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { type StageDescription, stageParameter } from "@muster/pipeline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeProbePipeline } from "./probe-pipeline.ts";
import { muster, type RunningMuster } from "./run-muster.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

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
  expect(status.stdout).toMatch(/succeeded[\s\S]*MakePackage +1\.0\.0 +debian-12-bookworm/);
  const missing = await muster(["status", "--stage", "staging"], options);
  expect(missing.exitCode).toBe(3);
  expect(missing.stderr).toMatch(/^muster: there is no stage "staging".*\/muster\/staging\/description does not exist/);
});

test("a build that was stopped is shown as such, and leaves the next one alone", async () => {
  const started = await workspace.muster("build", "2.0.0", "--no-follow", ...pipeline);
  const name = started.stdout.trim();
  const stopped = await workspace.muster("stop", name, ...pipeline);
  expect(stopped.exitCode, stopped.stderr).toBe(0);
  const status = await workspace.json<{ state: string; cause: string }>("status", name, ...pipeline);
  expect(status).toMatchObject({ state: "aborted", cause: "muster stop by tester" });
  const again = await workspace.muster("stop", name, ...pipeline);
  expect(again.stderr).toMatch(/has ended already \(ABORTED\)/);
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
