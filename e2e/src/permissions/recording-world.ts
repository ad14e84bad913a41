import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateLaunchTemplateCommand, EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateBucketCommand, type DeleteObjectsCommandInput, S3Client } from "@aws-sdk/client-s3";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { CreateActivityCommand, CreateStateMachineCommand, SFNClient } from "@aws-sdk/client-sfn";
import { renderStateMachine } from "@muster/asl";
import { createHandlers } from "@muster/lambdas";
import { createLocalAws, instanceOf, type LambdaFunction, type RunInstance } from "@muster/local";
import {
  activityNamed,
  type FunctionName,
  functionNames,
  type Pipeline,
  type StageDescription,
  workerLogGroup,
} from "@muster/pipeline";
import { localBootstrap, renderUserData } from "@muster/worker-agent";
import { deletions, iamCalls } from "./iam-call.ts";

const AGENT = fileURLToPath(new URL("../../../packages/worker-agent/src/main.ts", import.meta.url));

const WORKER = "worker";
/** What its agent calls beyond what every worker's does. */
const EXCLUSIVE_WORKER = "worker of an exclusive activity";

/** Idle workers of the recording leave soon. */
const IDLE_SECONDS = "3";

/**
 * A stage on AWS in memory on which every function and every worker calls with credentials of its own, so that each call has a caller: functions
 * in process, workers as real agents.
 * @param scripts contents by file name
 */
export async function recordingWorld(pipeline: Pipeline, scripts: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), "muster-permissions-"));
  const recorded = new Map<string, Set<string>>();
  const instances = new Map<string, string>();
  const functions = new Map<string, LambdaFunction>();
  const machines = { boot: true };
  let aheadMs = 0;
  let url = "";

  const aws = createLocalAws({
    functions: (name) => functions.get(name),
    runInstance: (instance) => {
      instances.set(instance.instanceId, instance.tags["muster:activity"] ?? "");
      return machines.boot ? runAgent(instance, { folder, url }) : untilTold(instance.signal);
    },
    onCall: (call) => {
      const principal = principalOf(call.accessKeyId);
      if (principal !== undefined) record(principal, iamCalls(call, stage));
    },
  });
  const stage = describeStage(pipeline, aws.ec2.network.subnets);

  function record(principal: string, calls: readonly string[]): void {
    const known = recorded.get(principal) ?? new Set();
    recorded.set(principal, known);
    for (const call of calls) known.add(call);
  }

  function principalOf(accessKeyId: string): string | undefined {
    const instance = instanceOf(accessKeyId);
    const activity = instance === undefined ? undefined : instances.get(instance);
    if (activity) return activityNamed(pipeline, activity).exclusive ? EXCLUSIVE_WORKER : WORKER;
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
      now: () => new Date(Date.now() + aheadMs),
    })[name];
    functions.set(name, (event) => handler(event));
  }

  const config = aws.clientConfig();
  const sfn = new SFNClient(config);
  const ec2 = new EC2Client(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const logs = new CloudWatchLogsClient(config);
  await mkdir(join(folder, "scripts"));
  for (const [name, content] of Object.entries(scripts))
    await writeFile(join(folder, "scripts", name), content, { mode: 0o755 });
  const scriptUrl = (path: string) => pathToFileURL(join(folder, "scripts", path)).href;
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
        SCRIPT_URL: scriptUrl(activity.script),
        DUMMY_SCRIPT_URL: scriptUrl(pipeline.dummyScript),
        AWS_REGION: stage.region,
        LOG_GROUP,
        STATE_BUCKET: stage.buckets.state,
        SCRATCH_BUCKET: stage.buckets.scratch,
        IDLE_SECONDS,
      },
      bootstrap: localBootstrap({ node: process.execPath, agent: AGENT }),
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
    /** By principal, sorted. */
    recorded: () => arrange(recorded),
    async [Symbol.asyncDispose]() {
      await aws.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Functions that tend workers: whoever holds an activity's lease works for the others, so that each may make each of these calls. */
const TENDING = ["HealthCheck", "PrepareActivity", "Repair"];
const TENDING_CALL =
  /^(ec2:|states:|s3:(?!PutObject state\/demands)\w+ state($|\/(attention|claims|demands|launches|leases)))/;

/** What scripts do in the stage's other buckets is their pipeline's affair. */
const SCRIPT_CALL = /^s3:\w+ (scratch|downloads)/;

const sorted = (calls: Iterable<string>): string[] => [...new Set(calls)].sort();

function arrange(recorded: ReadonlyMap<string, ReadonlySet<string>>): Record<string, string[]> {
  const of = (name: string) => [...(recorded.get(name) ?? [])];
  const tending = TENDING.flatMap(of).filter((call) => TENDING_CALL.test(call));
  const worker = of(WORKER).filter((call) => !SCRIPT_CALL.test(call));
  const exclusive = of(EXCLUSIVE_WORKER).filter((call) => !SCRIPT_CALL.test(call) && !worker.includes(call));
  return {
    ...Object.fromEntries(
      functionNames.map((name) => [name, sorted(TENDING.includes(name) ? [...of(name), ...tending] : of(name))]),
    ),
    [WORKER]: sorted(worker),
    [EXCLUSIVE_WORKER]: sorted(exclusive),
  };
}

type Instance = Parameters<RunInstance>[0];

const untilTold = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** A machine whose user data runs as a process of its own, ended with the machine. */
async function runAgent(
  { instanceId, userData, metadataUrl, region, signal }: Instance,
  { folder, url }: { folder: string; url: string },
): Promise<void> {
  const home = join(folder, instanceId);
  await mkdir(join(home, "tmp"), { recursive: true });
  await writeFile(join(home, "user-data"), userData);
  const { PATH = "" } = process.env;
  const agent: ChildProcess = spawn("bash", [join(home, "user-data")], {
    cwd: home,
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    env: {
      PATH,
      HOME: home,
      TMPDIR: join(home, "tmp"),
      AWS_REGION: region,
      AWS_ENDPOINT_URL: url,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataUrl,
    },
  });
  const ended = once(agent, "close");
  const kill = () => agent.pid !== undefined && agent.exitCode === null && process.kill(-agent.pid, "SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  await ended;
}

function describeStage(
  pipeline: Pipeline,
  subnets: readonly { subnetId: string; availabilityZone: string }[],
): StageDescription {
  const arn = (service: string, resource: string) => `arn:aws:${service}:us-west-2:000000000000:${resource}`;
  const perActivity = (value: (name: string) => string) =>
    Object.fromEntries(pipeline.activities.map(({ name }) => [name, value(name)]));
  return {
    stage: "recorded",
    pipeline: pipeline.name,
    region: "us-west-2",
    accountId: "000000000000",
    stateMachineArn: arn("states", `stateMachine:${pipeline.name}`),
    activities: perActivity((name) => arn("states", `activity:${name}`)),
    functions: Object.fromEntries(functionNames.map((name) => [name, arn("lambda", `function:${name}`)])),
    buckets: { assets: "assets", scratch: "scratch", downloads: "downloads", state: "state" },
    logGroups: perActivity((name) => workerLogGroup("recorded", pipeline, { name })),
    launchTemplates: perActivity((name) => name),
    subnets: subnets.map(({ subnetId, availabilityZone }) => ({ id: subnetId, zone: availabilityZone })),
    distributionId: "EXAMPLE",
    downloadsUrl: "https://example.org",
  };
}
