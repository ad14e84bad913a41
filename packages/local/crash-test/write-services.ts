import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateTagsCommand, EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { createLocalAws } from "../src/index.ts";

/** Writes to S3, CloudWatch Logs and EC2 until it is killed, and prints the number of each round that was answered. */
const [dir = ""] = process.argv.slice(2);
const aws = createLocalAws({ dir });
aws.start();
const s3 = new S3Client(aws.clientConfig());
const ec2 = new EC2Client(aws.clientConfig());
const logs = new CloudWatchLogsClient(aws.clientConfig());
const stream = { logGroupName: "g", logStreamName: "s" };
await s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
const versioned = { Bucket: "versions", Key: "v" };
await s3.send(new CreateBucketCommand({ Bucket: versioned.Bucket }));
await s3.send(new PutBucketVersioningCommand({ ...versioned, VersioningConfiguration: { Status: "Enabled" } }));
await logs.send(new CreateLogGroupCommand(stream));
await logs.send(new CreateLogStreamCommand(stream));
const { Instances } = await ec2.send(new RunInstancesCommand({ ImageId: "ami-12345678", MinCount: 1, MaxCount: 1 }));
const Resources = [Instances?.[0]?.InstanceId ?? ""];
for (let round = 0; ; round++) {
  const body = `${round}\n`.repeat(2_000);
  await Promise.all([
    s3.send(new PutObjectCommand({ Bucket: "bucket", Key: `${round}`, Body: body, Metadata: { round: `${round}` } })),
    s3
      .send(new PutObjectCommand({ ...versioned, Body: body, Metadata: { round: `${round}` } }))
      .then(() => (round % 3 === 2 ? s3.send(new DeleteObjectCommand(versioned)) : undefined)),
    s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "same", Body: body, Metadata: { round: `${round}` } })),
    logs.send(new PutLogEventsCommand({ ...stream, logEvents: [{ timestamp: Date.now(), message: `${round}` }] })),
    ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key: "round", Value: `${round}` }] })),
  ]);
  process.stdout.write(`${round}\n`);
}
