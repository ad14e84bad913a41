import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  ResourceAlreadyExistsException,
} from "@aws-sdk/client-cloudwatch-logs";
import type { EC2Client } from "@aws-sdk/client-ec2";
import { type EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import {
  BucketAlreadyOwnedByYou,
  CreateBucketCommand,
  GetBucketVersioningCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeStateMachineCommand,
  type SFNClient,
  StateMachineDoesNotExist,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { renderStateMachine } from "@muster/asl";
import type { BucketRole, Pipeline, StageDescription, TaskScripts } from "@muster/pipeline";
import type { LoadedPipeline } from "../../load-pipeline.ts";
import { stageResources } from "../stage-resources.ts";
import { putLaunchTemplates } from "./launch-templates.ts";
import { type Assets, uploadAssets } from "./upload-assets.ts";

export interface SetUpClients {
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly ec2: EC2Client;
  readonly logs: CloudWatchLogsClient;
  readonly events: EventBridgeClient;
}

export interface SetUpOptions {
  readonly clients: SetUpClients;
  readonly agent: string;
  readonly idleSeconds: string | undefined;
}

/** Creates what the stage lacks, and brings what it has up to the pipeline's definition. */
export async function setUpStage(
  loaded: LoadedPipeline,
  stage: StageDescription,
  options: SetUpOptions,
): Promise<void> {
  const { clients } = options;
  const { pipeline } = loaded;
  await createBuckets(clients.s3, stage);
  await Promise.all([
    ...Object.values(stage.logGroups).map((group) => createLogGroup(clients.logs, group)),
    ...Object.values(stage.activities).map((arn) =>
      clients.sfn.send(new CreateActivityCommand({ name: lastPart(arn) })),
    ),
    putRepairRule(clients.events, stage),
    putPageRule(clients.events, stage),
    ...(pipeline.notifies === undefined ? [] : [putNotifyRule(clients.events, stage)]),
    uploadAssets(loaded, { s3: clients.s3, bucket: stage.buckets.assets }).then((assets) =>
      Promise.all([
        putLaunchTemplates(pipeline, stage, { ...options, ec2: clients.ec2, assets }),
        putStateMachine(clients.sfn, { stage, definition: definitionOf(pipeline, stage, assets) }),
      ]),
    ),
  ]);
}

/** The buckets that the stage lacks. */
export async function createBuckets(s3: S3Client, { buckets }: Pick<StageDescription, "buckets">): Promise<void> {
  await Promise.all(Object.values(buckets).map((bucket) => createBucket(s3, bucket)));
  await Promise.all(VERSIONED.map((role) => keepVersions(s3, buckets[role])));
}

/** As where it is deployed: what was published, or what a worker was told to run, can be had back. */
const VERSIONED = ["assets", "downloads"] as const satisfies readonly BucketRole[];

const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);

async function createBucket(s3: S3Client, bucket: string): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: bucket })).catch((error: unknown) => {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
  });
}

async function keepVersions(s3: S3Client, Bucket: string): Promise<void> {
  const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
  if (Status === "Enabled") return;
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
}

async function createLogGroup(logs: CloudWatchLogsClient, logGroupName: string): Promise<void> {
  await logs.send(new CreateLogGroupCommand({ logGroupName })).catch((error: unknown) => {
    if (!(error instanceof ResourceAlreadyExistsException)) throw error;
  });
}

/** A machine that is lost is noticed at once, not at the next health check, and a build that has ended leaves nothing behind. */
async function putRepairRule(events: EventBridgeClient, { pipeline, functions }: StageDescription): Promise<void> {
  const name = `${pipeline}-repair`;
  await events.send(
    new PutRuleCommand({
      Name: name,
      EventPattern: JSON.stringify({
        source: ["aws.ec2", "aws.states"],
        "detail-type": [
          "EC2 Instance State-change Notification",
          "EC2 Spot Instance Interruption Warning",
          "Step Functions Execution Status Change",
        ],
      }),
    }),
  );
  await events.send(new PutTargetsCommand({ Rule: name, Targets: [{ Id: "repair", Arn: functions.Repair }] }));
}

/** A build's page is kept at its end. */
async function putPageRule(
  events: EventBridgeClient,
  { pipeline, functions, stateMachineArn }: StageDescription,
): Promise<void> {
  const name = `${pipeline}-page`;
  await events.send(
    new PutRuleCommand({
      Name: name,
      EventPattern: JSON.stringify({
        source: ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        detail: { stateMachineArn: [stateMachineArn], status: ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"] },
      }),
    }),
  );
  await events.send(new PutTargetsCommand({ Rule: name, Targets: [{ Id: "page", Arn: functions.KeepPage }] }));
}

/** A build's end is told by a function of its own, where this machine tells anybody. */
async function putNotifyRule(events: EventBridgeClient, stage: StageDescription): Promise<void> {
  const { pipeline, functions, stateMachineArn, notifies = {} } = stage;
  const name = `${pipeline}-notify`;
  await events.send(
    new PutRuleCommand({
      Name: name,
      State: Object.keys(notifies).length > 0 ? "ENABLED" : "DISABLED",
      EventPattern: JSON.stringify({
        source: ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        detail: { stateMachineArn: [stateMachineArn], status: ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"] },
      }),
    }),
  );
  await events.send(new PutTargetsCommand({ Rule: name, Targets: [{ Id: "notify", Arn: functions.Notify }] }));
}

/** Nothing checks roles on one machine, but the API wants one. */
const roleOf = (stage: StageDescription): string =>
  `arn:aws:iam::${stage.accountId}:role/${stage.pipeline}-state-machine`;

function definitionOf(pipeline: Pipeline, stage: StageDescription, assets: Assets): string {
  const scriptsOf = (name: string): TaskScripts => {
    const urls = assets.activities[name];
    if (urls === undefined) throw new RangeError(`${name} has no scripts`);
    const { script, afterTask, withdraw } = urls;
    return { script, ...(afterTask !== undefined && { afterTask }), ...(withdraw !== undefined && { withdraw }) };
  };
  return JSON.stringify(renderStateMachine(pipeline, { ...stageResources(stage), scriptsOf }));
}

/** Running builds keep the definition that they began with, as on AWS. */
async function putStateMachine(
  sfn: SFNClient,
  { stage, definition }: { stage: StageDescription; definition: string },
): Promise<void> {
  const { stateMachineArn } = stage;
  try {
    const present = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
    if (present.definition !== definition)
      await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition }));
  } catch (error) {
    if (!(error instanceof StateMachineDoesNotExist)) throw error;
    await sfn.send(
      new CreateStateMachineCommand({ name: lastPart(stateMachineArn), definition, roleArn: roleOf(stage) }),
    );
  }
}
