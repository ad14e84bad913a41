import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { CreateTagsCommand, EC2Client, RunInstancesCommand, type RunInstancesCommandInput } from "@aws-sdk/client-ec2";
import { afterEach, expect, test } from "vitest";
import { virtualClock } from "../../clock.ts";
import type { ObservedCall } from "../../endpoint.ts";
import { createLocalAws, type LocalAws } from "../../local-aws.ts";
import { accessKeyIdOf, instanceOf } from "./instance-credentials.ts";
import type { RunningInstance } from "./run-instance.ts";

const clock = virtualClock();
let aws: LocalAws | undefined;

afterEach(async () => {
  await aws?.close();
  aws = undefined;
});

async function boot(input: Partial<RunInstancesCommandInput> = {}) {
  const calls: ObservedCall[] = [];
  let booted = (_instance: RunningInstance) => {};
  const instance = new Promise<RunningInstance>((resolve) => {
    booted = resolve;
  });
  const opened = createLocalAws({
    clock,
    onCall: (call) => calls.push(call),
    runInstance: (started) => {
      booted(started);
      return new Promise((resolve) => started.signal.addEventListener("abort", () => resolve()));
    },
  });
  aws = opened;
  const ec2 = new EC2Client(opened.clientConfig());
  await ec2.send(
    new RunInstancesCommand({
      ImageId: "ami-12345678",
      InstanceType: "r6i.4xlarge",
      MinCount: 1,
      MaxCount: 1,
      UserData: Buffer.from("#!/bin/sh\n").toString("base64"),
      IamInstanceProfile: { Name: "worker" },
      ...input,
    }),
  );
  clock.advance(0);
  return { aws: opened, instance: await instance, calls };
}

async function session({ metadataUrl }: RunningInstance, ttl = "60") {
  const answer = await fetch(`${metadataUrl}/latest/api/token`, {
    method: "PUT",
    headers: { "x-aws-ec2-metadata-token-ttl-seconds": ttl },
  });
  const token = await answer.text();
  const get = (path: string) => fetch(`${metadataUrl}${path}`, { headers: { "x-aws-ec2-metadata-token": token } });
  return { status: answer.status, get, read: async (path: string) => (await get(path)).text() };
}

test("an access key id names its instance, and nobody else's does", () => {
  for (const id of ["i-00000000000000000", "i-0123456789abcdef0", "i-fffffffffffffffff"]) {
    expect(accessKeyIdOf(id)).toMatch(/^[A-Z2-7]{20}$/);
    expect(instanceOf(accessKeyIdOf(id))).toBe(id);
  }
  expect(instanceOf("AKIAIOSFODNN7EXAMPLE")).toBeUndefined();
  expect(instanceOf("ASIALO10000000000000")).toBeUndefined();
});

test("without a session token nothing is told, and sessions end", async () => {
  const { instance } = await boot();
  expect((await fetch(`${instance.metadataUrl}/latest/meta-data/instance-id`)).status).toBe(401);
  expect((await session(instance, "0")).status).toBe(400);
  expect((await session(instance, "99999")).status).toBe(400);
  const { get } = await session(instance, "10");
  expect((await get("/latest/meta-data/instance-id")).status).toBe(200);
  clock.advance(10_000);
  expect((await get("/latest/meta-data/instance-id")).status).toBe(401);
});

test("version 1 is answered where the launch allows it", async () => {
  const { instance } = await boot({ MetadataOptions: { HttpTokens: "optional" } });
  expect(await (await fetch(`${instance.metadataUrl}/latest/meta-data/instance-id`)).text()).toBe(instance.instanceId);
});

test("what an instance can read about itself", async () => {
  const { aws, instance } = await boot({
    MetadataOptions: { InstanceMetadataTags: "enabled" },
    TagSpecifications: [
      {
        ResourceType: "instance",
        Tags: [
          { Key: "Name", Value: "ww-0-A" },
          { Key: "a/b", Value: "slash" },
        ],
      },
    ],
  });
  const { read, get } = await session(instance);
  expect(await read("/latest/meta-data/instance-id")).toBe(instance.instanceId);
  expect(await read("/latest/meta-data/instance-type")).toBe("r6i.4xlarge");
  expect(await read("/latest/meta-data/placement/region")).toBe("us-west-2");
  expect(await read("/latest/meta-data/placement/availability-zone")).toBe("us-west-2a");
  expect(await read("/latest/user-data")).toBe("#!/bin/sh\n");
  expect(await read("/latest/meta-data/tags/instance/Name")).toBe("ww-0-A");
  expect(await read("/latest/meta-data/tags/instance/a/b")).toBe("slash");
  expect((await read("/latest/meta-data/")).split("\n")).toEqual(
    expect.arrayContaining(["ami-id", "iam/", "placement/", "tags/"]),
  );
  expect(JSON.parse(await read("/latest/dynamic/instance-identity/document"))).toMatchObject({
    instanceId: instance.instanceId,
    region: "us-west-2",
    architecture: "x86_64",
  });
  expect((await get("/latest/meta-data/nothing")).status).toBe(404);
  expect((await get("/latest/meta-data/spot/instance-action")).status).toBe(404);
  await new EC2Client(aws.clientConfig()).send(
    new CreateTagsCommand({ Resources: [instance.instanceId], Tags: [{ Key: "Name", Value: "wa-1-T" }] }),
  );
  expect(await read("/latest/meta-data/tags/instance/Name")).toBe("wa-1-T");
});

test("a spot instance learns two minutes ahead that it will be taken back", async () => {
  const { aws, instance } = await boot({ InstanceMarketOptions: { MarketType: "spot" } });
  const { read } = await session(instance, "600");
  aws.ec2.interruptSpot(instance.instanceId);
  const notice = JSON.parse(await read("/latest/meta-data/spot/instance-action"));
  expect(notice).toEqual({
    action: "terminate",
    time: new Date(clock.now() + 120_000).toISOString().replace(".000Z", "Z"),
  });
  clock.advance(120_000);
  expect(instance.signal.aborted).toBe(true);
});

test("an SDK client with no configuration but the metadata endpoint calls as its instance", async () => {
  const { aws, instance, calls } = await boot();
  const { url } = await aws.listen();
  const script = `
    import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
    const { Reservations } = await new EC2Client({ region: "us-west-2" }).send(new DescribeInstancesCommand({}));
    console.log(Reservations[0].Instances[0].InstanceId);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
    cwd: join(import.meta.dirname, "../../.."),
    env: { PATH: process.env.PATH, AWS_ENDPOINT_URL: url, AWS_EC2_METADATA_SERVICE_ENDPOINT: instance.metadataUrl },
  });
  expect(stdout.trim()).toBe(instance.instanceId);
  expect(calls.at(-1)).toMatchObject({ operation: "DescribeInstances", accessKeyId: instance.accessKeyId });
  expect(instanceOf(instance.accessKeyId)).toBe(instance.instanceId);
});
