import { type CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateLaunchTemplateCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { type EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateBucketCommand, type S3Client } from "@aws-sdk/client-s3";
import { CreateActivityCommand, CreateStateMachineCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { renderStateMachine, type StateMachineDefinition } from "@muster/asl";
import type { Pipeline, StageDescription } from "@muster/pipeline";
import type { Deployment } from "./deployment.ts";

export interface DeployClients {
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly ec2: EC2Client;
  readonly logs: CloudWatchLogsClient;
  readonly events: EventBridgeClient;
}

const REAP_EVERY = "rate(10 minutes)";

/** A stage of the pipeline as a deployment makes it, with the events that its functions are told. */
export async function setUpStage(
  pipeline: Pipeline,
  stage: StageDescription,
  clients: DeployClients,
  deployment: Deployment = {},
): Promise<void> {
  const { s3, sfn, ec2, logs } = clients;
  for (const Bucket of Object.values(stage.buckets)) await s3.send(new CreateBucketCommand({ Bucket }));
  for (const { name } of pipeline.activities) {
    await sfn.send(new CreateActivityCommand({ name }));
    await logs.send(new CreateLogGroupCommand({ logGroupName: stage.logGroups[name] }));
    await ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: stage.launchTemplates[name],
        LaunchTemplateData: { ImageId: "ami-00000000", InstanceInitiatedShutdownBehavior: "terminate" },
      }),
    );
  }
  await sfn.send(
    new CreateStateMachineCommand({
      name: pipeline.name,
      roleArn: `arn:aws:iam::${stage.accountId}:role/state-machine`,
      definition: JSON.stringify(definitionOf(pipeline, stage, deployment)),
    }),
  );
  if (deployment.hearsEvents ?? true) await routeEvents(stage, clients.events);
}

/** The state machine of a stage of the pipeline. */
export function definitionOf(
  pipeline: Pipeline,
  stage: StageDescription,
  { definition: changed = (rendered) => rendered }: Deployment,
): StateMachineDefinition {
  return changed(
    renderStateMachine(pipeline, {
      functionArn: (name) => stage.functions[name] ?? "",
      activityArn: (name) => stage.activities[name] ?? "",
    }),
  );
}

/** Tells the functions of a stage what becomes of machines and builds, and has the reaper come. */
export async function routeEvents(stage: StageDescription, events: EventBridgeClient): Promise<void> {
  const { functions } = stage;
  const machines = {
    source: ["aws.ec2", "aws.states"],
    "detail-type": [
      "EC2 Instance State-change Notification",
      "EC2 Spot Instance Interruption Warning",
      "Step Functions Execution Status Change",
    ],
  };
  await putRule({ Name: "repair", EventPattern: JSON.stringify(machines) }, functions.Repair, events);
  await tellEnds(stage, events, { name: "page", functionArn: functions.KeepPage });
  await putRule({ Name: "reap", ScheduleExpression: REAP_EVERY }, functions.Reap, events);
}

/** Calls a function when a build has ended. */
export async function tellEnds(
  { stateMachineArn }: StageDescription,
  events: EventBridgeClient,
  { name, functionArn }: { name: string; functionArn: string | undefined },
): Promise<void> {
  const detail = { stateMachineArn: [stateMachineArn], status: ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"] };
  await putRule({ Name: name, EventPattern: JSON.stringify({ source: ["aws.states"], detail }) }, functionArn, events);
}

async function putRule(
  rule: ConstructorParameters<typeof PutRuleCommand>[0],
  Arn: string | undefined,
  events: EventBridgeClient,
): Promise<void> {
  await events.send(new PutRuleCommand(rule));
  await events.send(new PutTargetsCommand({ Rule: rule.Name, Targets: [{ Id: rule.Name, Arn }] }));
}
