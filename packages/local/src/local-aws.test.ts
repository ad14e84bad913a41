import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeInstancesCommand, EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, ListBucketsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ListStateMachinesCommand, SFNClient } from "@aws-sdk/client-sfn";
import { expect, test, vi } from "vitest";
import { AwsError } from "./aws-error.ts";
import { virtualClock } from "./clock.ts";
import { createLocalAws } from "./local-aws.ts";
import { failure, localAwsFixture } from "./local-aws-fixture.ts";
import { readFolderOwner } from "./storage/folder-lock.ts";
import { viewLocalAws } from "./view-local-aws.ts";

const local = localAwsFixture();
const { open, close } = local;

test("instances of a process that is gone are found terminated, and their events are told", async () => {
  const clock = virtualClock();
  const first = open({ dir: local.dir, clock });
  const bridge = new EventBridgeClient(first.clientConfig());
  await bridge.send(
    new PutRuleCommand({ Name: "r", EventPattern: '{"source":["aws.ec2"],"detail":{"state":["terminated"]}}' }),
  );
  await bridge.send(
    new PutTargetsCommand({
      Rule: "r",
      Targets: [{ Id: "1", Arn: "arn:aws:lambda:us-west-2:000000000000:function:repair" }],
    }),
  );
  await new EC2Client(first.clientConfig()).send(
    new RunInstancesCommand({ ImageId: "ami-12345678", MinCount: 1, MaxCount: 1 }),
  );
  await first.idle();
  clock.advance(0);
  const id = first.ec2.instances()[0]?.instanceId;
  expect(first.ec2.instances()[0]?.state).toBe("running");
  await close(first);

  const told: unknown[] = [];
  const second = open({ dir: local.dir, clock, functions: { repair: async (event) => void told.push(event) } });
  await second.idle();
  const { Reservations } = await new EC2Client(second.clientConfig()).send(new DescribeInstancesCommand({}));
  expect(Reservations?.[0]?.Instances?.[0]).toMatchObject({
    InstanceId: id,
    State: { Name: "terminated" },
    StateReason: { Code: "Server.InternalError" },
  });
  expect(told).toMatchObject([{ detail: { "instance-id": id, state: "terminated" } }]);
});

test("one process owns a folder; another is told who, and may look", async () => {
  const owner = open({ dir: local.dir });
  const { url } = await owner.listen();
  await new S3Client(owner.clientConfig()).send(new CreateBucketCommand({ Bucket: "releases" }));
  const refusal = (() => {
    try {
      createLocalAws({ dir: local.dir });
    } catch (error) {
      return error;
    }
  })();
  expect(refusal).toBeInstanceOf(AwsError);
  expect(refusal).toMatchObject({ code: "FolderInUse", fields: { pid: process.pid, url } });
  expect((refusal as AwsError).message).toContain(`${local.dir} is in use by process ${process.pid} (${url})`);
  expect(readFolderOwner(local.dir)).toMatchObject({ pid: process.pid, url });
  const before = readdirSync(local.dir, { recursive: true });
  const light = viewLocalAws({ dir: local.dir, region: owner.region, accountId: owner.accountId });
  for (const view of [open({ dir: local.dir, resume: false }), light]) {
    await new EC2Client(view.clientConfig()).send(new DescribeInstancesCommand({}));
    await new SFNClient(view.clientConfig()).send(new ListStateMachinesCommand({}));
    await new CloudWatchLogsClient(view.clientConfig()).send(new DescribeLogGroupsCommand({}));
    const s3 = new S3Client(view.clientConfig());
    expect((await s3.send(new ListBucketsCommand({}))).Buckets).toMatchObject([{ Name: "releases" }]);
    const write = s3.send(new PutObjectCommand({ Bucket: "releases", Key: "k", Body: "x" }));
    expect(await failure(write)).toBe("ReadOnly");
    expect(readdirSync(local.dir, { recursive: true })).toEqual(before);
  }
  await light.close();
  await close(owner);
  expect(readFolderOwner(local.dir)).toBeUndefined();
});

test("a lock left by a process that died is taken over", async () => {
  writeFileSync(join(local.dir, "owner.json"), JSON.stringify({ pid: 2 ** 22 + 1, started: "1" }));
  const aws = open({ dir: local.dir });
  expect(readFolderOwner(local.dir)?.pid).toBe(process.pid);
  await close(aws);
});

test("a folder that cannot be one is refused in one line that names it", () => {
  const file = join(local.dir, "file");
  writeFileSync(file, "");
  expect(() => createLocalAws({ dir: join(file, "state") })).toThrow(
    `cannot write below ${file}/state: a part of the path is a file; move it away (ENOTDIR)`,
  );
});

test("without a folder nothing is left behind", async () => {
  vi.stubEnv("TMPDIR", local.dir);
  const aws = open();
  const s3 = new S3Client(aws.clientConfig());
  await s3.send(new CreateBucketCommand({ Bucket: "releases" }));
  await s3.send(new PutObjectCommand({ Bucket: "releases", Key: "k", Body: "x" }));
  expect(readdirSync(local.dir)).toEqual([expect.stringMatching(/^muster-local-/)]);
  await close(aws);
  vi.unstubAllEnvs();
  expect(readdirSync(local.dir)).toEqual([]);
});

test("functions: results and errors as Lambda answers them, by name and by ARN", async () => {
  const aws = open({
    functions: {
      add: async (event) => (event as { a: number; b: number }).a + (event as { a: number; b: number }).b,
      nothing: async () => undefined,
      fail: async () => {
        throw Object.assign(new Error("no such version"), { name: "Muster.InvalidInput" });
      },
    },
  });
  const lambda = new LambdaClient({ ...aws.clientConfig(), maxAttempts: 1 });
  const invoke = async (FunctionName: string, payload: unknown = {}) => {
    const { Payload, ...answer } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload) }),
    );
    return { ...answer, payload: JSON.parse(Buffer.from(Payload ?? []).toString() || "null") };
  };
  expect(await invoke("add", { a: 1, b: 2 })).toMatchObject({
    StatusCode: 200,
    payload: 3,
    ExecutedVersion: "$LATEST",
  });
  expect((await invoke("arn:aws:lambda:us-west-2:000000000000:function:add:$LATEST", { a: 2, b: 2 })).payload).toBe(4);
  expect((await invoke("nothing")).payload).toBeNull();
  expect(await invoke("fail")).toMatchObject({
    FunctionError: "Unhandled",
    payload: { errorType: "Muster.InvalidInput", errorMessage: "no such version", trace: expect.any(Array) },
  });
  expect(await failure(invoke("none"))).toBe("ResourceNotFoundException");
  expect((await lambda.send(new ListFunctionsCommand({}))).Functions?.map(({ FunctionName }) => FunctionName)).toEqual([
    "add",
    "nothing",
    "fail",
  ]);
});
