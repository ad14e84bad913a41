import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CreateLaunchTemplateCommand, CreateTagsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  GetActivityTaskCommand,
  SendTaskSuccessCommand,
  SFNClient,
} from "@aws-sdk/client-sfn";
import { renderStateMachine } from "@muster/asl";
import { createHandlers } from "@muster/lambdas";
import {
  createLocalAws,
  type LambdaFunction,
  type RunningInstance,
  runUntil,
  sleepUntil,
  virtualClock,
} from "@muster/local";
import { functionNames, type Pipeline, TaskInput, workerName, workerPollName } from "@muster/pipeline";
import { stateKey, stateRecords, WorkerTag } from "@muster/records";
import { describeStage } from "@muster/simulation";
import type { Drill } from "../src/drill/drill.ts";

export interface DrillWorldOptions {
  /** Whether a rule tells Repair of machines. */
  readonly rules?: boolean;
  /** How long a fake task takes. */
  readonly taskSeconds?: number;
}

/** Polls of a minute each that a worker waits for another task. */
const IDLE_POLLS = 10;

/**
 * A deployed stage as a drill finds one: its state machine, functions, rules and launch templates on AWS in memory and in virtual time. Workers are played, by
 * what the agent does that others see: it says that it is ready, claims, and reports.
 */
export async function drillWorld(pipeline: Pipeline, { rules = true, taskSeconds = 30 }: DrillWorldOptions = {}) {
  const clock = virtualClock(Date.parse("2026-11-30T12:00:00Z"));
  const functions = new Map<string, LambdaFunction>();
  const aws = createLocalAws({ clock, seed: 1, functions, runInstance: (instance) => playWorker(instance) });
  const config = aws.clientConfig();
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const [sfn, ec2, events] = [new SFNClient(config), new EC2Client(config), new EventBridgeClient(config)];
  const description = describeStage(pipeline, aws.ec2.network.subnets, { stage: "drilled" });
  const handlers = createHandlers(pipeline, description, {
    s3,
    sfn,
    ec2,
    cloudfront: new CloudFrontClient(config),
    serviceQuotas: new ServiceQuotasClient(config),
    now: () => new Date(clock.now()),
  });
  for (const name of functionNames) functions.set(name, (event) => handlers[name](event));
  for (const Bucket of Object.values(description.buckets)) await s3.send(new CreateBucketCommand({ Bucket }));
  for (const { name } of pipeline.activities) {
    const arn = description.activities[name] ?? "";
    await sfn.send(new CreateActivityCommand({ name: arn.slice(arn.lastIndexOf(":") + 1) }));
    await ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: description.launchTemplates[name],
        LaunchTemplateData: {
          ImageId: "ami-00000000",
          InstanceInitiatedShutdownBehavior: "terminate",
          UserData: Buffer.from(name).toString("base64"),
        },
      }),
    );
  }
  const definition = renderStateMachine(pipeline, {
    functionArn: (name) => description.functions[name] ?? "",
    activityArn: (name) => description.activities[name] ?? "",
  });
  const roleArn = "arn:aws:iam::000000000000:role/state-machine";
  await sfn.send(
    new CreateStateMachineCommand({ name: pipeline.name, roleArn, definition: JSON.stringify(definition) }),
  );
  if (rules) {
    const EventPattern = JSON.stringify({
      source: ["aws.ec2"],
      "detail-type": ["EC2 Instance State-change Notification", "EC2 Spot Instance Interruption Warning"],
    });
    await events.send(new PutRuleCommand({ Name: "repair", EventPattern }));
    const Targets = [{ Id: "repair", Arn: description.functions.Repair }];
    await events.send(new PutTargetsCommand({ Rule: "repair", Targets }));
  }
  aws.start();

  /** What a template says is which activity's worker it is; other user data makes no worker. */
  async function playWorker({ instanceId, userData, signal }: RunningInstance): Promise<void> {
    const activityArn = description.activities[userData];
    if (activityArn === undefined) return await sleepUntil(clock, Number.MAX_SAFE_INTEGER, signal);
    const tag = (state: "waiting" | "active", tasks: number, subject: string) => {
      const Tags = [
        { Key: "Name", Value: workerName({ state, tasks, subject }) },
        { Key: WorkerTag.state, Value: state === "active" ? "active" : "idle" },
      ];
      return ec2.send(new CreateTagsCommand({ Resources: [instanceId], Tags }));
    };
    const records = stateRecords(s3, description.buckets.state);
    const claim = stateKey.claim(userData, instanceId);
    await tag("waiting", 0, userData);
    for (let tasks = 0, idle = 0; idle < IDLE_POLLS && !signal.aborted; idle++) {
      const request = new GetActivityTaskCommand({ activityArn, workerName: workerPollName(instanceId) });
      const poll = await sfn.send(request, { abortSignal: signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
      if (!poll?.taskToken) continue;
      const task = TaskInput.parse(JSON.parse(poll.input ?? ""));
      [tasks, idle] = [tasks + 1, 0];
      const claimedAt = new Date(clock.now()).toISOString();
      const { name, activity, execution } = task;
      const { taskToken: token } = poll;
      await records.write(claim, { execution, activity, instance: instanceId, task: name, token, claimedAt });
      await tag("active", tasks, task.name);
      await sleepUntil(clock, clock.now() + taskSeconds * 1000, signal);
      if (signal.aborted) return;
      const output = JSON.stringify({ ec2: instanceId, time_sec: String(taskSeconds) });
      await sfn.send(new SendTaskSuccessCommand({ taskToken: poll.taskToken, output }));
      await records.delete([claim]);
      await tag("waiting", tasks, task.name);
    }
  }

  const drill: Drill = {
    description,
    pipeline,
    clients: { sfn, ec2, events, lambda: new LambdaClient(config), s3 },
    ownBuckets: Object.values(description.buckets),
    disposable: false,
    words: ["1.2.3"],
    clock: { now: () => clock.now(), sleep: (ms) => sleepUntil(clock, clock.now() + ms) },
    interruptSpot: async (instanceId) => aws.ec2.interruptSpot(instanceId),
  };
  return {
    drill,
    events,
    /** Lets time go on until something has come of it. */
    until: async <T>(work: Promise<T>): Promise<T> => {
      await runUntil(
        aws,
        clock,
        work.then(() => undefined),
      );
      return await work;
    },
    [Symbol.asyncDispose]: () => aws.close(),
  };
}
