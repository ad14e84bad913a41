import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateLaunchTemplateCommand, DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { CreateActivityCommand, CreateStateMachineCommand, SFNClient } from "@aws-sdk/client-sfn";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { renderStateMachine } from "@muster/asl";
import { createHandlers } from "@muster/lambdas";
import {
  type Activity,
  functionNames,
  type Pipeline,
  type StageDescription,
  scriptFile,
  stageParameter,
} from "@muster/pipeline";
import { describeStage } from "@muster/simulation";
import { agentProgram, localBootstrap, renderUserData } from "@muster/worker-agent";
import { startMotoServer } from "../moto-server.ts";
import { openBridge } from "./bridge.ts";
import { startMachines } from "./machines.ts";

/** Under which moto keeps what nobody says otherwise of. */
const ACCOUNT = "123456789012";
const REGION = "us-west-2";
const credentials = { accessKeyId: "second", secretAccessKey: "stage" };
const IDLE_SECONDS = "5";

export interface SecondStageOptions {
  /** The pipeline's folder, with its scripts. */
  readonly scripts: string;
  /** What workers find in their environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A stage of a pipeline on an emulator that nobody here wrote. What is deployed there is what AWS would get: the bridge alone stands for AWS's own parts. */
export async function secondStage(pipeline: Pipeline, { scripts, environment }: SecondStageOptions) {
  const folder = await mkdtemp(join(tmpdir(), "muster-second-stage-"));
  const functions = new Map<string, (event: unknown) => Promise<unknown>>();
  let emulator = "";
  let look = () => {};
  const bridge = await openBridge(functions, {
    emulator: () => emulator,
    afterCall: (service) => service === "ec2" && look(),
  });
  const moto = await startMoto(bridge.port);
  emulator = moto.url;

  const config = { endpoint: bridge.url, region: REGION, credentials };
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const sfn = new SFNClient(config);
  const ec2 = new EC2Client(config);
  const cloudfront = new CloudFrontClient(config);
  const serviceQuotas = new ServiceQuotasClient(config);
  const stage = await describeSecondStage(pipeline, ec2);
  const handlers = createHandlers(pipeline, stage, { s3, sfn, ec2, cloudfront, serviceQuotas });
  for (const name of functionNames) functions.set(name, handlers[name]);

  // Straight to the emulator: a look at its machines is no reason to look at them.
  const machines = startMachines({
    ec2: new EC2Client({ ...config, endpoint: moto.url }),
    folder,
    environment: () => ({
      ...environment,
      PATH: [dirname(process.execPath), process.env.PATH].join(":"),
      LANG: "C.UTF-8",
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL: bridge.url,
    }),
    onGone: (instanceId) =>
      handlers.Repair({
        "detail-type": "EC2 Instance State-change Notification",
        detail: { "instance-id": instanceId, state: "terminated" },
      }),
  });
  look = machines.look;
  await deploy(pipeline, stage, { s3, sfn, ec2, config, scripts });
  return {
    sfn,
    s3,
    stage,
    kill: machines.kill,
    /** What the command is told of it. */
    environment: {
      AWS_ENDPOINT_URL: bridge.url,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    async [Symbol.asyncDispose]() {
      await machines[Symbol.asyncDispose]();
      await bridge[Symbol.asyncDispose]();
      await moto[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const startMoto = (functionsPort: number) =>
  startMotoServer(fileURLToPath(new URL("moto_server.py", import.meta.url)), String(functionsPort));

async function describeSecondStage(pipeline: Pipeline, ec2: EC2Client): Promise<StageDescription> {
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const subnets = Subnets.map(({ SubnetId = "", AvailabilityZone = "" }) => ({
    subnetId: SubnetId,
    availabilityZone: AvailabilityZone,
  }));
  const described = describeStage(pipeline, subnets, { stage: "second" });
  return JSON.parse(JSON.stringify(described).replaceAll(described.accountId, ACCOUNT)) as StageDescription;
}

interface DeployOptions {
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly ec2: EC2Client;
  readonly config: { readonly endpoint: string; readonly region: string; readonly credentials: typeof credentials };
  readonly scripts: string;
}

async function deploy(pipeline: Pipeline, stage: StageDescription, options: DeployOptions): Promise<void> {
  const { s3, sfn, ec2, config, scripts } = options;
  const logs = new CloudWatchLogsClient(config);
  for (const Bucket of Object.values(stage.buckets)) {
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }));
  }
  for (const activity of pipeline.activities) {
    const arn = stage.activities[activity.name] ?? "";
    await sfn.send(new CreateActivityCommand({ name: arn.slice(arn.lastIndexOf(":") + 1) }));
    await logs.send(new CreateLogGroupCommand({ logGroupName: stage.logGroups[activity.name] }));
    await ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: stage.launchTemplates[activity.name],
        LaunchTemplateData: {
          ImageId: "ami-00000000000000000",
          InstanceType: activity.worker.instanceTypes[0] as "t3.small",
          InstanceInitiatedShutdownBehavior: "terminate",
          UserData: Buffer.from(userDataOf(pipeline, activity, stage, scripts)).toString("base64"),
        },
      }),
    );
  }
  await sfn.send(
    new CreateStateMachineCommand({
      name: pipeline.name,
      roleArn: `arn:aws:iam::${ACCOUNT}:role/state-machine`,
      definition: JSON.stringify(
        renderStateMachine(pipeline, {
          functionArn: (name) => stage.functions[name] ?? "",
          activityArn: (name) => stage.activities[name] ?? "",
        }),
      ),
    }),
  );
  const description = { Name: stageParameter(stage.stage), Value: JSON.stringify(stage), Type: "String" } as const;
  await new SSMClient(config).send(new PutParameterCommand(description));
}

function userDataOf(pipeline: Pipeline, activity: Activity, stage: StageDescription, scripts: string): string {
  const url = (path: string) => pathToFileURL(scriptFile(scripts, path)).href;
  return renderUserData({
    environment: {
      ACTIVITY_ARN: stage.activities[activity.name] ?? "",
      ACTIVITY_NAME: activity.name,
      SCRIPT_URL: url(activity.script),
      ...(activity.init !== undefined && { INIT_URL: url(activity.init) }),
      ...(activity.afterTask !== undefined && { AFTER_TASK_URL: url(activity.afterTask) }),
      DUMMY_SCRIPT_URL: url(pipeline.dummyScript),
      AWS_REGION: stage.region,
      LOG_GROUP: stage.logGroups[activity.name] ?? "",
      STATE_BUCKET: stage.buckets.state,
      SCRATCH_BUCKET: stage.buckets.scratch,
      IDLE_SECONDS,
    },
    bootstrap: localBootstrap({ node: process.execPath, agent: agentProgram() }),
  });
}
