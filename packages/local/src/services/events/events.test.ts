import { EC2Client, RunInstancesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EventBridgeClient,
  ListEventBusesCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateStateMachineCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { afterEach, beforeEach, expect, test } from "vitest";
import { virtualClock } from "../../clock.ts";
import { createLocalAws, type LocalAws } from "../../local-aws.ts";
import { runUntil } from "../../run-until.ts";

const functionArn = "arn:aws:lambda:us-west-2:000000000000:function:repair";

let clock = virtualClock();
let aws: LocalAws;
let bridge: EventBridgeClient;
let received: { readonly at: number; readonly event: { readonly [name: string]: unknown } }[];
let failing = 0;

beforeEach(() => {
  clock = virtualClock();
  received = [];
  failing = 0;
  aws = createLocalAws({
    clock,
    functions: {
      async repair(event) {
        received.push({ at: clock.now(), event: event as Record<string, unknown> });
        if (failing-- > 0) throw new Error("not now");
      },
    },
  });
  aws.start();
  bridge = new EventBridgeClient({ ...aws.clientConfig(), maxAttempts: 1 });
});

afterEach(() => aws.close());

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "no failure",
    (error: Error) => error.name,
  );
const rule = async (pattern: object, target: object = {}) => {
  await bridge.send(new PutRuleCommand({ Name: "r", EventPattern: JSON.stringify(pattern) }));
  await bridge.send(new PutTargetsCommand({ Rule: "r", Targets: [{ Id: "1", Arn: functionArn, ...target }] }));
};
const emit = (Detail: object) =>
  bridge.send(new PutEventsCommand({ Entries: [{ Source: "test", DetailType: "t", Detail: JSON.stringify(Detail) }] }));

test("instances' state changes and spot notices reach the functions whose rules ask for them", async () => {
  await rule({
    source: ["aws.ec2"],
    "detail-type": ["EC2 Instance State-change Notification", "EC2 Spot Instance Interruption Warning"],
  });
  const ec2 = new EC2Client(aws.clientConfig());
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: "ami-12345678",
      MinCount: 1,
      MaxCount: 1,
      InstanceMarketOptions: { MarketType: "spot" },
    }),
  );
  const InstanceId = Instances?.[0]?.InstanceId ?? "";
  await runUntil(aws, clock, () => received.length === 2);
  aws.ec2.interruptSpot(InstanceId);
  await runUntil(aws, clock, () => received.length === 5);
  const details = received.map(({ event }) => event.detail as Record<string, unknown>);
  expect(details.map((detail) => detail.state ?? detail["instance-action"])).toEqual([
    "pending",
    "running",
    "terminate",
    "shutting-down",
    "terminated",
  ]);
  expect((received[4]?.at ?? 0) - (received[2]?.at ?? 0)).toBe(120_000);
  expect(received[0]?.event).toMatchObject({
    version: "0",
    account: "000000000000",
    region: "us-west-2",
    time: "2026-01-01T00:00:00Z",
    resources: [`arn:aws:ec2:us-west-2:000000000000:instance/${InstanceId}`],
    detail: { "instance-id": InstanceId },
  });
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
  await aws.idle();
  expect(received).toHaveLength(5);
});

test("the beginning and end of an execution are events", async () => {
  await rule({ "detail-type": ["Step Functions Execution Status Change"], detail: { status: ["RUNNING", "FAILED"] } });
  const sfn = new SFNClient(aws.clientConfig());
  const definition = JSON.stringify({ StartAt: "F", States: { F: { Type: "Fail", Error: "E", Cause: "because" } } });
  const machine = await sfn.send(
    new CreateStateMachineCommand({ name: "m", roleArn: "arn:aws:iam::000000000000:role/r", definition }),
  );
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn: machine.stateMachineArn, name: "x" }),
  );
  await runUntil(aws, clock, () =>
    received.some(({ event }) => (event.detail as { status: string }).status === "FAILED"),
  );
  expect(received.at(-1)?.event).toMatchObject({
    source: "aws.states",
    resources: [executionArn],
    detail: { executionArn, name: "x", status: "FAILED", error: "E", cause: "because" },
  });
});

test("patterns: values, prefixes, numbers, absence, exclusion and alternatives", async () => {
  await rule({
    detail: {
      kind: [{ prefix: "build" }, { wildcard: "rel*se" }],
      count: [{ numeric: [">", 1, "<=", 5] }],
      failed: [{ exists: false }],
      host: [{ "anything-but": ["a", "b"] }],
      $or: [{ color: ["red"] }, { size: [3] }],
    },
  });
  const good = { kind: "build-1", count: 5, host: "c", color: "red" };
  const events = [
    good,
    { ...good, kind: "release" },
    { ...good, count: 6 },
    { ...good, failed: true },
    { ...good, host: "a" },
    { ...good, color: "blue" },
    { ...good, color: "blue", size: 3 },
    { ...good, kind: ["x", "build"] },
  ];
  for (const event of events) await emit(event);
  await aws.idle();
  expect(received.map(({ event }) => event.detail)).toEqual([events[0], events[1], events[6], events[7]]);
});

test("a target may want a constant, a part, or a template", async () => {
  await rule(
    { source: ["test"] },
    {
      InputTransformer: {
        InputPathsMap: { id: "$.detail.id", tags: "$.detail.tags" },
        InputTemplate: '{"text":"instance <id>","tags":<tags>}',
      },
    },
  );
  await emit({ id: 'i-"1', tags: ["a"] });
  await aws.idle();
  await rule({ source: ["test"] }, { InputPath: "$.detail.tags" });
  await emit({ tags: ["b"] });
  await aws.idle();
  await rule({ source: ["test"] }, { Input: '{"constant":true}' });
  await emit({});
  await aws.idle();
  expect(received.map(({ event }) => event)).toEqual([
    { text: 'instance i-"1', tags: ["a"] },
    ["b"],
    { constant: true },
  ]);
});

test("a function that fails gets its event again after one and after two more minutes, and then no more", async () => {
  await rule({ source: ["test"] });
  failing = 5;
  const start = clock.now();
  await emit({});
  await aws.idle();
  for (let minute = 0; minute < 20; minute++) {
    clock.advance(60_000);
    await aws.idle();
  }
  expect(received.map(({ at }) => at - start)).toEqual([0, 60_000, 180_000]);
});

test("scheduled rules: every five minutes, and by the calendar", async () => {
  await bridge.send(new PutRuleCommand({ Name: "tick", ScheduleExpression: "rate(5 minutes)" }));
  await bridge.send(new PutRuleCommand({ Name: "nightly", ScheduleExpression: "cron(30 2 ? * MON-FRI *)" }));
  for (const name of ["tick", "nightly"]) {
    await bridge.send(
      new PutTargetsCommand({ Rule: name, Targets: [{ Id: "1", Arn: functionArn, Input: JSON.stringify({ name }) }] }),
    );
  }
  const times = (name: string) =>
    received.filter(({ event }) => event.name === name).map(({ at }) => new Date(at).toISOString());
  await runUntil(aws, clock, () => times("nightly").length === 3);
  expect(times("nightly")).toEqual([
    "2026-01-01T02:30:00.000Z",
    "2026-01-02T02:30:00.000Z",
    "2026-01-05T02:30:00.000Z",
  ]);
  expect(times("tick").slice(0, 2)).toEqual(["2026-01-01T00:05:00.000Z", "2026-01-01T00:10:00.000Z"]);
  await bridge.send(new DisableRuleCommand({ Name: "tick" }));
  const before = times("tick").length;
  clock.advance(3_600_000);
  await aws.idle();
  expect(times("tick")).toHaveLength(before);
});

test("rules and targets are described, listed, removed, and refused when they cannot work", async () => {
  await rule({ source: ["test"] });
  expect(await bridge.send(new DescribeRuleCommand({ Name: "r" }))).toMatchObject({
    State: "ENABLED",
    EventPattern: '{"source":["test"]}',
  });
  expect((await bridge.send(new ListRulesCommand({ NamePrefix: "r" }))).Rules).toHaveLength(1);
  expect((await bridge.send(new ListTargetsByRuleCommand({ Rule: "r" }))).Targets).toEqual([
    { Id: "1", Arn: functionArn },
  ]);
  expect(await failure(bridge.send(new DeleteRuleCommand({ Name: "r" })))).toBe("ValidationException");
  await bridge.send(new RemoveTargetsCommand({ Rule: "r", Ids: ["1"] }));
  await bridge.send(new DeleteRuleCommand({ Name: "r" }));
  expect(await failure(bridge.send(new DescribeRuleCommand({ Name: "r" })))).toBe("ResourceNotFoundException");
  const put = (input: object) => failure(bridge.send(new PutRuleCommand({ Name: "bad", ...input })));
  expect(await put({ EventPattern: "{" })).toBe("InvalidEventPatternException");
  expect(await put({ EventPattern: '{"source":"test"}' })).toBe("InvalidEventPatternException");
  expect(await put({ EventPattern: '{"source":[{"sounds-like":"x"}]}' })).toBe("InvalidEventPatternException");
  expect(await put({ ScheduleExpression: "rate(5 minute)" })).toBe("ValidationException");
  expect(await put({ ScheduleExpression: "cron(0 12 * * * *)" })).toBe("ValidationException");
  const answer = await bridge.send(
    new PutEventsCommand({
      Entries: [
        { Source: "s", DetailType: "t", Detail: "{" },
        { Source: "s", DetailType: "t", Detail: "{}" },
      ],
    }),
  );
  expect(answer).toMatchObject({
    FailedEntryCount: 1,
    Entries: [{ ErrorCode: "MalformedDetail" }, { EventId: expect.any(String) }],
  });
});

test("nobody but AWS speaks as AWS", async () => {
  const { FailedEntryCount, Entries } = await bridge.send(
    new PutEventsCommand({
      Entries: ["aws.ec2", "AWS.mine", "mine"].map((Source) => ({ Source, DetailType: "t", Detail: "{}" })),
    }),
  );
  expect(FailedEntryCount).toBe(2);
  expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
    "NotAuthorizedForSourceException",
    "NotAuthorizedForSourceException",
    undefined,
  ]);
});

test("rules, targets and buses are listed by pages, from the one bus by name or ARN, and no other bus is there", async () => {
  for (const Name of ["a", "b", "c"]) {
    await bridge.send(new PutRuleCommand({ Name, ScheduleExpression: "rate(1 hour)", EventBusName: "default" }));
  }
  const rules = async (input: object) => {
    const { Rules = [], NextToken } = await bridge.send(new ListRulesCommand(input));
    return { names: Rules.map(({ Name }) => Name), NextToken };
  };
  const first = await rules({ Limit: 2 });
  expect(first.names).toEqual(["a", "b"]);
  expect(await rules({ Limit: 2, NextToken: first.NextToken })).toEqual({ names: ["c"], NextToken: undefined });
  expect(await failure(rules({ NextToken: "x" }))).toBe("ValidationException");
  const { EventBuses: [bus] = [] } = await bridge.send(new ListEventBusesCommand({ NamePrefix: "def", Limit: 1 }));
  expect((await rules({ EventBusName: bus?.Arn })).names).toEqual(["a", "b", "c"]);
  expect((await bridge.send(new ListEventBusesCommand({ NamePrefix: "x" }))).EventBuses).toEqual([]);
  expect(await failure(rules({ EventBusName: "other" }))).toBe("ResourceNotFoundException");
  const lost = [{ Source: "s", DetailType: "t", Detail: "{}", EventBusName: "other" }];
  expect(await failure(bridge.send(new PutEventsCommand({ Entries: lost })))).toBe("ResourceNotFoundException");
  const Targets = ["1", "2"].map((Id) => ({ Id, Arn: functionArn }));
  await bridge.send(new PutTargetsCommand({ Rule: "a", Targets }));
  const targets = await bridge.send(new ListTargetsByRuleCommand({ Rule: "a", Limit: 1 }));
  expect([targets.Targets?.map(({ Id }) => Id), targets.NextToken]).toEqual([["1"], expect.any(String)]);
});
