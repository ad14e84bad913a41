import type { Activity, BucketRole, Pipeline } from "@muster/pipeline";
import { WorkerTag } from "@muster/records";
import { imageParameter } from "../src/compute/worker-image.ts";
import { secretNameOf, toldHere, topicArnOf } from "../src/notifications/told-here.ts";
import { type ResourceNames, resourceNames } from "../src/stage-scope.ts";
import type { Stage } from "../src/stage-settings.ts";
import { evaluate } from "./references.ts";
import type { SynthesisedStack } from "./synth-stage.ts";

/** What IAM is asked. */
export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** A deployed stage, as requests name its parts. */
export interface DeployedStage {
  readonly stage: Stage;
  readonly pipeline: Pipeline;
  readonly stack: SynthesisedStack;
  readonly names: ResourceNames;
}

export const deployed = (stage: Stage, pipeline: Pipeline, stack: SynthesisedStack): DeployedStage => ({
  stage,
  pipeline,
  stack,
  names: resourceNames(stage, pipeline),
});

export const INSTANCE = "i-0123456789abcdef0";

/** Each once. */
export const distinct = (requests: readonly IamRequest[]): IamRequest[] => [
  ...new Map(requests.map((request) => [JSON.stringify(request), request])).values(),
];

/** One recorded call (`s3:PutObject state/claims/{activity}/{instance}.json`), on the resources of a deployed stage, and what AWS asks for beyond it. */
export function toRequests(call: string, { at, activity }: { at: DeployedStage; activity: Activity }): IamRequest[] {
  const [action = "", on = ""] = call.split(" ");
  if (action === "ec2:CreateFleet") return launch(activity, at);
  if (action.startsWith("s3:")) {
    const requests = [{ action, resource: s3Arn(on, { at, activity }) }];
    const bucket = s3Arn(on.split("/")[0] ?? "", { at, activity });
    return action === "s3:GetObject" ? [...requests, missingObject(bucket)] : requests;
  }
  if (on === "secret" || on === "topic") return notificationResources(on, at).map((resource) => ({ action, resource }));
  return [{ action, ...resourceOf(on, { at, activity }) }];
}

/** Of those whom the stage tells. */
function notificationResources(on: "secret" | "topic", at: DeployedStage): string[] {
  const told = toldHere(at);
  if (on === "topic") return told.flatMap((notification) => topicArnOf(notification, at) ?? []);
  const secrets = told.flatMap((notification) => secretNameOf(notification, at) ?? []);
  return secrets.map((name) => at.names.arn("secretsmanager", `secret:${name}-AbCdEf`));
}

function s3Arn(on: string, { at, activity }: { at: DeployedStage; activity: Activity }): string {
  const [name = "", ...key] = on.split("/");
  const bucket = isRole(name) ? at.names.bucketArn(name) : at.names.arn("s3", name, { region: "", account: "" });
  const path = key
    .join("/")
    .replaceAll("{activity}", activity.name)
    .replaceAll("{instance}", INSTANCE)
    .replaceAll(/\{(\w+)\}/g, "$1-1");
  return path === "" ? bucket : `${bucket}/${path}`;
}

const isRole = (name: string): name is BucketRole => ["assets", "scratch", "downloads", "state"].includes(name);

/** A lookup of what is not there is answered as such only to who may list. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
const missingObject = (bucket: string): IamRequest => ({ action: "s3:ListBucket", resource: bucket });

function resourceOf(
  on: string,
  { at, activity }: { at: DeployedStage; activity: Activity },
): Omit<IamRequest, "action"> {
  const { names, stage, pipeline, stack } = at;
  if (on.startsWith("quota/")) return { resource: names.arn("servicequotas", on.slice("quota/".length)) };
  switch (on) {
    case "activity":
      return { resource: names.activityArn(activity), context: stageTags({ stage, pipeline }) };
    case "state-machine":
      return { resource: names.stateMachineArn };
    case "execution":
      return { resource: names.arn("states", `execution:${names.stateMachine}:some-build`) };
    case "map-run":
      return { resource: names.arn("states", `mapRun:${names.stateMachine}/ForEachPlatform:some-run`) };
    case "platform-execution":
      return { resource: names.arn("states", `execution:${names.stateMachine}/ForEachPlatform:some-platform`) };
    case "distribution":
      return { resource: evaluate(`\${aws_cloudfront_distribution.edge.arn}`, stack) };
    case "log-stream": {
      const group = stack.resource.aws_cloudwatch_log_group?.[`${activity.name}_log`]?.name;
      return { resource: names.arn("logs", `log-group:${group}:log-stream:w_${INSTANCE}`) };
    }
    case "instance/self":
      return {
        resource: names.arn("ec2", `instance/${INSTANCE}`),
        context: {
          "ec2:InstanceID": INSTANCE,
          "ec2:SourceInstanceARN": names.arn("ec2", `instance/${INSTANCE}`),
          "aws:TagKeys": ["Name", WorkerTag.state, WorkerTag.task],
        },
      };
    case "instance/worker":
      return {
        resource: names.arn("ec2", `instance/${INSTANCE}`),
        context: stageTags({ stage, pipeline }),
      };
    case "*":
      return { resource: "*" };
    default:
      throw new Error(`no resource is known for "${on}"`);
  }
}

/** What everything of a stage bears. */
export const stageTags = ({ stage, pipeline }: Pick<DeployedStage, "stage" | "pipeline">) => ({
  [`aws:ResourceTag/${WorkerTag.stage}`]: stage.name,
  [`aws:ResourceTag/${WorkerTag.pipeline}`]: pipeline.name,
});

/** What a launch names, as EC2 sees it. */
export function launchContext(activity: Activity, { stack, names, stage, pipeline }: DeployedStage) {
  const template = evaluate(`\${aws_launch_template.${activity.name}_template.arn}`, stack);
  const subnets = JSON.parse(evaluate(stack.locals.stage_description ?? "", stack)).subnets as { id: string }[];
  return {
    template,
    subnets: subnets.map(({ id }) => names.arn("ec2", `subnet/${id}`)),
    group: names.arn("ec2", `security-group/${evaluate(`\${aws_security_group.workers.id}`, stack)}`),
    image: names.arn("ec2", "image/ami-0a1b2c3d4e5f60718", { account: "" }),
    snapshot: names.arn("ec2", "snapshot/snap-0a1b2c3d4e5f60718", { account: "" }),
    tags: {
      [`aws:RequestTag/${WorkerTag.stage}`]: stage.name,
      [`aws:RequestTag/${WorkerTag.pipeline}`]: pipeline.name,
    },
  };
}

/**
 * CreateFleet is carried out with its caller's permissions: it runs instances from the template, tags what it makes, hands over the role, and resolves
 * the image's parameter.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-fleet-prerequisites.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-launch-template.html on resolve:ssm, which asks for ssm:GetParameters
 */
function launch(activity: Activity, at: DeployedStage): IamRequest[] {
  const { names, pipeline, stack } = at;
  const { template, subnets, group, image, snapshot, tags } = launchContext(activity, at);
  const made = (kind: string) => names.arn("ec2", `${kind}/*`);
  const parameter = imageParameter(activity, pipeline);
  const account = parameter.startsWith("/aws/service/") ? { account: "" } : {};
  return [
    ...[made("fleet"), made("instance"), made("volume"), image, ...subnets].map((resource) => ({
      action: "ec2:CreateFleet",
      resource,
    })),
    ...["ec2:CreateFleet", "ec2:RunInstances"].map((action) => ({
      action,
      resource: template,
      context: stageTags(at),
    })),
    ...[
      ...["instance", "volume", "network-interface", "spot-instances-request"].map(made),
      ...[image, snapshot, ...subnets, group],
    ].map((resource) => ({ action: "ec2:RunInstances", resource, context: { "ec2:LaunchTemplate": template } })),
    ...["instance", "volume", "spot-instances-request", "fleet"].map((kind) => ({
      action: "ec2:CreateTags",
      resource: made(kind),
      context: { "ec2:CreateAction": "CreateFleet", ...tags },
    })),
    {
      action: "iam:PassRole",
      resource: evaluate(`\${aws_iam_role.${activity.name}_worker_role.arn}`, stack),
      context: { "iam:PassedToService": "ec2.amazonaws.com" },
    },
    { action: "ssm:GetParameters", resource: names.arn("ssm", `parameter${parameter}`, account) },
  ];
}
