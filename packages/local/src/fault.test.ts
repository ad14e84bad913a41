import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ListActivitiesCommand, SFNClient } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { type Fault, outages } from "./fault.ts";
import { createLocalAws, type LocalAws } from "./local-aws.ts";

/** One call of each protocol; the error that its client sees. */
async function errorsOf(config: ReturnType<LocalAws["clientConfig"]>) {
  const once = { ...config, maxAttempts: 1 };
  const calls = [
    new EC2Client(once).send(new DescribeInstancesCommand({})),
    new S3Client({ ...once, forcePathStyle: true }).send(new GetObjectCommand({ Bucket: "bucket", Key: "k" })),
    new SFNClient(once).send(new ListActivitiesCommand({})),
  ];
  const settled = await Promise.allSettled(calls);
  return settled.map((outcome) => {
    const { name, code, $metadata, $response } = (outcome as PromiseRejectedResult).reason;
    return { name, code, status: $metadata?.httpStatusCode ?? $response?.statusCode };
  });
}

const seen = {
  "500": { name: "InternalError", status: 500 },
  "502 of HTML": { status: 502 },
  "503 without a body": { name: "Unknown", status: 503 },
  "reset connection": { name: "TimeoutError", code: "ECONNRESET" },
  "refused connection": { name: "Error", code: "ECONNREFUSED" },
  "time-out": { name: "TimeoutError", code: "ETIMEDOUT" },
  "unknown host": { name: "Error", code: "ENOTFOUND" },
  "DNS that does not answer": { name: "Error", code: "EAI_AGAIN" },
} satisfies Record<keyof typeof outages, object>;

test.each(Object.entries(outages) as [keyof typeof outages, Fault][])(
  "a client in this process meets a %s as on a real network, in every protocol",
  async (name, fault) => {
    await using aws = createLocalAws();
    aws.failCalls({}, fault);
    for (const error of await errorsOf(aws.clientConfig())) expect(error).toMatchObject(seen[name]);
  },
);

test.each(Object.entries(outages))(
  "over a socket a %s is an answer of that status, or a reset",
  async (name, fault) => {
    await using aws = createLocalAws();
    await aws.listen();
    const heal = aws.failCalls({}, fault);
    const { requestHandler: _, ...config } = aws.clientConfig();
    const expected = "connection" in fault ? seen["reset connection"] : seen[name as keyof typeof seen];
    for (const error of await errorsOf(config as never)) expect(error).toMatchObject(expected);
    heal();
    await new SFNClient(config).send(new ListActivitiesCommand({}));
  },
);

test.each([{ connection: "ECONNRESET" }, { answer: { status: 502 } }] as const)(
  "a call whose answer is lost to %j takes effect, and a retry finds it",
  async (lost) => {
    await using aws = createLocalAws();
    const s3 = new S3Client({ ...aws.clientConfig(), forcePathStyle: true, maxAttempts: 2 });
    await s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
    aws.failCalls({ operation: "PutObject", times: 1 }, { ...lost, afterwards: true });
    const put = s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "x", IfNoneMatch: "*" }));
    await expect(put).rejects.toMatchObject({ name: "PreconditionFailed" });
  },
);

test("an ordered fault is told to whoever watches the calls, by its code", async () => {
  const codes: (string | undefined)[] = [];
  await using aws = createLocalAws({ onCall: ({ error }) => void codes.push(error?.code) });
  const sfn = new SFNClient({ ...aws.clientConfig(), maxAttempts: 1 });
  for (const fault of [outages["502 of HTML"], outages["reset connection"], outages["500"]]) {
    aws.failCalls({ times: 1 }, fault);
    await expect(sfn.send(new ListActivitiesCommand({}))).rejects.toThrow();
  }
  expect(codes).toEqual(["HTTP 502", "ECONNRESET", "InternalError"]);
});
