import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CreateLaunchTemplateCommand, EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  paginateGetExecutionHistory,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { renderStateMachine } from "@muster/asl";
import { createHandlers } from "@muster/lambdas";
import {
  createLocalAws,
  type LambdaFunction,
  type LocalAwsOptions,
  type ObservedCall,
  runUntil,
  virtualClock,
} from "@muster/local";
import { functionNames, type Pipeline, type StageDescription, type TaskInput } from "@muster/pipeline";
import { stateFolder, WorkerTag } from "@muster/records";
import { describeStage } from "@muster/simulation";
import { playWorker, type Worked } from "./play-worker.ts";

export interface FleetOptions {
  readonly pipeline: Pipeline;
  /** Whether EventBridge tells Repair what happens to machines. Default true. */
  readonly events?: boolean;
  readonly ec2?: LocalAwsOptions["ec2"];
  readonly setUpSeconds?: number;
  readonly secondsOf?: (task: TaskInput) => number;
  readonly stage?: Partial<StageDescription>;
  /** Wraps a function, to lose its answers for example. */
  readonly wrap?: (name: string, run: LambdaFunction) => LambdaFunction;
}

/** EC2 as it is: request buckets, a boot of half a minute, instances that are not visible at first. */
const REAL_EC2 = { requestLimits: true, bootMs: 30_000, shutdownMs: 5000, visibilityDelayMs: 5000 } as const;

/** Longer than anything takes here. */
const LIMIT_MS = 12 * 3_600_000;

/** Builds of a pipeline on AWS in memory and virtual time, with the rendered state machine, the real functions and played workers. */
export async function fleetWorld({ pipeline, ...options }: FleetOptions) {
  const clock = virtualClock(Date.UTC(2026, 0, 1));
  const calls: (ObservedCall & { readonly atMs: number })[] = [];
  const worked: Worked[] = [];
  const functions = new Map<string, LambdaFunction>();
  const playing = () => ({
    clock,
    pipeline,
    stage,
    setUpSeconds: options.setUpSeconds ?? 20,
    secondsOf: options.secondsOf ?? (() => 60),
    onWorked: (done: Worked) => worked.push(done),
  });
  const aws = createLocalAws({
    clock,
    seed: 1,
    onCall: (call) => calls.push({ ...call, atMs: clock.now() }),
    functions,
    runInstance: (instance) => playWorker(instance, playing()),
    ec2: { ...REAL_EC2, ...options.ec2 },
  });
  const config = aws.clientConfig();
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const sfn = new SFNClient(config);
  const ec2 = new EC2Client(config);
  const stage = describeStage(pipeline, aws.ec2.network.subnets, options.stage);

  const clients = {
    s3,
    sfn,
    ec2,
    cloudfront: new CloudFrontClient(config),
    serviceQuotas: new ServiceQuotasClient(config),
  };
  const handlers = createHandlers(pipeline, stage, { ...clients, now: () => new Date(clock.now()) });
  for (const name of functionNames) {
    const run: LambdaFunction = (event) => handlers[name](event);
    functions.set(name, options.wrap?.(name, run) ?? run);
  }
  for (const Bucket of Object.values(stage.buckets)) await s3.send(new CreateBucketCommand({ Bucket }));
  for (const { name } of pipeline.activities) {
    await sfn.send(new CreateActivityCommand({ name }));
    await ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: name,
        LaunchTemplateData: { ImageId: "ami-00000000", InstanceInitiatedShutdownBehavior: "terminate" },
      }),
    );
    // Templates are made by deployments, long before builds; EC2's buckets are full when these start.
    clock.advance(60_000);
  }
  const definition = renderStateMachine(pipeline, {
    functionArn: (name) => stage.functions[name] ?? "",
    activityArn: (name) => stage.activities[name] ?? "",
  });
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: pipeline.name,
      roleArn: "arn:aws:iam::000000000000:role/x",
      definition: JSON.stringify(definition),
    }),
  );
  const bus = new EventBridgeClient(config);
  if (options.events !== false) await routeEvents(bus, stage.functions.Repair ?? "");
  await schedule(bus, "rate(10 minutes)", stage.functions.Reap ?? "");
  aws.start();

  const describe = (executionArn: string) => sfn.send(new DescribeExecutionCommand({ executionArn }));
  const recordsUnder = async (prefix: string) => {
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: stage.buckets.state, Prefix: prefix }));
    return (Contents ?? []).map(({ Key = "" }) => Key);
  };
  return {
    aws,
    clock,
    stage,
    worked,
    calls: (service: string, operation: string) =>
      calls.filter((call) => call.service === service && call.operation === operation),
    alive: () => aws.ec2.instances().filter(({ state }) => state === "pending" || state === "running"),
    launched: (activity: string) => aws.ec2.instances().filter(({ tags }) => tags[WorkerTag.activity] === activity),
    async start(name: string, words: string) {
      const input = JSON.stringify({ input: words });
      const { executionArn = "" } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }));
      return executionArn;
    },
    stop: (executionArn: string) => sfn.send(new StopExecutionCommand({ executionArn })),
    /** Puts objects as if earlier builds had made them. */
    async put(bucket: "scratch" | "downloads", ...keys: readonly string[]) {
      for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: stage.buckets[bucket], Key, Body: "x" }));
    },
    until: (goal: () => boolean | Promise<boolean>) => runUntil(aws, clock, goal, { limitMs: LIMIT_MS }),
    /** Runs a build to its end. */
    async ended(executionArn: string) {
      await runUntil(aws, clock, async () => (await describe(executionArn)).status !== "RUNNING", {
        limitMs: LIMIT_MS,
      });
      const { status, cause, startDate, stopDate } = await describe(executionArn);
      const seconds = ((stopDate?.getTime() ?? 0) - (startDate?.getTime() ?? 0)) / 1000;
      const message = cause === undefined ? "" : (JSON.parse(cause) as { errorMessage: string }).errorMessage;
      return { status, message, seconds };
    },
    /** When events of a type happened, in milliseconds of the virtual clock. */
    async eventsOf(executionArn: string, type: string): Promise<number[]> {
      const times: number[] = [];
      for await (const { events } of paginateGetExecutionHistory({ client: sfn }, { executionArn })) {
        for (const event of events ?? []) if (event.type === type) times.push(event.timestamp?.getTime() ?? 0);
      }
      return times;
    },
    /** What must not be left when all builds have ended and idle workers have gone. */
    async leftovers() {
      await runUntil(aws, clock, () => aws.ec2.instances().every(({ state }) => state === "terminated"), {
        limitMs: LIMIT_MS,
      });
      const held: string[] = [];
      for (const Key of await recordsUnder(stateFolder.leases)) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: stage.buckets.state, Key }));
        const lease = JSON.parse((await Body?.transformToString()) ?? "{}") as { released?: boolean };
        if (lease.released !== true) held.push(Key);
      }
      return {
        leasesHeld: held,
        tokens: await recordsUnder(stateFolder.executions),
        claims: await recordsUnder(stateFolder.claims),
        attention: await recordsUnder(stateFolder.attention),
      };
    },
    [Symbol.asyncDispose]: () => aws.close(),
  };
}

/** Nothing left. */
export const NOTHING = { leasesHeld: [], tokens: [], claims: [], attention: [] };

async function schedule(events: EventBridgeClient, ScheduleExpression: string, Arn: string): Promise<void> {
  await events.send(new PutRuleCommand({ Name: "reaper", ScheduleExpression }));
  await events.send(new PutTargetsCommand({ Rule: "reaper", Targets: [{ Id: "reap", Arn }] }));
}

async function routeEvents(events: EventBridgeClient, Arn: string): Promise<void> {
  const patterns = {
    machines: { source: ["aws.ec2"] },
    builds: { source: ["aws.states"], detail: { status: ["SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"] } },
  };
  for (const [Name, pattern] of Object.entries(patterns)) {
    await events.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify(pattern) }));
    await events.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id: "repair", Arn }] }));
  }
}
