import { describe, expect, test } from "vitest";
import { localAwsFixture } from "./local-aws-fixture.ts";

const local = localAwsFixture();

/** Requests as no SDK client would write them. */
async function openRaw() {
  const { url } = await local.open({ functions: { f: async () => "ran" } }).listen();
  const sign = (service: string) => ({
    authorization: `AWS4-HMAC-SHA256 Credential=K/20260101/us-west-2/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  });
  const send = async (service: string, path: string, init: RequestInit) => {
    const answer = await fetch(`${url}${path}`, { ...init, headers: { ...sign(service), ...init.headers } });
    return { status: answer.status, text: await answer.text() };
  };
  return {
    send,
    json: (service: string, target: string, body: object) =>
      send(service, "/", { method: "POST", headers: { "x-amz-target": target }, body: JSON.stringify(body) }),
    form: (service: string, parameters: Readonly<Record<string, string>>) =>
      send(service, "/", { method: "POST", body: new URLSearchParams(parameters) }),
  };
}

describe("an operation that is not here is told apart from one that AWS has not", () => {
  test.each([
    ["states", "AWSStepFunctions", "StartSyncExecution"],
    ["logs", "Logs_20140328", "StartQuery"],
    ["events", "AWSEvents", "CreateArchive"],
    ["ssm", "AmazonSSM", "SendCommand"],
    ["monitoring", "GraniteServiceVersion20100801", "PutMetricAlarm"],
    ["servicequotas", "ServiceQuotasV20190624", "RequestServiceQuotaIncrease"],
  ])("%s", async (service, prefix, operation) => {
    const { json } = await openRaw();
    const known = await json(service, `${prefix}.${operation}`, {});
    expect([known.status, JSON.parse(known.text).__type]).toEqual([501, "NotImplemented"]);
    expect(known.text).toContain(operation);
    const unknown = await json(service, `${prefix}.MakeCoffee`, {});
    expect([unknown.status, JSON.parse(unknown.text).__type]).toEqual([400, "UnknownOperationException"]);
  });

  test.each([
    ["ec2", "CreateVpc", 400, "UnsupportedOperation"],
    ["sts", "AssumeRole", 501, "NotImplemented"],
  ])("%s", async (service, operation, status, code) => {
    const { form } = await openRaw();
    const known = await form(service, { Action: operation, Version: "2016-11-15" });
    expect(known.status).toBe(status);
    expect(known.text).toContain(`<Code>${code}</Code>`);
    expect((await form(service, { Action: "MakeCoffee" })).text).toContain("<Code>InvalidAction</Code>");
  });

  test.each([
    ["lambda", "DELETE", "/2015-03-31/functions/f", "DeleteFunction"],
    ["lambda", "PUT", "/2017-10-31/functions/f/concurrency", "PutFunctionConcurrency"],
    ["cloudfront", "DELETE", "/2020-05-31/distribution/E123456", "DeleteDistribution"],
    ["cloudfront", "POST", "/2020-05-31/distribution?WithTags", "CreateDistributionWithTags"],
    ["cloudfront", "POST", "/2020-05-31/tagging?Operation=Tag", "TagResource"],
  ])("%s %s %s", async (service, method, path, operation) => {
    const { send } = await openRaw();
    const known = await send(service, path, { method });
    expect(known).toMatchObject({ status: 501, text: expect.stringContaining(operation) });
    expect((await send(service, "/coffee", { method })).status).toBe(404);
  });
});

describe("members of forms", () => {
  const launch = {
    Action: "RunInstances",
    Version: "2016-11-15",
    ImageId: "ami-12345678",
    MinCount: "1",
    MaxCount: "1",
  };
  test.each([
    ["Coffee", "black", "UnknownParameter"],
    ["TagSpecification.2.Tag.1.Coffee", "black", "UnknownParameter"],
    ["NetworkInterface.1.Ipv6Prefix.1.Ipv6Prefix", "::/80", "UnsupportedOperation"],
    ["DisableApiTermination", "true", "UnsupportedOperation"],
    ["EbsOptimized", "maybe", "InvalidParameterValue"],
    ["BlockDeviceMapping.1.Ebs.VolumeSize", "large", "InvalidParameterValue"],
    ["Placement", "us-west-2a", "InvalidParameterValue"],
  ])("%s=%s: %s, and nothing is launched, by a dry run either", async (name, value, code) => {
    const { form } = await openRaw();
    for (const dry of [{}, { DryRun: "true" }]) {
      const { text } = await form("ec2", {
        ...launch,
        "TagSpecification.1.ResourceType": "instance",
        [name]: value,
        ...dry,
      });
      expect(text).toContain(`<Code>${code}</Code>`);
      expect(text).toContain(name.split(".1.Ipv6Prefix.1.")[0]);
    }
    const { text } = await form("ec2", { Action: "DescribeInstances" });
    expect(text).not.toContain("instanceId");
  });

  test("signatures in the form, of either version, are no members", async () => {
    const { form, send } = await openRaw();
    const signed = {
      AWSAccessKeyId: "K",
      SignatureMethod: "HmacSHA256",
      SignatureVersion: "2",
      Signature: "x",
      Timestamp: "t",
    };
    expect((await form("ec2", { Action: "DescribeRegions", Version: "2016-11-15", ...signed })).status).toBe(200);
    const presigned = "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=60";
    expect((await send("sts", presigned, { method: "GET" })).status).toBe(200);
    expect((await form("sts", { Action: "GetCallerIdentity", Coffee: "black" })).text).toContain("Coffee");
  });
});

describe("members of documents", () => {
  test.each([
    [
      { logEvents: [{ timestamp: 1, message: "m", coffee: 1 }] },
      "InvalidParameterException",
      "logEvents.1.member.coffee",
    ],
    [{ logEvents: [{ timestamp: 1 }] }, "InvalidParameterException", "logEvents.1.member.message"],
    [{ logEvents: [{ timestamp: "1", message: "m" }] }, "SerializationException", "logEvents.1.member.timestamp"],
    [{ logEvents: ["m"] }, "SerializationException", "logEvents.1.member"],
    [{ logEvents: { 0: "m" } }, "SerializationException", "logEvents"],
    [{ logEvents: [], entity: {} }, "InvalidParameterException", "entity"],
    [{ logEvents: [], constructor: 1 }, "InvalidParameterException", "constructor"],
  ])("%j: %s, by its name", async (members, code, name) => {
    const { json } = await openRaw();
    const answer = await json("logs", "Logs_20140328.PutLogEvents", {
      logGroupName: "g",
      logStreamName: "s",
      ...members,
    });
    expect(JSON.parse(answer.text)).toMatchObject({ __type: code, message: expect.stringContaining(`'${name}'`) });
  });

  test("a member that is null is not there", async () => {
    const { json } = await openRaw();
    const groups = await json("logs", "Logs_20140328.DescribeLogGroups", { limit: null, logGroupNamePrefix: null });
    expect(groups).toMatchObject({ status: 200 });
    const missing = await json("states", "AWSStepFunctions.DescribeActivity", { activityArn: null });
    expect(missing.text).toContain("Value null at 'activityArn' failed to satisfy constraint: Member must not be null");
  });

  test("elements of XML, once too often, or unknown, are refused", async () => {
    const { send } = await openRaw();
    const invalidate = (batch: string) =>
      send("cloudfront", "/2020-05-31/distribution/E123456/invalidation", {
        method: "POST",
        body: `<InvalidationBatch>${batch}</InvalidationBatch>`,
      });
    const paths = "<Paths><Quantity>1</Quantity><Items><Path>/a</Path></Items></Paths>";
    const reference = "<CallerReference>r</CallerReference>";
    expect((await invalidate(`${paths}${reference}<Coffee>black</Coffee>`)).text).toContain("InvalidationBatch.Coffee");
    expect((await invalidate(paths)).text).toContain("InvalidationBatch.CallerReference");
    expect((await invalidate(`${paths}${reference}${reference}`)).text).toContain("MalformedXML");
    expect((await invalidate(`${reference}${paths.replace("1", "one")}`)).text).toContain(
      "InvalidationBatch.Paths.Quantity",
    );
    expect((await invalidate(`${paths}${reference}`)).status).toBe(201);
  });
});

test("parameters and headers of an address are refused by the names that they were sent by, and nothing runs", async () => {
  const { send } = await openRaw();
  const invoke = (query: string, headers: Readonly<Record<string, string>> = {}) =>
    send("lambda", `/2015-03-31/functions/f/invocations${query}`, { method: "POST", headers });
  const refused = (text: string) => ({ status: 400, text: expect.stringContaining(text) });
  expect(await invoke("?coffee=black")).toEqual(refused("?coffee"));
  expect(await invoke("", { "x-amz-client-context": "e30=" })).toEqual(refused("x-amz-client-context"));
  expect(await invoke("", { "x-amz-log-type": "Tail" })).toEqual(refused("x-amz-log-type: Tail"));
  expect(await invoke("", { "x-amz-coffee": "black" })).toEqual(refused("x-amz-coffee"));
  const described = {
    "x-amz-user-agent": "a",
    "x-amz-date": "d",
    "x-amz-content-sha256": "s",
    "amz-sdk-request": "attempt=1",
  };
  expect(await invoke("?x-id=Invoke", described)).toEqual({ status: 200, text: '"ran"' });
});
