import {
  type Activity,
  awsName,
  type BucketRole,
  type FunctionName,
  fitName,
  launchTemplateName,
  type Pipeline,
  type Secret,
  stagePrefix,
} from "@muster/pipeline";
import type { TerraformStack } from "cdktf";
import type { Stage } from "./stage-settings.ts";

/** What every part of a stack works with. */
export interface StageScope {
  readonly stack: TerraformStack;
  readonly stage: Stage;
  readonly pipeline: Pipeline;
  readonly names: ResourceNames;
}

/** Names are known before anything exists, so that parts can name each other without waiting for each other. */
export interface ResourceNames {
  /** Any resource of the stage; what is longer than the service takes is cut. */
  of(part: string, longest?: number): string;
  bucket(role: BucketRole | "logs"): string;
  lambda(name: FunctionName): string;
  workerRole(activity: Activity): string;
  /** Where workers' roles are, and nothing else: what hands them over need not name each. */
  readonly workerRolePath: string;
  /** A pattern of policies. */
  readonly workerRoleArns: string;
  launchTemplate(activity: Activity): string;
  activityArn(activity: Activity): string;
  /** A pattern of policies, which other stages' queues may match too. */
  readonly activityArns: string;
  /** A secret or a key that the definition names: the name that it has on this stage, a key's with `alias/`. */
  secret(secret: Secret): string;
  /** An image repository that the definition names. */
  imageRepository(name: string): string;
  /** The Name tag of a volume that the definition names. */
  volume(name: string): string;
  /** Before the definition's names of secrets, image repositories and volumes; empty where they stay as they are. */
  readonly prefixes: { readonly secrets: string; readonly images: string; readonly volumes: string };
  readonly stateMachine: string;
  readonly stateMachineArn: string;
  /** Patterns of policies: of a large build's Map Runs, and of the executions that these start, one for each platform. */
  readonly mapRuns: string;
  readonly platformExecutions: string;
  /** `arn:aws:<service>:<region>:<account>:<rest>`. */
  arn(service: string, rest: string, where?: { region?: string; account?: string }): string;
  bucketArn(role: BucketRole | "logs"): string;
}

/** Longest names of roles and Lambda functions. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const LONGEST_ROLE = 64;
/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const LONGEST_BUCKET = 63;

export function resourceNames(stage: Stage, pipeline: Pipeline): ResourceNames {
  const { account, region } = stage;
  const of = (part: string, longest = LONGEST_ROLE) => awsName(stage.name, pipeline, part, longest);
  const arn: ResourceNames["arn"] = (service, rest, where = {}) =>
    `arn:aws:${service}:${where.region ?? region}:${where.account ?? account}:${rest}`;
  const existing = (role: BucketRole | "logs"): string | undefined => {
    if (role !== "scratch" && role !== "downloads") return undefined;
    const named = stage.buckets[role] ?? pipeline.buckets?.[role];
    return named === "own" ? undefined : named;
  };
  const bucket: ResourceNames["bucket"] = (role) => existing(role) ?? bucketName(of(role, 255), account);
  const stateMachine = of("Build", 80);
  const prefix = stagePrefix(stage.name, pipeline);
  const workerRolePath = `/muster/${stage.name}/workers/`;
  // What is managed elsewhere has the names that the definition says.
  const prefixes = { images: prefix, volumes: prefix, secrets: stage.secrets === "existing" ? "" : prefix };
  return {
    of,
    bucket,
    lambda: (name) => of(name),
    workerRole: ({ name }) => of(`${name}Worker`),
    workerRolePath,
    workerRoleArns: arn("iam", `role${workerRolePath}*`, { region: "" }),
    launchTemplate: ({ name }) => launchTemplateName(stage.name, pipeline, name),
    activityArn: ({ name }) => arn("states", `activity:${of(name, 80)}`),
    activityArns: arn("states", `activity:${prefix}${pipeline.name}-*`),
    secret: (secret) =>
      secret.kind === "kms-key"
        ? `alias/${prefixes.secrets}${secret.alias.replace(/^alias\//, "")}`
        : `${prefixes.secrets}${secret.name}`,
    imageRepository: (name) => `${prefixes.images}${name}`,
    volume: (name) => `${prefixes.volumes}${name}`,
    prefixes,
    stateMachine,
    stateMachineArn: arn("states", `stateMachine:${stateMachine}`),
    mapRuns: arn("states", `mapRun:${stateMachine}/*`),
    platformExecutions: arn("states", `execution:${stateMachine}/*`),
    arn,
    bucketArn: (role) => `arn:aws:s3:::${bucket(role)}`,
  };
}

/** Buckets' names are the world's: the account makes them this stage's own. */
function bucketName(name: string, account: string): string {
  return `${fitName(name, LONGEST_BUCKET - account.length - 1)}-${account}`;
}

/** Whether the stage makes the bucket, or finds it. */
export function ownsBucket({ stage, pipeline }: Pick<StageScope, "stage" | "pipeline">, role: BucketRole): boolean {
  if (role !== "scratch" && role !== "downloads") return true;
  return (stage.buckets[role] ?? pipeline.buckets?.[role] ?? "own") === "own";
}
