import { existsSync } from "node:fs";
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
import { expect, test } from "vitest";
import { virtualClock } from "./clock.ts";
import { failure, localAwsFixture } from "./local-aws-fixture.ts";
import { runUntil } from "./run-until.ts";

const local = localAwsFixture();
const { open } = local;

test("hours pass in virtual time, and a worker that polls in process sees every task at its minute", async () => {
  const clock = virtualClock();
  const aws = open({ clock });
  const sfn = new SFNClient(aws.clientConfig());
  const { activityArn } = await sfn.send(new CreateActivityCommand({ name: "work" }));
  const States = {
    Wait: { Type: "Wait", Seconds: 3_600, Next: "Work" },
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
  expect(hours).toEqual([1, 2, 3, 4, 5]);
  expect(aws.movement).toMatchObject({ open: 1, parked: 1 });
  stop.abort();
  expect(await worker).toBe("AbortError");
  expect(existsSync(local.dir)).toBe(true);
});

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

test("the time that a timer fires at is one of whole milliseconds, and not before it is due", () => {
  const clock = virtualClock(1000);
  const fired: number[] = [];
  for (const ms of [0.83, 1, 2.5]) clock.at(1000 + ms, () => fired.push(clock.now()));
  while (clock.advanceToNext());
  expect(fired).toEqual([1001, 1001, 1003]);
});
