import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CreateLaunchTemplateCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  GetActivityTaskCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { SNSClient } from "@aws-sdk/client-sns";
import { createLocalAws, type LocalAwsOptions, type ObservedCall, secretValues, virtualClock } from "@muster/local";
import {
  type BuildInput,
  type DebugMode,
  type FunctionName,
  type Pipeline,
  type PrepareActivityAnswer,
  type StageDescription,
  type TaskInput,
  type TaskScripts,
  workerPollName,
} from "@muster/pipeline";
import { stateKey } from "@muster/records";
import { createHandlers } from "../src/create-handlers.ts";
import { jsonLog } from "../src/log.ts";
import { examplePipeline } from "./example-pipeline.ts";
import { exampleStage } from "./example-stage.ts";
import { launchedMachine } from "./launched-machine.ts";
import { type PublishedTask, publishedTask } from "./published-task.ts";

export interface WorldOptions extends Pick<LocalAwsOptions, "ec2" | "vcpuQuotas" | "runInstance"> {
  readonly pipeline?: Pipeline;
  readonly stage?: Partial<StageDescription>;
  /** Each call of a function is in a process of its own, which knows nothing that another has read. */
  readonly freshProcesses?: boolean;
  /** Default: there is one. */
  readonly distribution?: false;
  /** Values of Secrets Manager, by name; they may change. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Where Amazon SNS answers. */
  readonly snsUrl?: string;
}

/** The functions on AWS in memory and virtual time, without a state machine of Muster's: tests call them. */
export async function launchWorld({
  pipeline = examplePipeline(),
  stage: overrides = {},
  distribution,
  secrets = {},
  snsUrl = "http://127.0.0.1:9",
  freshProcesses = false,
  ...options
}: WorldOptions = {}) {
  const clock = virtualClock(Date.UTC(2026, 0, 1));
  const calls: ObservedCall[] = [];
  const logged: Record<string, unknown>[] = [];
  const keptTokens: string[] = [];
  const aws = createLocalAws({
    clock,
    seed: 1,
    onCall: (call) => calls.push(call),
    functions: { KeepToken: async (event) => keptTokens.push((event as { token: string }).token) },
    ...options,
  });
  const config = aws.clientConfig();
  const clients = {
    ec2: new EC2Client({ ...config, maxAttempts: 1 }),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sfn: new SFNClient(config),
    cloudfront: new CloudFrontClient(config),
    serviceQuotas: new ServiceQuotasClient(config),
    secretsManager: new SecretsManagerClient({
      ...config,
      requestHandler: secretValues(async (name) => secrets[name]),
    }),
    sns: new SNSClient({ region: config.region, credentials: config.credentials, endpoint: snsUrl, maxAttempts: 1 }),
  };
  const subnets = aws.ec2.network.subnets.map(({ subnetId, availabilityZone }) => ({
    id: subnetId,
    zone: availabilityZone,
  }));
  const { distributionId, ...described } = exampleStage(pipeline, { subnets, ...overrides });
  const stage: StageDescription =
    distribution === false ? described : { ...described, ...(distributionId && { distributionId }) };
  const log = jsonLog((line) => logged.push(JSON.parse(line) as Record<string, unknown>));
  const handlersWith = (s3: S3Client) =>
    createHandlers(pipeline, stage, { ...clients, s3, log, now: () => new Date(clock.now()) });
  const handlers = handlersWith(clients.s3);
  const ofProcess = () => (freshProcesses ? handlersWith(new S3Client({ ...config, forcePathStyle: true })) : handlers);

  for (const Bucket of Object.values(stage.buckets)) await clients.s3.send(new CreateBucketCommand({ Bucket }));
  for (const [activity, arn] of Object.entries(stage.activities)) {
    await clients.sfn.send(new CreateActivityCommand({ name: arn.slice(arn.lastIndexOf(":") + 1) }));
    await clients.ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: stage.launchTemplates[activity],
        LaunchTemplateData: { ImageId: "ami-00000000", InstanceInitiatedShutdownBehavior: "terminate" },
      }),
    );
  }
  const machine = async (name: string, definition: unknown) =>
    clients.sfn.send(
      new CreateStateMachineCommand({
        name,
        roleArn: "arn:aws:iam::000000000000:role/x",
        definition: JSON.stringify(definition),
      }),
    );
  await machine(pipeline.name, launchedMachine(pipeline, stage));
  aws.start();

  const input = (debug: DebugMode = ""): BuildInput => ({ versions: ["1.2.3"], platforms: [], activities: [], debug });
  const executionArn = (name: string) => stage.stateMachineArn.replace("stateMachine", "execution").concat(`:${name}`);
  const context = (name: string) => ({
    id: executionArn(name),
    name,
    startTime: new Date(Date.UTC(2026, 0, 1)).toISOString(),
  });
  const call = async (name: FunctionName, event: unknown): Promise<unknown> => {
    const answer = await ofProcess()[name](JSON.parse(JSON.stringify(event)));
    return answer === undefined ? undefined : JSON.parse(JSON.stringify(answer));
  };

  const world = {
    aws,
    clock,
    clients,
    stage,
    pipeline,
    logged,
    /** Task tokens that the function KeepToken was called with. */
    keptTokens,
    call,
    context,
    /** How often each of EC2's operations was called since the beginning, refused calls included. */
    ec2Calls: (operation: string) => calls.filter((made) => made.service === "ec2" && made.operation === operation),
    /** How many calls were made since the beginning. */
    callsMade: () => calls.length,
    instances: () => aws.ec2.instances().filter(({ state }) => state !== "terminated"),
    async advance(seconds: number) {
      const end = clock.now() + seconds * 1000;
      await aws.idle();
      while (clock.now() < end) {
        clock.advance(Math.min(1000, end - clock.now()));
        await aws.idle();
      }
    },
    prepare: (
      activity: string,
      place: {
        version?: string;
        platform?: string;
        /** Of the version, which the build makes all. */
        platforms?: readonly string[];
        build?: string;
        debug?: DebugMode;
        enteredTime?: string;
        scripts?: TaskScripts;
      } = {},
    ) => {
      const {
        version = "1.2.3",
        platform,
        platforms,
        build = "build-1",
        debug = "",
        scripts,
        enteredTime = new Date(clock.now()).toISOString(),
      } = place;
      const subject = {
        version,
        ...(platform === undefined ? {} : { platform }),
        ...(platforms === undefined ? {} : { platforms: { all: platforms, ofBuild: platforms } }),
      };
      const event = { activity, ...subject, buildInput: input(debug), execution: context(build), enteredTime, scripts };
      return call("PrepareActivity", event) as Promise<PrepareActivityAnswer>;
    },
    /** Publishes tasks, as a build does that is past their preparation. */
    async publish(build: string, tasks: readonly PublishedTask[]) {
      const described = tasks.map((task) => publishedTask(task, { pipeline, execution: executionArn(build) }));
      const { stateMachineArn } = stage;
      await clients.sfn.send(
        new StartExecutionCommand({ stateMachineArn, name: build, input: JSON.stringify({ tasks: described }) }),
      );
      await aws.idle();
    },
    /** A build that runs for a day and publishes nothing: what matters is its input. */
    async start(build: string, words: string) {
      const { stateMachineArn } = stage;
      await clients.sfn.send(
        new StartExecutionCommand({ stateMachineArn, name: build, input: JSON.stringify({ input: words }) }),
      );
      await aws.idle();
    },
    /** A worker takes a task, and claims it as the agent does. */
    async take(activity: string, instanceId: string) {
      const poll = await clients.sfn.send(
        new GetActivityTaskCommand({ activityArn: stage.activities[activity], workerName: workerPollName(instanceId) }),
      );
      const task = JSON.parse(poll.input ?? "null") as TaskInput;
      const token = poll.taskToken ?? "";
      const claim = {
        token,
        execution: task.execution,
        task: task.name,
        activity,
        instance: instanceId,
        claimedAt: new Date(clock.now()).toISOString(),
      };
      await clients.s3.send(
        new PutObjectCommand({
          Bucket: stage.buckets.state,
          Key: stateKey.claim(activity, instanceId),
          Body: JSON.stringify(claim),
        }),
      );
      return { task, token };
    },
    healthCheck: (build = "build-1", debug: DebugMode = "") =>
      call("HealthCheck", { buildInput: input(debug), execution: context(build) }),
    stateChanged: (instanceId: string, state: string) =>
      call("Repair", {
        source: "aws.ec2",
        "detail-type": "EC2 Instance State-change Notification",
        detail: { "instance-id": instanceId, state },
      }),
    async stateKeys(prefix = "") {
      const { Contents } = await clients.s3.send(
        new ListObjectsV2Command({ Bucket: stage.buckets.state, Prefix: prefix }),
      );
      return (Contents ?? []).map(({ Key = "" }) => Key);
    },
    async record(key: string): Promise<Record<string, unknown>> {
      const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: stage.buckets.state, Key: key }));
      return JSON.parse((await Body?.transformToString()) ?? "null");
    },
    [Symbol.asyncDispose]: () => aws.close(),
  };
  return world;
}
