import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateFleetCommand,
  CreateLaunchTemplateCommand,
  CreateTagsCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeActivityCommand,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  ListActivitiesCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import type { FaultKind } from "./fault-kinds.ts";
import type { FaultRates } from "./fault-plan.ts";
import { openFaultyAws, outcomeOf } from "./testing/open-faulty-aws.ts";

/** One activity; the first time that it is created, something happens. */
function openStates(mishap: string) {
  const kind = `states.${mishap}` as "states.lost";
  const world = openFaultyAws({ [kind]: 1 }, { only: [`${kind}/CreateActivity A#1`] });
  const sfn = new SFNClient(world.config);
  return {
    ...world,
    kind,
    create: () => sfn.send(new CreateActivityCommand({ name: "A" })),
    exists: () =>
      sfn
        .send(
          new DescribeActivityCommand({
            activityArn: `arn:aws:states:us-west-2:000000000000:activity:A`,
          }),
        )
        .then(
          () => true,
          () => false,
        ),
  };
}

test.each([
  ["throttled", "ThrottlingException 400", false],
  ["failed", "InternalFailure 500", false],
  ["unavailable", "Unknown 503", false],
  ["reset", "ECONNRESET", false],
  ["timed-out", "ETIMEDOUT", false],
  ["delayed", "answered", true],
  ["slow", "answered", true],
  ["straggling", "ECONNRESET", false],
  ["repeated", "answered", true],
  ["lost", "ECONNRESET", true],
])("a call that is %s ends with %s, once, and is told of", async (mishap, outcome, tookEffect) => {
  const { create, exists, until, faults, kind } = openStates(mishap);
  expect(await until(outcomeOf(create()))).toBe(outcome);
  expect(await exists()).toBe(tookEffect);
  expect(faults).toEqual([
    {
      id: `${kind}/CreateActivity A#1`,
      kind,
      atMs: expect.any(Number),
      what: expect.stringContaining("CreateActivity A: "),
    },
  ]);
  expect(await until(outcomeOf(create()))).toBe("answered");
  expect(faults).toHaveLength(1);
});

/** A bucket; the first time that its object `k` is put, something happens. */
async function openBucket(kind: FaultKind) {
  const world = openFaultyAws({ [kind]: 1 }, { only: [`${kind}/PutObject bkt/k#1`] });
  const s3 = new S3Client({ ...world.config, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "bkt" }));
  return {
    ...world,
    put: (Body: string, conditions: { IfNoneMatch?: string } = {}) =>
      world.until(outcomeOf(s3.send(new PutObjectCommand({ Bucket: "bkt", Key: "k", Body, ...conditions })))),
    get: async () => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: "bkt", Key: "k" }));
      return Body?.transformToString();
    },
  };
}

test("a conditional write may meet another one, and is to be tried again; writes without a condition do not", async () => {
  const { put, faults } = await openBucket("s3.conflict");
  expect(await put("first")).toBe("answered");
  expect(faults).toEqual([]);
  const conditional = await openBucket("s3.conflict");
  expect(await conditional.put("first", { IfNoneMatch: "*" })).toBe("ConditionalRequestConflict 409");
  expect(await conditional.put("first", { IfNoneMatch: "*" })).toBe("answered");
});

test("an object that is stored unanswered is there, and the second attempt meets one's own write", async () => {
  const { put, get } = await openBucket("s3.lost");
  expect(await put("first", { IfNoneMatch: "*" })).toBe("ECONNRESET");
  expect(await get()).toBe("first");
  expect(await put("first", { IfNoneMatch: "*" })).toBe("PreconditionFailed 412");
});

test("what its own client gave up may still overwrite what came after it", async () => {
  const { put, get, pass } = await openBucket("s3.straggling");
  expect(await put("first")).toBe("ECONNRESET");
  expect(await put("second")).toBe("answered");
  expect(await get()).toBe("second");
  await pass(600);
  expect(await get()).toBe("first");
});

test("an object that is put twice is whole, and the answer is the second one's", async () => {
  const { put, get } = await openBucket("s3.repeated");
  expect(await put("first", { IfNoneMatch: "*" })).toBe("PreconditionFailed 412");
  expect(await get()).toBe("first");
});

test("a launch that is sent twice with one client token is one", async () => {
  const { config, faults, until } = openFaultyAws({ "ec2.repeated": { RunInstances: 1 } });
  const ec2 = new EC2Client(config);
  const input = { ImageId: "ami-12345678", InstanceType: "t3.micro", MinCount: 1, MaxCount: 1 } as const;
  const running = async () => (await ec2.send(new DescribeInstancesCommand({}))).Reservations?.length;
  await until(ec2.send(new RunInstancesCommand({ ...input, ClientToken: "one" })));
  expect(await running()).toBe(1);
  await until(ec2.send(new RunInstancesCommand({ ...input, ClientToken: undefined })));
  expect(await running()).toBe(2);
  expect(faults).toHaveLength(2);
});

test("a fleet whose answer is lost is found by the SDK's second attempt, which has the same client token", async () => {
  const { aws, faults } = openFaultyAws(
    { "ec2.lost": 1, "ec2.throttled": { CreateTags: 1 } },
    { only: ["ec2.lost/CreateFleet worker#1", "ec2.throttled/CreateTags#1"] },
  );
  const ec2 = new EC2Client({ ...aws.clientConfig(), maxAttempts: 2 });
  const LaunchTemplateData = { ImageId: "ami-12345678", InstanceType: "t3.micro" } as const;
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: "worker", LaunchTemplateData }));
  const fleet = new CreateFleetCommand({
    Type: "instant",
    LaunchTemplateConfigs: [{ LaunchTemplateSpecification: { LaunchTemplateName: "worker", Version: "$Default" } }],
    TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: "on-demand" },
  });
  const { Instances = [] } = await ec2.send(fleet);
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  const launched = Reservations.flatMap((reservation) => reservation.Instances ?? []);
  expect(launched.map(({ InstanceId }) => InstanceId)).toEqual(Instances[0]?.InstanceIds);
  const tag = { Resources: Instances[0]?.InstanceIds, Tags: [{ Key: "Name", Value: "worker" }] };
  const once = new EC2Client({ ...aws.clientConfig(), maxAttempts: 1 });
  expect(await outcomeOf(once.send(new CreateTagsCommand(tag)))).toBe("RequestLimitExceeded 503");
  expect(await outcomeOf(once.send(new CreateTagsCommand(tag)))).toBe("answered");
  expect(faults.map(({ id }) => id)).toEqual(["ec2.lost/CreateFleet worker#1", "ec2.throttled/CreateTags#1"]);
});

/** One task of an activity `work`, and whoever takes it. */
async function openTask(rates: FaultRates) {
  const world = openFaultyAws(rates);
  const sfn = new SFNClient(world.config);
  const { activityArn } = await sfn.send(new CreateActivityCommand({ name: "work" }));
  const definition = {
    StartAt: "Each",
    States: {
      Each: {
        Type: "Map",
        End: true,
        ItemProcessor: {
          StartAt: "Work",
          States: { Work: { Type: "Task", Resource: activityArn, TimeoutSeconds: 600, End: true } },
        },
      },
    },
  };
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: "build",
      roleArn: "arn:aws:iam::000000000000:role/states",
      definition: JSON.stringify(definition),
    }),
  );
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: "[1]" }));
  const poll = () => world.until(sfn.send(new GetActivityTaskCommand({ activityArn })));
  const types = async () =>
    ((await sfn.send(new GetExecutionHistoryCommand({ executionArn }))).events ?? []).map(({ type }) => type);
  return { ...world, sfn, poll, types };
}

test("a poll's answer that is lost hands a task out to nobody; one that brings nothing has nothing to lose", async () => {
  const { poll, faults, types } = await openTask({ "states.lost": { GetActivityTask: 1 } });
  await expect(poll()).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(await types()).toContain("ActivityStarted");
  expect((await poll())?.taskToken).toBeUndefined();
  expect(faults).toMatchObject([{ id: "states.lost/GetActivityTask work#1" }]);
});

test("a report that is sent twice took effect the first time, and is named by its activity and its turn", async () => {
  const { sfn, poll, faults, types, until } = await openTask({ "states.repeated": { SendTaskSuccess: 1 } });
  const taskToken = (await poll())?.taskToken;
  const report = outcomeOf(sfn.send(new SendTaskSuccessCommand({ taskToken, output: "{}" })));
  expect(await until(report)).toBe("TaskTimedOut 400");
  expect((await types()).at(-1)).toBe("ExecutionSucceeded");
  expect(faults).toMatchObject([{ id: "states.repeated/SendTaskSuccess work 0#1" }]);
});

test("a service that is down answers nobody for ten minutes and more, in one way; others go on", async () => {
  const { config, pass, faults } = openFaultyAws({ "logs.down": 1 }, { only: ["logs.down/logs#0"] });
  const logs = new CloudWatchLogsClient(config);
  const sfn = new SFNClient(config);
  const outcomes: unknown[] = [];
  for (let step = 0; step < 30; step++, await pass(300)) {
    outcomes.push(await outcomeOf(logs.send(new DescribeLogGroupsCommand({}))));
    expect(await outcomeOf(sfn.send(new ListActivitiesCommand({})))).toBe("answered");
  }
  const failed = outcomes.filter((outcome) => outcome !== "answered");
  expect(failed.length).toBeGreaterThanOrEqual(2);
  expect(new Set(failed).size).toBe(1);
  expect(outcomes.at(-1)).toBe("answered");
  expect(faults).toHaveLength(1);
});

test("the same seed and the same calls give the same faults, byte for byte; without one of them the others stay", async () => {
  const rates = { "states.throttled": 0.2, "states.lost": 0.2, "states.slow": 0.2, "states.repeated": 0.2 };
  const walk = async (without: string[] = []) => {
    const { config, until, faults } = openFaultyAws(rates, { faults: { seed: 4, rates, without } });
    const sfn = new SFNClient(config);
    for (let n = 0; n < 40; n++) await until(outcomeOf(sfn.send(new CreateActivityCommand({ name: `${n % 4}` }))));
    return faults;
  };
  const faults = await walk();
  expect(new Set(faults.map(({ kind }) => kind)).size).toBe(4);
  expect(JSON.stringify(await walk())).toBe(JSON.stringify(faults));
  const [one] = faults.filter(({ kind }) => kind === "states.lost");
  const ids = (await walk([one?.id ?? ""])).map(({ id }) => id);
  expect(ids).toEqual(faults.map(({ id }) => id).filter((id) => id !== one?.id));
});
