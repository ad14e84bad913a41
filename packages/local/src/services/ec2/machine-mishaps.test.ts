import {
  CreateLaunchTemplateCommand,
  DescribeInstancesCommand,
  EC2Client,
  GetConsoleOutputCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  ListActivitiesCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { sleepUntil } from "../../clock.ts";
import type { FaultKind } from "../../faults/fault-kinds.ts";
import { openFaultyAws, outcomeOf } from "../../faults/testing/open-faulty-aws.ts";
import type { LocalAwsOptions } from "../../local-aws.ts";
import { idleInstance, type RunInstance, type RunningInstance } from "./run-instance.ts";
import { ImageId } from "./testing/open-ec2.ts";

const MINUTE_MS = 60_000;
const ACTIVITY = "arn:aws:states:us-west-2:000000000000:activity:tasks";

/** Two instances of one launch template, the first of which meets something; it runs `program`. */
async function launchTwo(kind: FaultKind, options: LocalAwsOptions & { spot?: boolean; program?: RunInstance } = {}) {
  const { program = idleInstance, spot = false, ...rest } = options;
  const booted: RunningInstance[] = [];
  const world = openFaultyAws(
    { [kind]: { builder: 1 } },
    {
      only: [`${kind}/builder#1`, `${kind}/builder machine 1#0`],
      runInstance: (instance) => {
        booted.push(instance);
        return instance.instanceId === ids[0] ? program(instance) : idleInstance(instance);
      },
      ...rest,
    },
  );
  const ec2 = new EC2Client(world.config);
  await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: "builder",
      LaunchTemplateData: { ImageId, InstanceType: "t3.micro" },
    }),
  );
  const ids: string[] = [];
  const launch = async (input: Partial<RunInstancesCommandInput> = {}) => {
    const { Instances } = await ec2.send(
      new RunInstancesCommand({
        LaunchTemplate: { LaunchTemplateName: "builder" },
        ...(spot && { InstanceMarketOptions: { MarketType: "spot" } }),
        MinCount: 1,
        MaxCount: 1,
        ...input,
      }),
    );
    ids.push(Instances?.[0]?.InstanceId ?? "");
  };
  await launch();
  await launch();
  const described = async () =>
    ((await ec2.send(new DescribeInstancesCommand({}))).Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
  const states = async () => {
    const byId = new Map((await described()).map(({ InstanceId, State }) => [InstanceId, State?.Name]));
    return ids.map((id) => byId.get(id));
  };
  /** The minutes after which the first one was, or was not, so. */
  const minutesUntil = async (isSo: () => boolean | Promise<boolean>) => {
    const fromMs = world.clock.now();
    await world.until(isSo);
    return (world.clock.now() - fromMs) / MINUTE_MS;
  };
  return { ...world, ec2, ids, booted, described, states, minutesUntil };
}

test("an instance that never boots is running, does nothing, and says why on its console", async () => {
  const { ec2, ids, pass, states, booted, faults } = await launchTwo("machine.never-boots");
  await pass(3600);
  expect(await states()).toEqual(["running", "running"]);
  expect(booted.map(({ instanceId }) => instanceId)).toEqual([ids[1]]);
  const { Output = "" } = await ec2.send(new GetConsoleOutputCommand({ InstanceId: ids[0] }));
  expect(Buffer.from(Output, "base64").toString()).toContain("kernel panic");
  expect(faults).toMatchObject([{ what: `${ids[0]} (builder): never boots` }]);
});

test("an instance that boots late is pending until then", async () => {
  const { pass, states, minutesUntil, booted, faults } = await launchTwo("machine.boots-late");
  await pass(1);
  expect(await states()).toEqual(["pending", "running"]);
  const minutes = await minutesUntil(() => booted.length === 2);
  expect(minutes).toBeGreaterThan(0.4);
  expect(minutes).toBeLessThan(20);
  expect(faults).toHaveLength(1);
});

/** Polls for a task until it is told to end, and then says so; how its calls ended. */
function poller() {
  const outcomes: string[] = [];
  const program: RunInstance = async ({ clientConfig, signal }) => {
    const sfn = new SFNClient({ ...clientConfig(), maxAttempts: 1 });
    while (!signal.aborted) {
      await sfn.send(new GetActivityTaskCommand({ activityArn: ACTIVITY }), { abortSignal: signal }).then(
        ({ taskToken }) => outcomes.push(taskToken === undefined ? "nothing" : "a task"),
        (error) => outcomes.push(error.code ?? error.name),
      );
    }
    await outcomeOf(sfn.send(new CreateActivityCommand({ name: "last-words" })));
    outcomes.push("said so");
  };
  return { program, outcomes };
}

test.each([
  ["machine.dies", "terminated", "Server.InternalError", false],
  ["machine.hangs", "running", undefined, false],
  ["machine.reclaimed-without-notice", "terminated", "Server.SpotInstanceTermination", true],
] as const)(
  "%s: it stands still, is %s, and nothing that it still does reaches AWS",
  async (kind, state, why, spot) => {
    const { program, outcomes } = poller();
    const { config, ids, states, faults, minutesUntil, pass, described, ec2 } = await launchTwo(kind, {
      spot,
      program,
    });
    const sfn = new SFNClient(config);
    await sfn.send(new CreateActivityCommand({ name: "tasks" }));
    const minutes = await minutesUntil(() => faults.length > 0);
    await pass(1800);
    expect(await states()).toEqual([state, "running"]);
    expect(outcomes).toEqual([...Array.from({ length: Math.floor(minutes) }, () => "nothing"), "AbortError"]);
    expect((await sfn.send(new ListActivitiesCommand({}))).activities).toMatchObject([{ name: "tasks" }]);
    expect(faults).toMatchObject([{ kind, what: expect.stringContaining(`${ids[0]} (builder)`) }]);
    expect((await described()).find(({ InstanceId }) => InstanceId === ids[0])?.StateReason?.Code).toBe(why);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [ids[0] ?? ""] }));
    await pass(1);
    expect((await states())[0]).toBe("terminated");
  },
);

test("a long poll of a machine that is gone may be given a task, which nobody has then", async () => {
  const { program, outcomes } = poller();
  const { config, faults, minutesUntil, pass } = await launchTwo("machine.hangs", { program });
  const sfn = new SFNClient(config);
  await sfn.send(new CreateActivityCommand({ name: "tasks" }));
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: "work",
      roleArn: "arn:aws:iam::000000000000:role/states",
      definition: JSON.stringify({
        StartAt: "Work",
        States: { Work: { Type: "Task", Resource: ACTIVITY, TimeoutSeconds: 600, End: true } },
      }),
    }),
  );
  await minutesUntil(() => faults.length > 0);
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
  await pass(60);
  expect(outcomes).not.toContain("a task");
  const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  expect(events.map(({ type }) => type)).toContain("ActivityStarted");
});

test("a spot instance that is reclaimed gets its notice, two minutes, and the time to end well", async () => {
  const goodbyes: number[] = [];
  const { clock, ids, states, minutesUntil, pass, described, faults } = await launchTwo("machine.reclaimed", {
    spot: true,
    async program(instance) {
      await idleInstance(instance);
      goodbyes.push(clock.now());
    },
  });
  await minutesUntil(() => faults.length > 0);
  const noticedMs = clock.now();
  await pass(119);
  expect(await states()).toEqual(["running", "running"]);
  await pass(2);
  expect(goodbyes).toEqual([noticedMs + 120_000]);
  expect(await states()).toEqual(["terminated", "running"]);
  const first = (await described()).find(({ InstanceId }) => InstanceId === ids[0]);
  expect(first?.StateReason?.Code).toBe("Server.SpotInstanceTermination");
});

test.each([
  ["machine.cut", false],
  ["machine.cut-answers", true],
] as const)("%s: for a while its calls time out; they take effect: %s", async (kind, takeEffect) => {
  const outcomes = new Map<string, unknown>();
  const { config, pass, faults, clock } = await launchTwo(kind, {
    async program({ clientConfig, signal }) {
      const sfn = new SFNClient({ ...clientConfig(), maxAttempts: 1 });
      for (let n = 0; !signal.aborted; n++) {
        const name = `${n}`;
        outcomes.set(name, await outcomeOf(sfn.send(new CreateActivityCommand({ name }))));
        await sleepUntil(clock, clock.now() + MINUTE_MS, signal).catch(() => {});
      }
    },
  });
  await pass(2.5 * 3600);
  const failed = [...outcomes].filter(([, outcome]) => outcome !== "answered");
  expect(new Set(failed.map(([, outcome]) => outcome))).toEqual(new Set(["ETIMEDOUT"]));
  expect(outcomes.get("0")).toBe("answered");
  expect([...outcomes.values()].at(-1)).toBe("answered");
  const { activities = [] } = await new SFNClient(config).send(new ListActivitiesCommand({ maxResults: 1000 }));
  expect(activities).toHaveLength(outcomes.size - (takeEffect ? 0 : failed.length));
  expect(faults).toMatchObject([{ id: `${kind}/builder machine 1#0` }]);
});

test("a machine's clock is wrong by what it is told, and only its", async () => {
  const { booted, pass, faults } = await launchTwo("machine.skewed");
  await pass(1);
  const [first, second] = booted.map(({ clockSkewMs }) => clockSkewMs);
  expect(Math.abs(first ?? 0)).toBeGreaterThanOrEqual(1000);
  expect(second).toBe(0);
  const side = (first ?? 0) > 0 ? "ahead" : "behind";
  expect(faults).toMatchObject([{ what: expect.stringMatching(new RegExp(`its clock is \\d+ s ${side}$`)) }]);
});

test("an instance that is not seen yet is there all the same: it can be found later, and runs meanwhile", async () => {
  const { ec2, ids, pass, states, booted, minutesUntil } = await launchTwo("machine.unseen");
  await pass(0.5);
  expect(await states()).toEqual([undefined, "running"]);
  expect(booted).toHaveLength(2);
  const terminate = () => outcomeOf(ec2.send(new TerminateInstancesCommand({ InstanceIds: [ids[0] ?? ""] })));
  expect(await terminate()).toBe("InvalidInstanceID.NotFound 400");
  await pass(180);
  expect(await states()).toEqual(["running", "running"]);
  expect(await terminate()).toBe("answered");
  expect(await minutesUntil(async () => (await states())[0] === "terminated")).toBe(0);
});

test("an instance that has ended may be called running for some time", async () => {
  const { ec2, ids, pass, states, faults } = await launchTwo("machine.seen-running");
  await pass(1);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: ids }));
  await pass(0.5);
  expect(await states()).toEqual(["running", "terminated"]);
  const { Reservations } = await ec2.send(
    new DescribeInstancesCommand({ Filters: [{ Name: "instance-state-name", Values: ["running"] }] }),
  );
  expect(Reservations?.[0]?.Instances?.[0]?.InstanceId).toBe(ids[0]);
  await pass(300);
  expect(await states()).toEqual(["terminated", "terminated"]);
  expect(faults).toHaveLength(1);
});

test("a pool has no capacity, or less than was wanted, and the next time it has", async () => {
  const pool = "t3.micro us-west-2a on-demand";
  const { config, faults } = openFaultyAws(
    { "pool.exhausted": 1, "pool.partial": 1 },
    { only: [`pool.exhausted/${pool}#1`, `pool.partial/${pool}#3`] },
  );
  const ec2 = new EC2Client(config);
  const launch = async () => {
    const { Instances } = await ec2.send(
      new RunInstancesCommand({ ImageId, InstanceType: "t3.micro", MinCount: 1, MaxCount: 8 }),
    );
    return Instances?.length ?? 0;
  };
  await expect(launch()).rejects.toMatchObject({ name: "InsufficientInstanceCapacity" });
  expect(await launch()).toBe(8);
  expect(await launch()).toBeLessThan(8);
  expect(await launch()).toBe(8);
  expect(faults.map(({ what }) => what)).toEqual([
    `${pool}: no capacity for 8`,
    expect.stringMatching(/: capacity for [1-7] of 8$/),
  ]);
});

test("an AWS that closes breaks the connections of who waits for planned time, which does not pass any more", async () => {
  const outcomes: unknown[] = [];
  const { aws, pass } = await launchTwo("machine.never-boots", {
    faults: { seed: 1, rates: { "states.timed-out": 1 } },
    async program({ clientConfig }) {
      const sfn = new SFNClient({ ...clientConfig(), maxAttempts: 1 });
      outcomes.push(await outcomeOf(sfn.send(new CreateActivityCommand({ name: "A" }))));
    },
  });
  await pass(1);
  await aws.close();
  expect(outcomes).toEqual(["ECONNRESET"]);
});
