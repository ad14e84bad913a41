import { EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { CreateActivityCommand, SFNClient } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { virtualClock } from "../clock.ts";
import { createLocalAws } from "../local-aws.ts";
import { createRateMeter } from "./rate-meter.ts";

const describe = { service: "states", operation: "DescribeExecution", input: {} };

test("a bucket holds its burst, and fills again by its rate; what AWS would have refused is counted", () => {
  const clock = virtualClock();
  const startMs = clock.now();
  const meter = createRateMeter({ clock });
  for (let n = 0; n < 300; n++) meter.note(describe);
  expect(meter.usage()).toMatchObject([{ taken: 300, leastLeft: 0, refused: 0, firstRefusedMs: null }]);
  clock.advance(1000);
  for (let n = 0; n < 17; n++) meter.note(describe);
  expect(meter.usage()).toEqual([
    {
      service: "states",
      name: "DescribeExecution",
      burst: 300,
      refillPerSecond: 15,
      taken: 317,
      leastLeft: -1,
      refused: 2,
      firstRefusedMs: startMs + 1000,
    },
  ]);
});

test("other regions have smaller buckets, and the emptiest one comes first", () => {
  const meter = createRateMeter({ clock: virtualClock(), region: "eu-central-1" });
  meter.note({ service: "states", operation: "SendTaskHeartbeat", input: {} });
  for (let n = 0; n < 251; n++) meter.note(describe);
  expect(meter.usage().map(({ name, burst, refused }) => [name, burst, refused])).toEqual([
    ["DescribeExecution", 250, 1],
    ["SendTaskHeartbeat", 1500, 0],
  ]);
});

test("S3 is held to the reads and the writes of each bucket, and what has no bucket of its own is not counted", () => {
  const meter = createRateMeter({ clock: virtualClock() });
  for (let n = 0; n < 3501; n++) meter.note({ service: "s3", operation: "PutObject", input: { Bucket: "b" } });
  meter.note({ service: "s3", operation: "HeadObject", input: { Bucket: "b" } });
  meter.note({ service: "logs", operation: "PutLogEvents", input: {} });
  expect(meter.usage().map(({ name, taken, refused }) => [name, taken, refused])).toEqual([
    ["writes of b", 3501, 1],
    ["reads of b", 1, 0],
  ]);
});

test("it watches an AWS by what it is told of calls: launches count by their instances, too", async () => {
  const clock = virtualClock();
  const meter = createRateMeter({ clock });
  await using aws = createLocalAws({ clock, onCall: meter.note });
  await new SFNClient(aws.clientConfig()).send(new CreateActivityCommand({ name: "A" }));
  const launch = { ImageId: "ami-12345678", InstanceType: "t3.micro", MinCount: 1, MaxCount: 7 } as const;
  for (let n = 0; n < 6; n++) await new EC2Client(aws.clientConfig()).send(new RunInstancesCommand(launch));
  expect(meter.usage().map(({ name, taken, refused }) => [name, taken, refused])).toEqual([
    ["RunInstances", 6, 1],
    ["launched instances", 42, 0],
    ["CreateActivity", 1, 0],
  ]);
});
