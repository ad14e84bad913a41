import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateLaunchTemplateCommand, EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateBucketCommand, type DeleteObjectsCommandInput, S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { CreateActivityCommand, CreateStateMachineCommand, SFNClient } from "@aws-sdk/client-sfn";
import { renderStateMachine } from "@muster/asl";
import { createHandlers } from "@muster/lambdas";
import { createLocalAws, instanceOf, type LambdaFunction, secretValues } from "@muster/local";
import {
  type Activity,
  activityNamed,
  type FunctionName,
  functionNames,
  type Pipeline,
  scriptFile,
} from "@muster/pipeline";
import { mapRunsPrefix, WorkerTag } from "@muster/records";
import { describeStage } from "@muster/simulation";
import { agentProgram, localBootstrap, renderUserData } from "@muster/worker-agent";
import { deletions, iamCalls } from "./iam-call.ts";
import { recordedSns } from "./recorded-sns.ts";
import { runAgent, untilTold } from "./run-agent.ts";

/** Calls by who made them: a function, or the workers of an activity, by name. */
export type Recording = ReadonlyMap<string, ReadonlySet<string>>;

export interface RecordingOptions {
  /** The pipeline's folder, with its scripts. */
  readonly scripts: string;
  /** Programs of workers that come before the machine's own: their text by name. */
  readonly programs?: Readonly<Record<string, string>>;
  /** What workers' scripts find in their environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Versions whose platforms have executions of their own, as in a large build. */
  readonly large?: readonly string[];
}

/** Each of the pipeline's notifications has both. */
const NOTIFIED = { secret: "secret", topic: "arn:aws:sns:us-west-2:000000000000:topic" };

/** Idle workers of the recording leave soon: they do between polls. */
const IDLE_SECONDS = 3;

/**
 * A stage on AWS in memory on which every function and every worker calls with credentials of its own, so that each call has a caller: functions
 * in process, workers as real agents.
 */
export async function recordingWorld(
  pipeline: Pipeline,
  { scripts, programs = {}, environment = {}, large = [] }: RecordingOptions,
) {
  const folder = await mkdtemp(join(tmpdir(), "muster-permissions-"));
  const recorded = new Map<string, Set<string>>();
  const instances = new Map<string, string>();
  const functions = new Map<string, LambdaFunction>();
  const machines = { boot: true };
  let aheadMs = 0;
  let url = "";

  const aws = createLocalAws({
    longPollMs: IDLE_SECONDS * 1000,
    functions,
    runInstance: (instance) => {
      instances.set(instance.instanceId, instance.tags[WorkerTag.activity] ?? "");
      if (!machines.boot) return untilTold(instance);
      return runAgent(instance, { folder, url, programs: join(folder, "bin"), environment });
    },
    onCall: (call) => {
      const principal = principalOf(call.accessKeyId);
      if (principal !== undefined) record(principal, iamCalls(call, stage));
    },
  });
  const stage = describeStage(pipeline, aws.ec2.network.subnets, {
    stage: "recorded",
    notifies: Object.fromEntries((pipeline.notifies ?? []).map(({ name }) => [name, NOTIFIED])),
    distributionId: "EXAMPLE",
  });

  function record(principal: string, calls: readonly string[]): void {
    const known = recorded.get(principal) ?? new Set();
    recorded.set(principal, known);
    for (const call of calls) known.add(call);
  }

  function principalOf(accessKeyId: string): string | undefined {
    const instance = instanceOf(accessKeyId);
    if (instance !== undefined) return instances.get(instance);
    return functionNames.find((name) => name === accessKeyId);
  }

  for (const name of functionNames) {
    const config = aws.clientConfig(name);
    const s3 = new S3Client({ ...config, forcePathStyle: true });
    s3.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          const { Delete } = args.input as Partial<DeleteObjectsCommandInput>;
          if (commandName === "DeleteObjectsCommand")
            record(name, deletions(Delete?.Objects?.map(({ Key = "" }) => Key) ?? [], stage));
          return next(args);
        },
      { step: "initialize" },
    );
    const handler = createHandlers(pipeline, stage, {
      s3,
      sfn: new SFNClient(config),
      ec2: new EC2Client(config),
      cloudfront: new CloudFrontClient(config),
      serviceQuotas: new ServiceQuotasClient(config),
      secretsManager: new SecretsManagerClient({
        ...config,
        requestHandler: secretValues(async () => {
          record(name, ["secretsmanager:GetSecretValue secret"]);
          return "https://127.0.0.1/";
        }),
      }),
      sns: recordedSns({ ...config, onPublish: () => record(name, ["sns:Publish topic"]) }),
      now: () => new Date(Date.now() + aheadMs),
    })[name];
    functions.set(name, async (event) => {
      const answer = await handler(event);
      const isLarge = name === "GetPlatformsForVersion" && large.includes((event as { version: string }).version);
      return isLarge ? { ...(answer as object), distributed: true, atOnce: 2 } : answer;
    });
  }

  const config = aws.clientConfig();
  const sfn = new SFNClient(config);
  const ec2 = new EC2Client(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const logs = new CloudWatchLogsClient(config);
  await mkdir(join(folder, "bin"));
  for (const [name, text] of Object.entries(programs))
    await writeFile(join(folder, "bin", name), text, { mode: 0o755 });
  const scriptUrl = (path: string) => pathToFileURL(scriptFile(scripts, path)).href;
  const taskScripts = ({ script, afterTask, withdraw }: Activity) => ({
    script: scriptUrl(script),
    ...(afterTask !== undefined && { afterTask: scriptUrl(afterTask) }),
    ...(withdraw?.kind === "script" && { withdraw: scriptUrl(withdraw.script) }),
  });
  const scriptUrls = ({ script, init, afterTask }: Activity) => ({
    SCRIPT_URL: scriptUrl(script),
    ...(init !== undefined && { INIT_URL: scriptUrl(init) }),
    ...(afterTask !== undefined && { AFTER_TASK_URL: scriptUrl(afterTask) }),
    DUMMY_SCRIPT_URL: scriptUrl(pipeline.dummyScript),
  });
  for (const Bucket of Object.values(stage.buckets)) await s3.send(new CreateBucketCommand({ Bucket }));
  ({ url } = await aws.listen());
  for (const activity of pipeline.activities) {
    const ACTIVITY_ARN = stage.activities[activity.name] ?? "";
    const LOG_GROUP = stage.logGroups[activity.name] ?? "";
    await sfn.send(new CreateActivityCommand({ name: ACTIVITY_ARN.slice(ACTIVITY_ARN.lastIndexOf(":") + 1) }));
    await logs.send(new CreateLogGroupCommand({ logGroupName: LOG_GROUP }));
    const userData = renderUserData({
      environment: {
        ACTIVITY_ARN,
        ACTIVITY_NAME: activity.name,
        ...scriptUrls(activity),
        AWS_REGION: stage.region,
        LOG_GROUP,
        STATE_BUCKET: stage.buckets.state,
        SCRATCH_BUCKET: stage.buckets.scratch,
        IDLE_SECONDS: String(IDLE_SECONDS),
      },
      bootstrap: localBootstrap({ node: process.execPath, agent: agentProgram() }),
    });
    await ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: stage.launchTemplates[activity.name],
        LaunchTemplateData: {
          ImageId: "ami-00000000000000000",
          InstanceInitiatedShutdownBehavior: "terminate",
          MetadataOptions: { HttpTokens: "required", InstanceMetadataTags: "enabled" },
          IamInstanceProfile: { Name: "worker" },
          UserData: Buffer.from(userData).toString("base64"),
        },
      }),
    );
  }
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: pipeline.name,
      roleArn: "arn:aws:iam::000000000000:role/state-machine",
      definition: JSON.stringify(
        renderStateMachine(pipeline, {
          functionArn: (name) => stage.functions[name] ?? "",
          activityArn: (name) => stage.activities[name] ?? "",
          mapRuns: { Bucket: stage.buckets.state, Prefix: mapRunsPrefix },
          scriptsOf: (name) => taskScripts(activityNamed(pipeline, name)),
        }),
      ),
    }),
  );
  const events = new EventBridgeClient(config);
  const deliverEvents = (deliver: boolean) =>
    events.send(
      new PutRuleCommand({
        Name: "repair",
        EventPattern: JSON.stringify({ source: ["aws.ec2", "aws.states"] }),
        State: deliver ? "ENABLED" : "DISABLED",
      }),
    );
  await deliverEvents(true);
  await events.send(
    new PutTargetsCommand({ Rule: "repair", Targets: [{ Id: "repair", Arn: stage.functions.Repair }] }),
  );
  aws.start();

  return {
    aws,
    stage,
    sfn,
    ec2,
    s3,
    stateMachineArn: stateMachineArn ?? "",
    /** Calls one function, as the state machine or a schedule would. */
    call: (name: FunctionName, event: unknown) => aws.invoke(name, event),
    /** Whether Repair hears of machines and builds. */
    deliverEvents,
    /** What functions take for now, ahead of the time. */
    moveFunctionsAhead: (ms: number) => {
      aheadMs = ms;
    },
    /** Whether machines launched from now on start an agent. */
    bootMachines: (boot: boolean) => {
      machines.boot = boot;
    },
    recorded: (): Recording => recorded,
    async [Symbol.asyncDispose]() {
      await aws.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
