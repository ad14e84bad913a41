import { existsSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { localAwsFixture } from "./local-aws-fixture.ts";

const local = localAwsFixture();
const { open } = local;

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
  const { url } = await open({ dir: local.dir }).listen();
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
  const stream = { logGroupName: "..", logStreamName: ".." };
  await json("logs", "Logs_20140328.CreateLogGroup", JSON.stringify({ logGroupName: ".." }));
  await json("logs", "Logs_20140328.CreateLogStream", JSON.stringify(stream));
  const events = { ...stream, logEvents: [{ timestamp: Date.now(), message: "m" }] };
  await json("logs", "Logs_20140328.PutLogEvents", JSON.stringify(events));
  expect(existsSync(join(local.dir, "logs/%2E./%2E..jsonl"))).toBe(true);
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
