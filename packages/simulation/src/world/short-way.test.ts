import { CloudWatchLogsClient, CreateLogStreamCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { ListActivitiesCommand, SendTaskHeartbeatCommand, SFNClient } from "@aws-sdk/client-sfn";
import { type ClientConfig, createLocalAws } from "@muster/local";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sdkClients } from "./sdk-clients.ts";

interface Sender {
  send(command: never): Promise<unknown>;
}
type Clients = Record<keyof ReturnType<typeof sdkClients>, Sender>;

const aws = createLocalAws({ seed: 1 });
afterAll(() => aws.close());

/** What only tells who calls, when and how often, or vouches for it. */
const CEREMONY = /^(host|user-agent|x-amz-user-agent|authorization|amz-sdk-.*|x-amz-date|x-amz-content-sha256)$/;

const sent: unknown[] = [];
const config = aws.clientConfig();
const watched: ClientConfig = {
  ...config,
  requestHandler: {
    ...config.requestHandler,
    handle(request, options) {
      const { method, hostname, path, query, headers, body } = request;
      const kept = Object.entries(headers).filter(([name]) => !CEREMONY.test(name.toLowerCase()));
      sent.push({ method, hostname, path, query, headers: Object.fromEntries(kept), body: body ?? "" });
      return config.requestHandler.handle(request, options);
    },
  },
};

const long = { ...watched, requestChecksumCalculation: "WHEN_REQUIRED", responseChecksumValidation: "WHEN_REQUIRED" };
const onLongWay = {
  s3: new S3Client({ ...long, forcePathStyle: true } as never),
  sfn: new SFNClient(watched),
  ec2: new EC2Client(watched),
  logs: new CloudWatchLogsClient(watched),
} as unknown as Clients;
const onShortWay = sdkClients(watched) as unknown as Clients;

beforeAll(() => onLongWay.s3.send(new CreateBucketCommand({ Bucket: "state" }) as never));

const object = { Bucket: "state", Key: "leases/a b+ü.json" };
const calls: readonly [keyof Clients, () => unknown][] = [
  ["s3", () => new CreateBucketCommand({ Bucket: "state" })],
  [
    "s3",
    () => new PutObjectCommand({ ...object, Body: '{"a":1}', ContentType: "application/json", Metadata: { b: "2" } }),
  ],
  ["s3", () => new PutObjectCommand({ ...object, Body: "{}", IfNoneMatch: "*" })],
  ["s3", () => new GetObjectCommand(object)],
  ["s3", () => new GetObjectCommand({ ...object, Key: "absent" })],
  ["s3", () => new HeadObjectCommand(object)],
  ["s3", () => new HeadObjectCommand({ ...object, Key: "absent" })],
  ["s3", () => new ListObjectsV2Command({ Bucket: "state", Prefix: "leases/", StartAfter: "leases/A", MaxKeys: 5 })],
  ["s3", () => new ListObjectsV2Command({ Bucket: "absent" })],
  ["s3", () => new DeleteObjectCommand({ ...object, Key: "absent" })],
  ["s3", () => new DeleteObjectsCommand({ Bucket: "state", Delete: { Objects: [{ Key: "absent" }] } })],
  ["sfn", () => new ListActivitiesCommand({ maxResults: 10 })],
  ["sfn", () => new SendTaskHeartbeatCommand({ taskToken: "nobody's" })],
  ["ec2", () => new DescribeInstancesCommand({ Filters: [{ Name: "tag:a", Values: ["b", "c"] }] })],
  ["ec2", () => new DescribeInstancesCommand({ InstanceIds: ["i-00000000000000000"] })],
  ["logs", () => new CreateLogStreamCommand({ logGroupName: "absent", logStreamName: "b" })],
];

interface Answer {
  readonly $metadata: { readonly httpStatusCode: number };
  readonly Body?: { transformToString(): Promise<string> };
}

/** An answer without what differs between any two. */
async function outcomeOf(clients: Clients, service: keyof Clients, command: unknown): Promise<unknown> {
  sent.length = 0;
  try {
    const { $metadata, Body, ...output } = (await clients[service].send(command as never)) as Answer;
    const text = await Body?.transformToString();
    return { sent: [...sent], output, text, status: $metadata.httpStatusCode };
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode: number } };
    return { sent: [...sent], name, message, status: $metadata?.httpStatusCode, kind: error?.constructor.name };
  }
}

test.each(calls.map(([service, make]) => [make()?.constructor.name, service, make] as const))(
  "on the short way %s asks and is answered as on the SDK's own",
  async (_, service, make) => {
    const expected = await outcomeOf(onLongWay, service, make());
    expect(expected).toMatchObject({ sent: [expect.anything()] });
    expect(await outcomeOf(onShortWay, service, make())).toEqual(expected);
    // The second time its steps are those of the first.
    expect(await outcomeOf(onShortWay, service, make())).toEqual(expected);
  },
);
