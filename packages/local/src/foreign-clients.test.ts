import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { awsCli, has } from "../foreign-clients/aws-cli.ts";
import { createLocalAws, type LocalAws } from "./local-aws.ts";
import { processMachine } from "./services/ec2/machine/process-machine.ts";

const hasBoto3 = has("python3", ["-c", "import boto3"]);
const hasCli = has("aws", ["--version"]);
if (!hasBoto3) console.info("skipped: this machine has no boto3 (python3-boto3)");
if (!hasCli) console.info("skipped: this machine has no aws CLI (awscli)");

const run = promisify(execFile);
let aws: LocalAws;
let url: string;
let dir: string;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "foreign-clients-"));
  aws = createLocalAws({
    dir: join(dir, "state"),
    functions: { double: async (event) => (event as { n: number }).n * 2 },
    runInstance: processMachine({
      dir: join(dir, "machines"),
      mark: "FOREIGN_CLIENT_MACHINE",
      environment: () => ({ PATH: process.env.PATH ?? "" }),
    }),
  });
  aws.start();
  ({ url } = await aws.listen());
});

afterEach(async () => {
  await aws.close();
  rmSync(dir, { recursive: true, force: true });
});

test.skipIf(!hasBoto3)("boto3 walks through every service", async () => {
  const walk = join(import.meta.dirname, "../foreign-clients/walk.py");
  const { stdout } = await run("python3", ["-B", walk, url]);
  expect(JSON.parse(stdout)).toEqual({
    s3: {
      text: "text",
      metadata: { who: "walk" },
      large: 9_000_000,
      keys: ["a b/ü", "large"],
      "second writer": "PreconditionFailed",
      missing: "NoSuchKey",
      deleted: 2,
    },
    ec2: { launched: 2, found: 2, zone: "us-west-2b", missing: "InvalidInstanceID.NotFound" },
    logs: ["hello"],
    lambda: 42,
    events: ["walk"],
    cloudfront: "InProgress",
    ssm: "1",
    quota: true,
    sts: "arn:aws:iam::000000000000:user/AKIAWALKWALKWALKWALK",
    cloudwatch: ["steps"],
    states: '{"done":true}',
  });
});

test.skipIf(!hasBoto3)(
  "boto3 launches instances that stay, end and are refused as on AWS, and its waiters return",
  async () => {
    const walk = join(import.meta.dirname, "../foreign-clients/walk-instances.py");
    const { stdout } = await run("python3", ["-B", walk, url]);
    const kinds = ["nothing", "bash", "failing", "python", "no script"];
    expect(JSON.parse(stdout)).toEqual({
      consoles: Object.fromEntries(kinds.map((kind) => [kind, true])),
      states: Object.fromEntries(kinds.map((kind) => [kind, "running"])),
      "shut down": ["Client.InstanceInitiatedShutdown", "Client.InstanceInitiatedShutdown"],
      refused: [
        "InvalidAMIID.NotFound",
        "InvalidKeyPair.NotFound",
        "InvalidGroup.NotFound",
        "InvalidGroup.NotFound",
        "InvalidSubnetID.NotFound",
        "InvalidParameterValue",
        "InvalidParameterValue",
        "InvalidLaunchTemplateName.NotFoundException",
        "InvalidParameterValue",
      ],
      made: ["walk", "walk", "arn:aws:iam::000000000000:instance-profile/worker"],
      fleet: { template: true, version: ["1", "1"] },
      filters: ["no failure", "InvalidParameterValue"],
    });
  },
);

test.skipIf(!hasCli)("the aws CLI copies, lists, synchronises and removes", async () => {
  await using cli = awsCli(url, process.env.PATH);
  writeFileSync(join(dir, "package.deb"), Buffer.alloc(20_000_000, "deb"));
  await cli("s3", "mb", "s3://releases");
  await cli("s3", "cp", join(dir, "package.deb"), "s3://releases/pool/package.deb");
  expect(readFileSync(join(dir, "state/s3/releases/pool/package.deb")).length).toBe(20_000_000);
  await cli("s3", "cp", "s3://releases/pool/package.deb", join(dir, "copy.deb"));
  expect(readFileSync(join(dir, "copy.deb")).equals(readFileSync(join(dir, "package.deb")))).toBe(true);
  expect(await cli("s3", "ls", "s3://releases/")).toContain("PRE pool/");
  await cli("s3", "sync", "s3://releases", "s3://releases/mirror", "--exclude", "mirror/*");
  expect(await cli("s3", "ls", "--recursive", "s3://releases/mirror/")).toContain("mirror/pool/package.deb");
  await cli("s3", "rm", "--recursive", "s3://releases");
  expect(await cli("s3", "ls", "--recursive", "s3://releases")).toBe("");
  const instance = await cli(
    "ec2",
    "run-instances",
    "--image-id",
    "ami-12345678",
    "--query",
    "Instances[0].InstanceId",
    "--output",
    "text",
  );
  const state = "Reservations[].Instances[].State.Name";
  expect(
    await cli("ec2", "describe-instances", "--instance-ids", instance, "--query", state, "--output", "text"),
  ).toMatch(/pending|running/);
  await cli("ec2", "wait", "instance-running", "--instance-ids", instance);
  // The first version of the CLI takes payloads as they are, the second in base64.
  const isFirst = (await cli("--version")).startsWith("aws-cli/1");
  const payload = isFirst ? '{"n":4}' : Buffer.from('{"n":4}').toString("base64");
  await cli("lambda", "invoke", "--function-name", "double", "--payload", payload, join(dir, "answer.json"));
  expect(readFileSync(join(dir, "answer.json"), "utf8")).toBe("8");
});
