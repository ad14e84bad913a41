import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeInstancesCommand, EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetActivityTaskCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AwsError } from "./aws-error.ts";
import { virtualClock } from "./clock.ts";
import { createLocalAws, type LocalAws, type LocalAwsOptions } from "./local-aws.ts";
import { runUntil } from "./run-until.ts";
import { readFolderOwner } from "./storage/folder-lock.ts";

let dir: string;
const opened: LocalAws[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "local-aws-test-"));
});

afterEach(async () => {
  for (const aws of opened.splice(0)) await aws.close();
  rmSync(dir, { recursive: true, force: true });
});

function open(options: LocalAwsOptions = {}): LocalAws {
  const aws = createLocalAws(options);
  opened.push(aws);
  aws.start();
  return aws;
}

const close = async (aws: LocalAws) => {
  opened.splice(opened.indexOf(aws), 1);
  await aws.close();
};
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "no failure",
    (error: Error) => error.name,
  );

test("instances of a process that is gone are found terminated, and their events are told", async () => {
  const clock = virtualClock();
  const first = open({ dir, clock });
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
  const second = open({ dir, clock, functions: { repair: async (event) => void told.push(event) } });
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
  const owner = open({ dir });
  const { url } = await owner.listen();
  await new S3Client(owner.clientConfig()).send(new CreateBucketCommand({ Bucket: "releases" }));
  const refusal = (() => {
    try {
      createLocalAws({ dir });
    } catch (error) {
      return error;
    }
  })();
  expect(refusal).toBeInstanceOf(AwsError);
  expect(refusal).toMatchObject({ code: "FolderInUse", fields: { pid: process.pid, url } });
  expect((refusal as AwsError).message).toContain(`${dir} is in use by process ${process.pid} (${url})`);
  expect(readFolderOwner(dir)).toMatchObject({ pid: process.pid, url });
  const view = open({ dir, resume: false });
  const before = readdirSync(dir, { recursive: true });
  await new EC2Client(view.clientConfig()).send(new DescribeInstancesCommand({}));
  const write = new S3Client(view.clientConfig()).send(
    new PutObjectCommand({ Bucket: "releases", Key: "k", Body: "x" }),
  );
  expect(await failure(write)).toBe("ReadOnly");
  expect(readdirSync(dir, { recursive: true })).toEqual(before);
  await close(owner);
  expect(readFolderOwner(dir)).toBeUndefined();
});

test("a lock left by a process that died is taken over", async () => {
  writeFileSync(join(dir, "owner.json"), JSON.stringify({ pid: 2 ** 22 + 1, started: "1" }));
  const aws = open({ dir });
  expect(readFolderOwner(dir)?.pid).toBe(process.pid);
  await close(aws);
});

test("a folder that cannot be one is refused in one line that names it", () => {
  const file = join(dir, "file");
  writeFileSync(file, "");
  expect(() => createLocalAws({ dir: join(file, "state") })).toThrow(
    `cannot write below ${file}/state: a part of the path is a file; move it away (ENOTDIR)`,
  );
});

test("without a folder nothing is left behind", async () => {
  vi.stubEnv("TMPDIR", dir);
  const aws = open();
  const s3 = new S3Client(aws.clientConfig());
  await s3.send(new CreateBucketCommand({ Bucket: "releases" }));
  await s3.send(new PutObjectCommand({ Bucket: "releases", Key: "k", Body: "x" }));
  expect(readdirSync(dir)).toEqual([expect.stringMatching(/^muster-local-/)]);
  await close(aws);
  vi.unstubAllEnvs();
  expect(readdirSync(dir)).toEqual([]);
});

test("an occupied port is named, with the remedy", async () => {
  const blocker = createServer();
  const port = await new Promise<number>((resolve) =>
    blocker.listen(0, "127.0.0.1", () => resolve((blocker.address() as { port: number }).port)),
  );
  const listening = open().listen({ port });
  await expect(listening).rejects.toThrow(
    `port ${port} on 127.0.0.1 is used by another program; choose another with --port`,
  );
  await new Promise((resolve) => blocker.close(resolve));
});

test("the endpoint says that it is up, and refuses what it does not know by name", async () => {
  const { url } = await open().listen();
  expect(await (await fetch(`${url}/_health`)).json()).toMatchObject({
    status: "ok",
    services: expect.arrayContaining(["states", "s3"]),
  });
  const sign = (service: string) => ({
    authorization: `AWS4-HMAC-SHA256 Credential=K/20260101/us-west-2/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  });
  const unknownService = await fetch(url, {
    method: "POST",
    headers: { ...sign("dynamodb"), "x-amz-target": "DynamoDB_20120810.ListTables" },
    body: "{}",
  });
  expect([unknownService.status, await unknownService.text()]).toEqual([
    501,
    expect.stringContaining('no local service answers \\"dynamodb\\"'),
  ]);
  const target = (operation: string, body: string) =>
    fetch(url, {
      method: "POST",
      headers: { ...sign("states"), "x-amz-target": `AWSStepFunctions.${operation}` },
      body,
    });
  expect(await (await target("MakeCoffee", "{}")).json()).toMatchObject({ __type: "UnknownOperationException" });
  expect(await (await target("ListActivities", "{")).json()).toMatchObject({ __type: "SerializationException" });
  const sts = await fetch(url, {
    method: "POST",
    headers: { ...sign("sts"), "content-type": "application/x-www-form-urlencoded" },
    body: "Action=GetCallerIdentity",
  });
  expect(await sts.text()).toContain("<GetCallerIdentityResult><Arn>arn:aws:iam::000000000000:user/K</Arn>");
});

test("malformed requests are answered by AWS's names, and nothing leaves its folder", async () => {
  const { url } = await open({ dir }).listen();
  const sign = (service: string) => ({
    authorization: `AWS4-HMAC-SHA256 Credential=K/20260101/us-west-2/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  });
  const json = async (service: string, target: string, body: string) => {
    const answer = await fetch(url, { method: "POST", headers: { ...sign(service), "x-amz-target": target }, body });
    return ((await answer.json()) as { __type: string }).__type;
  };
  expect(await json("logs", "Logs_20140328.CreateLogGroup", "{}")).toBe("InvalidParameterException");
  expect(await json("logs", "Logs_20140328.CreateLogGroup", '{"logGroupName":1}')).toBe("SerializationException");
  expect(await json("events", "AWSEvents.PutTargets", '{"Rule":"r"}')).toBe("ValidationException");
  expect(await json("ssm", "AmazonSSM.GetParameter", "[]")).toBe("SerializationException");
  const s3 = async (path: string, method = "PUT") => {
    const call = request(`${url}/`, { method, path, headers: sign("s3") });
    const status = await new Promise<number | undefined>((resolve, reject) => {
      call.on("response", (response) => resolve(response.resume().statusCode));
      call.on("error", reject);
      call.end("x");
    });
    return status;
  };
  expect(await s3("/..%2f..%2fescaped")).toBe(400);
  expect(await s3("/%zz/key")).toBe(400);
  expect(await s3("/..%2fowner.json", "GET")).toBe(400);
  const groups = JSON.stringify({ logGroupName: "..", logStreamName: ".." });
  await json("logs", "Logs_20140328.CreateLogGroup", groups);
  await json("logs", "Logs_20140328.CreateLogStream", groups);
  const events = { ...JSON.parse(groups), logEvents: [{ timestamp: Date.now(), message: "m" }] };
  await json("logs", "Logs_20140328.PutLogEvents", JSON.stringify(events));
  expect(existsSync(join(dir, "logs/%2E./%2E..jsonl"))).toBe(true);
});

test("web pages may read objects and change nothing", async () => {
  const { url } = await open().listen();
  const headers = { origin: "https://example.com", "content-type": "application/x-www-form-urlencoded" };
  const launch = await fetch(url, {
    method: "POST",
    headers,
    body: "Action=RunInstances&ImageId=ami-12345678&MinCount=1&MaxCount=1",
  });
  expect(launch.status).toBe(403);
  expect((await fetch(`${url}/none/k`, { headers })).status).toBe(404);
});

test("a client that asks before it uploads is told to go on, and keeps its connection after an error", async () => {
  const { url } = await open().listen();
  const bucketless = await new Promise<{ continued: boolean; status: number | undefined }>((resolve, reject) => {
    let continued = false;
    const put = request(`${url}/none/key`, {
      method: "PUT",
      headers: { expect: "100-continue", "content-length": "3" },
    });
    put.on("continue", () => {
      continued = true;
      put.end("abc");
    });
    put.on("response", (response) => resolve({ continued, status: response.resume().statusCode }));
    put.on("error", reject);
    put.flushHeaders();
  });
  expect(bucketless).toEqual({ continued: true, status: 404 });
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
  expect((await invoke("arn:aws:lambda:us-west-2:000000000000:function:add:live", { a: 2, b: 2 })).payload).toBe(4);
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

test("an answer that is large, and bodies in chunks, cross the socket whole", async () => {
  const { url } = await open().listen();
  const s3 = new S3Client({
    region: "us-west-2",
    credentials: { accessKeyId: "K", secretAccessKey: "S" },
    endpoint: url,
  });
  await s3.send(new CreateBucketCommand({ Bucket: "releases" }));
  const bytes = Buffer.alloc(2_000_000, "muster ");
  await s3.send(new PutObjectCommand({ Bucket: "releases", Key: "k", Body: bytes }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "releases", Key: "k" }));
  expect(Buffer.compare(Buffer.from((await Body?.transformToByteArray()) ?? []), bytes)).toBe(0);
  s3.destroy();
});

test("hours pass in virtual time, and a worker that polls in process sees every task at its minute", async () => {
  const clock = virtualClock();
  const aws = open({ clock });
  const sfn = new SFNClient(aws.clientConfig());
  const { activityArn } = await sfn.send(new CreateActivityCommand({ name: "work" }));
  const States = {
    Wait: { Type: "Wait", Seconds: 6 * 3_600, Next: "Work" },
    Work: { Type: "Task", Resource: activityArn, HeartbeatSeconds: 60, Next: "Five" },
    Five: {
      Type: "Choice",
      Choices: [{ Variable: "$.n", NumericGreaterThanEquals: 5, Next: "Done" }],
      Default: "Wait",
    },
    Done: { Type: "Succeed" },
  };
  const machine = await sfn.send(
    new CreateStateMachineCommand({
      name: "hours",
      roleArn: "arn:aws:iam::000000000000:role/r",
      definition: JSON.stringify({ StartAt: "Wait", States }),
    }),
  );
  const hours: number[] = [];
  const stop = new AbortController();
  const worker = (async () => {
    for (let n = 1; !stop.signal.aborted; ) {
      const task = await sfn.send(new GetActivityTaskCommand({ activityArn, workerName: "w" }), {
        abortSignal: stop.signal,
      });
      if (!task.taskToken) continue;
      hours.push((clock.now() - Date.UTC(2026, 0, 1)) / 3_600_000);
      await sfn.send(new SendTaskSuccessCommand({ taskToken: task.taskToken, output: JSON.stringify({ n: n++ }) }));
    }
  })().catch((error: Error) => error.name);
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn: machine.stateMachineArn, input: '{"n":0}' }),
  );
  const isDone = async () => (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status === "SUCCEEDED";
  await runUntil(aws, clock, () => hours.length === 5);
  await runUntil(aws, clock, isDone);
  expect(hours).toEqual([6, 12, 18, 24, 30]);
  expect(aws.movement).toMatchObject({ open: 1, parked: 1 });
  stop.abort();
  expect(await worker).toBe("AbortError");
  expect(existsSync(dir)).toBe(true);
}, 60_000);

test("a poll whose client went away takes no task with it", async () => {
  const aws = open();
  const { url } = await aws.listen();
  const sfn = new SFNClient({ region: aws.region, endpoint: url, credentials: aws.clientConfig().credentials });
  const { activityArn } = await sfn.send(new CreateActivityCommand({ name: "work" }));
  const leaving = new AbortController();
  const abandoned = failure(sfn.send(new GetActivityTaskCommand({ activityArn }), { abortSignal: leaving.signal }));
  while (aws.movement.parked === 0) await new Promise((resolve) => setImmediate(resolve));
  leaving.abort();
  expect(await abandoned).toBe("AbortError");
  while (aws.movement.open > 0) await new Promise((resolve) => setImmediate(resolve));
  const definition = JSON.stringify({
    StartAt: "W",
    States: { W: { Type: "Task", Resource: activityArn, End: true } },
  });
  const machine = await sfn.send(
    new CreateStateMachineCommand({ name: "m", roleArn: "arn:aws:iam::000000000000:role/r", definition }),
  );
  await sfn.send(new StartExecutionCommand({ stateMachineArn: machine.stateMachineArn }));
  const task = await sfn.send(new GetActivityTaskCommand({ activityArn }));
  expect(task.taskToken).toEqual(expect.any(String));
  sfn.destroy();
});

test("a delayed call takes effect when its time has come", async () => {
  const clock = virtualClock();
  const aws = open({ clock });
  const s3 = new S3Client(aws.clientConfig());
  await s3.send(new CreateBucketCommand({ Bucket: "releases" }));
  aws.delayCalls({ service: "s3", operation: "PutObject", times: 1 }, 2_000);
  const writing = s3.send(new PutObjectCommand({ Bucket: "releases", Key: "k", Body: "late" }));
  const early = await failure(s3.send(new GetObjectCommand({ Bucket: "releases", Key: "k" })));
  await runUntil(aws, clock, writing);
  expect([early, clock.now()]).toEqual(["NoSuchKey", Date.UTC(2026, 0, 1) + 2_000]);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "releases", Key: "k" }));
  expect(await Body?.transformToString()).toBe("late");
});

test("a goal that cannot be reached is said instead of waited for", async () => {
  const clock = virtualClock();
  const aws = open({ clock });
  await expect(runUntil(aws, clock, () => false)).rejects.toThrow("no timer is left");
  clock.at(clock.now() + 5_000, () => {});
  clock.at(clock.now() + 50_000, () => {});
  await expect(runUntil(aws, clock, () => false, { limitMs: 1_000 })).rejects.toThrow("not reached within 1000 ms");
  await expect(runUntil(aws, clock, Promise.reject(new Error("mine")))).rejects.toThrow("mine");
  expect(await runUntil(aws, clock, Promise.resolve(7))).toBe(7);
});
