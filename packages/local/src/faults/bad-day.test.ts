import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeInstancesCommand, EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { sleepUntil, virtualClock } from "../clock.ts";
import { createLocalAws } from "../local-aws.ts";
import { runUntil } from "../run-until.ts";
import type { RunInstance } from "../services/ec2/run-instance.ts";
import { type FaultKind, faultKinds } from "./fault-kinds.ts";
import { countFaults, type FaultPlan, type InjectedFault } from "./fault-plan.ts";

const FUNCTION = "arn:aws:lambda:us-west-2:000000000000:function:launch";
const ACTIVITY = "arn:aws:states:us-west-2:000000000000:activity:work";
const TASKS = 6;
const MINUTE_MS = 60_000;

const BUILD = JSON.stringify({
  StartAt: "Each",
  States: {
    Each: {
      Type: "Map",
      End: true,
      ItemProcessor: {
        StartAt: "Work",
        States: {
          Work: {
            Type: "Task",
            Resource: ACTIVITY,
            HeartbeatSeconds: 300,
            TimeoutSeconds: 7200,
            Retry: [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 10, MaxAttempts: 99, BackoffRate: 1 }],
            End: true,
          },
        },
      },
    },
  },
});

/** Everything goes wrong one time in fifty, lasting troubles in one hour of ten. */
const rates = Object.fromEntries(
  [...faultKinds.keys()].map((kind) => [kind, /\.down$|\.cut/.test(kind) ? 0.1 : 0.02]),
) as Record<FaultKind, number>;

/** A few tasks, workers of two machines at most, and a function that launches them; until all is done. */
async function badDay(plan: FaultPlan) {
  const clock = virtualClock();
  const faults: InjectedFault[] = [];
  const sleep = (ms: number, signal?: AbortSignal) => sleepUntil(clock, clock.now() + ms, signal);
  /** Tries again for good: what is under test is what it meets. */
  const insist = async <T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T | undefined> => {
    while (signal?.aborted !== true) {
      try {
        return await call();
      } catch (error) {
        // Created by an attempt whose answer was lost.
        if ((error as Error).name === "BucketAlreadyOwnedByYou") return undefined;
        await sleep(10_000, signal).catch(() => {});
      }
    }
    return undefined;
  };

  const worker: RunInstance = async ({ clientConfig, signal }) => {
    const config = { ...clientConfig(), maxAttempts: 1 };
    const sfn = new SFNClient(config);
    const s3 = new S3Client({ ...config, forcePathStyle: true });
    while (!signal.aborted) {
      const task = await insist(
        () => sfn.send(new GetActivityTaskCommand({ activityArn: ACTIVITY }), { abortSignal: signal }),
        signal,
      );
      const { taskToken } = task ?? {};
      if (taskToken === undefined) continue;
      for (let minute = 0; minute < 5; minute++) {
        await sleep(MINUTE_MS, signal).catch(() => {});
        await sfn.send(new SendTaskHeartbeatCommand({ taskToken })).catch(() => {});
      }
      const Body = task?.input ?? "";
      await insist(() => s3.send(new PutObjectCommand({ Bucket: "results", Key: Body, Body })), signal);
      await insist(
        () =>
          sfn
            .send(new SendTaskSuccessCommand({ taskToken, output: Body }))
            .catch((error) => (error.name === "TaskTimedOut" ? undefined : Promise.reject(error))),
        signal,
      );
    }
  };

  const aws = createLocalAws({
    clock,
    seed: "bad day",
    faults: plan,
    onFault: (fault) => faults.push(fault),
    runInstance: worker,
    functions: {
      async launch() {
        await logs.send(new CreateLogGroupCommand({ logGroupName: `at-${clock.now()}` })).catch(() => {});
        const { Reservations = [] } = await ec2.send(
          new DescribeInstancesCommand({ Filters: [{ Name: "instance-state-name", Values: ["pending", "running"] }] }),
        );
        const young = Reservations.flatMap(({ Instances = [] }) => Instances).filter(
          ({ LaunchTime }) => clock.now() - (LaunchTime?.getTime() ?? 0) < 60 * MINUTE_MS,
        );
        if (young.length >= 2) return;
        await ec2.send(
          new RunInstancesCommand({ ImageId: "ami-12345678", InstanceType: "t3.micro", MinCount: 1, MaxCount: 2 }),
        );
      },
    },
  });
  const config = { ...aws.clientConfig(), maxAttempts: 1 };
  const sfn = new SFNClient(config);
  const ec2 = new EC2Client(config);
  const logs = new CloudWatchLogsClient(config);
  const events = new EventBridgeClient(config);
  aws.start();

  const build = async () => {
    const s3 = new S3Client({ ...config, forcePathStyle: true });
    await insist(() => s3.send(new CreateBucketCommand({ Bucket: "results" })));
    await insist(() => sfn.send(new CreateActivityCommand({ name: "work" })));
    await insist(() => events.send(new PutRuleCommand({ Name: "often", ScheduleExpression: "rate(5 minutes)" })));
    const Targets = [{ Id: "1", Arn: FUNCTION }];
    await insist(() => events.send(new PutTargetsCommand({ Rule: "often", Targets })));
    const roleArn = "arn:aws:iam::000000000000:role/states";
    const create = new CreateStateMachineCommand({ name: "build", roleArn, definition: BUILD });
    const stateMachineArn = (await insist(() => sfn.send(create)))?.stateMachineArn;
    const input = JSON.stringify(Array.from({ length: TASKS }, (_, n) => n));
    const start = new StartExecutionCommand({ stateMachineArn, name: "one", input });
    const executionArn = (await insist(() => sfn.send(start)))?.executionArn ?? "";
    for (;;) {
      const described = await insist(() => sfn.send(new DescribeExecutionCommand({ executionArn })));
      if (described?.status !== "RUNNING") return { executionArn, output: described?.output };
      await sleep(10 * MINUTE_MS);
    }
  };
  const built = await runUntil(aws, clock, build());
  const page = new GetExecutionHistoryCommand({ executionArn: built?.executionArn, maxResults: 1000 });
  const history = (
    await runUntil(
      aws,
      clock,
      insist(() => sfn.send(page)),
    )
  )?.events;
  await aws.close();
  return { faults, history, output: built?.output };
}

test.each([1, 2])(
  "on a day when everything goes wrong work gets done, the same way each time (seed %s)",
  async (seed) => {
    const one = await badDay({ seed, rates });
    expect(one.output).toBe(JSON.stringify(Array.from({ length: TASKS }, (_, n) => n)));
    expect(countFaults(one.faults).size).toBeGreaterThan(5);
    expect(new Set(one.faults.map(({ id }) => id)).size).toBe(one.faults.length);
    const again = await badDay({ seed, rates });
    expect(JSON.stringify(again.faults)).toBe(JSON.stringify(one.faults));
    expect(JSON.stringify(again.history)).toBe(JSON.stringify(one.history));
  },
);

test("of one day's faults a few are left to happen: these, and no others instead", async () => {
  const { faults } = await badDay({ seed: 1, rates });
  const only = faults.filter(({ id }) => id.startsWith("states.") && id.endsWith("#1")).map(({ id }) => id);
  expect(only.length).toBeGreaterThan(0);
  const left = (await badDay({ seed: 1, rates, only })).faults.map(({ id }) => id);
  expect(only).toEqual(expect.arrayContaining(left));
  expect(left.length).toBeGreaterThan(0);
});
