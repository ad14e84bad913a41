import { ACCOUNT, boundaryArn, type Role, STATE_BUCKET } from "./bootstrap-template.ts";
import type { IamRequest } from "./iam-requests.ts";

/** What a workflow's role of the stage `hhvm` may not do, beside a stage `staging` and whatever else the account has. */
export interface ClosedPath extends IamRequest {
  readonly role: Role;
  /** What somebody would gain by it. */
  readonly reason: string;
}

const arn = (service: string, rest: string) => `arn:aws:${service}:us-west-2:${ACCOUNT}:${rest}`;
const iam = (rest: string) => `arn:aws:iam::${ACCOUNT}:${rest}`;
const KEY = arn("kms", "key/0a1b2c3d-0000-4000-8000-000000000000");
const state = (key: string) => `arn:aws:s3:::${STATE_BUCKET}/${key}`;
const own = { "aws:ResourceTag/muster:stage": "hhvm" };
const staging = { "aws:ResourceTag/muster:stage": "staging" };
const bears = (stage: string) => ({ "aws:RequestTag/muster:stage": stage });
const within = { "iam:PermissionsBoundary": boundaryArn("hhvm") };

type Row = readonly [action: string, resource: string, context?: IamRequest["context"]];

const closed = (role: Role, reason: string, ...rows: readonly Row[]): ClosedPath[] =>
  rows.map(([action, resource, context]) => ({ role, reason, action, resource, ...(context && { context }) }));

const bucketSettings = [
  "DeleteBucket",
  "DeleteBucketPolicy",
  "PutBucketPolicy",
  "PutBucketPublicAccessBlock",
  "PutBucketVersioning",
  "PutEncryptionConfiguration",
  "PutLifecycleConfiguration",
];

export const CLOSED_PATHS: readonly ClosedPath[] = [
  ...closed(
    "DeployRole",
    "whoever it names would take the stage's role, from anywhere",
    ["iam:UpdateAssumeRolePolicy", iam("role/muster/hhvm-repair"), within],
    ["iam:UpdateAssumeRolePolicy", iam("role/muster/hhvm/workers/hhvm-make-source-tarball-worker"), within],
    ["iam:UpdateAssumeRolePolicy", iam("role/muster/staging-muster-repair"), within],
    ["iam:UpdateAssumeRolePolicy", iam("role/muster-plan-hhvm"), within],
    ["iam:UpdateAssumeRolePolicy", iam("role/admin"), within],
  ),
  ...closed(
    "DeployRole",
    "a secret's values would reach whom its policy names, whatever the role's denial of reading them",
    ["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:hhvm/docker-hub-AbCdEf"), own],
    ["secretsmanager:PutResourcePolicy", arn("secretsmanager", "secret:payroll-AbCdEf")],
    ["secretsmanager:PutResourcePolicy", arn("secretsmanager", "secret:staging-muster/token-AbCdEf"), staging],
    ["secretsmanager:PutResourcePolicy", arn("secretsmanager", "secret:hhvm/docker-hub-AbCdEf"), own],
    [
      "secretsmanager:PutResourcePolicy",
      arn("secretsmanager", "secret:hhvm/docker-hub-AbCdEf"),
      { ...own, "secretsmanager:BlockPublicPolicy": "false" },
    ],
    [
      "secretsmanager:UpdateSecret",
      arn("secretsmanager", "secret:hhvm/docker-hub-AbCdEf"),
      { ...own, "secretsmanager:KmsKeyId": `arn:aws:kms:us-west-2:999988887777:key/outside` },
    ],
    ["secretsmanager:ReplicateSecretToRegions", arn("secretsmanager", "secret:hhvm/docker-hub-AbCdEf"), own],
  ),
  ...closed(
    "DeployRole",
    "what builds use would be somebody else's choice",
    ["secretsmanager:PutSecretValue", arn("secretsmanager", "secret:payroll-AbCdEf")],
    ["secretsmanager:PutSecretValue", arn("secretsmanager", "secret:hhvm/docker-hub-AbCdEf"), own],
    ["s3:PutObject", `arn:aws:s3:::hhvm-downloads-${ACCOUNT}/debian/dists/stable/Release`],
    ["s3:PutObject", `arn:aws:s3:::hhvm-state-${ACCOUNT}/attempts/MakeSourceTarball/some-build/some-task/1.json`],
  ),
  ...closed(
    "DeployRole",
    "a key would decrypt for whom its policy or a grant names",
    ["kms:PutKeyPolicy", KEY, own],
    ["kms:PutKeyPolicy", KEY],
    ["kms:CreateGrant", KEY, own],
    ["kms:CreateGrant", KEY],
    ["kms:Decrypt", KEY, own],
  ),
  ...closed(
    "DeployRole",
    "keys that are not the stage's would be gone, or pass for its",
    ["kms:ScheduleKeyDeletion", KEY],
    ["kms:ScheduleKeyDeletion", KEY, staging],
    ["kms:TagResource", KEY, { ...bears("hhvm"), "kms:ResourceAliases": ["alias/payroll"] }],
    ["kms:TagResource", KEY, { ...bears("hhvm"), ...staging }],
    ["kms:UpdateAlias", arn("kms", "alias/payroll")],
  ),
  ...closed(
    "DeployRole",
    "earlier states would be gone, or the bucket that keeps them opened",
    ...bucketSettings.map((name): Row => [`s3:${name}`, `arn:aws:s3:::${STATE_BUCKET}`]),
    ["s3:DeleteObjectVersion", state("muster/hhvm.tfstate")],
    ["s3:DeleteObject", state("muster/hhvm.tfstate")],
    ["s3:DeleteObject", state("plans/main/hhvm/1-1.tar.gz")],
    ["s3:PutObject", state("plans/main/hhvm/1-1.tar.gz")],
  ),
  ...closed(
    "DeployRole",
    "one stage's approval would change another's",
    ["s3:GetObject", state("muster/staging.tfstate")],
    ["s3:PutObject", state("muster/staging.tfstate")],
    ["s3:DeleteObject", state("muster/staging.tfstate.tflock")],
    ["s3:GetObjectVersion", state("plans/main/staging/1-1.tar.gz")],
    ["lambda:UpdateFunctionCode", arn("lambda", "function:staging-muster-repair"), staging],
    ["states:UpdateStateMachine", arn("states", "stateMachine:staging-muster-build"), staging],
    ["iam:PutRolePolicy", iam("role/muster/staging-muster-repair"), within],
    ["iam:PassRole", iam("role/muster/staging-muster-repair"), { "iam:PassedToService": "lambda.amazonaws.com" }],
    ["iam:CreatePolicyVersion", iam("policy/muster/staging-muster-operator")],
    ["s3:PutBucketPolicy", `arn:aws:s3:::staging-muster-downloads-${ACCOUNT}`],
    ["s3:DeleteObject", `arn:aws:s3:::staging-muster-assets-${ACCOUNT}/scripts/make.sh`],
    ["ec2:CreateLaunchTemplateVersion", arn("ec2", "launch-template/lt-0a1b2c3d4e5f60718"), staging],
    ["ec2:DeleteVpc", arn("ec2", "vpc/vpc-0a1b2c3d4e5f60718"), staging],
    ["ec2:CreateTags", arn("ec2", "vpc/vpc-0a1b2c3d4e5f60718"), { ...own, ...bears("staging") }],
    ["ec2:CreateTags", arn("ec2", "security-group/sg-0a1b2c3d4e5f60718"), { ...staging, ...bears("hhvm") }],
    ["cloudfront:UpdateDistribution", `arn:aws:cloudfront::${ACCOUNT}:distribution/E1EXAMPLE`, staging],
    [
      "cloudfront:UpdateCachePolicy",
      `arn:aws:cloudfront::${ACCOUNT}:cache-policy/658327ea-f89d-4fab-a63d-7e88639e58f6`,
    ],
    ["ssm:PutParameter", arn("ssm", "parameter/muster/staging/description"), staging],
    ["scheduler:UpdateSchedule", arn("scheduler", "schedule/staging-muster-schedules/reap")],
  ),
  ...closed(
    "DeployRole",
    "what is none of Muster's would be changed, or gone",
    ["s3:DeleteObject", "arn:aws:s3:::payroll/2026/11.csv"],
    ["s3:DeleteObject", `arn:aws:s3:::hhvm-downloads-${ACCOUNT}/source/hhvm-4.28.2.tar.gz`],
    ["s3:GetObject", `arn:aws:s3:::hhvm-state-${ACCOUNT}/executions/some-build/health-check-token.json`],
    ["ec2:DeleteVolume", arn("ec2", "volume/vol-0a1b2c3d4e5f60718"), own],
    ["ec2:DeleteVolume", arn("ec2", "volume/vol-0a1b2c3d4e5f60718")],
    ["ec2:CreateSnapshot", arn("ec2", "volume/vol-0a1b2c3d4e5f60718")],
    ["ec2:RunInstances", arn("ec2", "instance/i-0a1b2c3d4e5f60718"), own],
    ["ec2:ModifyInstanceAttribute", arn("ec2", "instance/i-0a1b2c3d4e5f60718"), own],
    ["ec2:AuthorizeSecurityGroupIngress", arn("ec2", "security-group/sg-0a1b2c3d4e5f60718"), own],
    ["ec2:DeleteVpc", arn("ec2", "vpc/vpc-0a1b2c3d4e5f60718")],
    ["ec2:DeleteTags", arn("ec2", "vpc/vpc-0a1b2c3d4e5f60718"), { ...own, "aws:TagKeys": ["muster:stage"] }],
    ["route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z9999999999999999999"],
    ["route53:DeleteHostedZone", "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"],
    ["logs:DeleteLogGroup", arn("logs", "log-group:/aws/cloudtrail/audit")],
    ["cloudwatch:DeleteAlarms", arn("cloudwatch", "alarm:payroll-down")],
    ["events:DeleteRule", arn("events", "rule/payroll")],
    ["ecr:DeleteRepository", arn("ecr", "repository/payroll")],
    ["sns:DeleteTopic", arn("sns", "payroll")],
    ["lambda:UpdateFunctionCode", arn("lambda", "function:hhvmology")],
  ),
  ...closed(
    "DeployRole",
    "a service would do for others, or to others, what the role may not",
    ["lambda:AddPermission", arn("lambda", "function:hhvm-repair"), { ...own, "lambda:Principal": "999988887777" }],
    ["lambda:AddPermission", arn("lambda", "function:hhvm-repair"), { ...own, "lambda:Principal": "*" }],
    ["lambda:CreateFunctionUrlConfig", arn("lambda", "function:hhvm-repair"), own],
    ["lambda:InvokeFunction", arn("lambda", "function:hhvm-repair"), own],
    ["states:StartExecution", arn("states", "stateMachine:hhvm-build"), own],
    ["sns:AddPermission", arn("sns", "hhvm-alarms"), own],
    ["sns:Subscribe", arn("sns", "hhvm-alarms"), { ...own, "sns:Protocol": "https" }],
    ["ecr:SetRepositoryPolicy", arn("ecr", "repository/hhvm-failed-builds"), own],
    [
      "events:PutTargets",
      arn("events", "rule/hhvm-build-failed"),
      { ...own, "events:TargetArn": ["arn:aws:events:us-west-2:999988887777:event-bus/theirs"] },
    ],
    [
      "cloudwatch:PutMetricAlarm",
      arn("cloudwatch", "alarm:hhvm-reaper-acting"),
      { ...own, "cloudwatch:AlarmActions": ["arn:aws:automate:us-west-2:ec2:terminate"] },
    ],
    [
      "logs:PutDeliveryDestination",
      arn("logs", "delivery-destination:hhvm-edge"),
      { ...own, "logs:DeliveryDestinationResourceArn": "arn:aws:s3:::theirs" },
    ],
    ["iam:PassRole", iam("role/muster/hhvm-repair"), { "iam:PassedToService": "codebuild.amazonaws.com" }],
    ["iam:PassRole", iam("role/admin"), { "iam:PassedToService": "lambda.amazonaws.com" }],
    ["sts:AssumeRole", iam("role/admin")],
    ["iam:CreateServiceLinkedRole", iam("role/aws-service-role/organizations.amazonaws.com/x")],
  ),
  ...closed(
    "DeployRole",
    "the role would free itself",
    ["iam:CreateRole", iam("role/muster/hhvm-new"), { "iam:PermissionsBoundary": boundaryArn("staging") }],
    ["iam:CreateRole", iam("role/muster/hhvm-new")],
    ["iam:AttachRolePolicy", iam("role/muster/hhvm-repair"), within],
    ["iam:DeleteRolePermissionsBoundary", iam("role/muster/hhvm-repair"), within],
    ["iam:PutRolePolicy", iam("role/muster-deploy-hhvm"), within],
    ["iam:TagRole", iam("role/muster-deploy-hhvm")],
    ["iam:CreatePolicyVersion", boundaryArn("hhvm")],
    ["iam:CreatePolicyVersion", iam("policy/muster-refresh-hhvm")],
    ["iam:CreatePolicyVersion", iam("policy/muster-deploy-roles-hhvm")],
  ),
  ...(["PlanRole", "MainPlanRole"] as const).flatMap((role) => [
    ...closed(
      role,
      "what a pull request says would read what is none of its stage's",
      ["lambda:GetFunction", arn("lambda", "function:payroll")],
      ["lambda:GetFunction", arn("lambda", "function:staging-muster-repair")],
      ["lambda:GetFunctionConfiguration", arn("lambda", "function:payroll")],
      ["lambda:GetLayerVersion", arn("lambda", "layer:payroll:1")],
      ["ec2:DescribeInstanceAttribute", arn("ec2", "instance/i-0a1b2c3d4e5f60718"), own],
      ["ec2:DescribeInstances", "*"],
      ["s3:GetObject", state("muster/staging.tfstate")],
      ["s3:GetObject", state("other.tfstate")],
      ["s3:GetObject", state("plans/main/hhvm/1-1.tar.gz")],
      ["s3:GetObject", `arn:aws:s3:::staging-muster-assets-${ACCOUNT}/scripts/make.sh`],
      ["s3:ListBucket", "arn:aws:s3:::payroll"],
      ["s3:GetBucketPolicy", "arn:aws:s3:::payroll"],
      ["secretsmanager:DescribeSecret", arn("secretsmanager", "secret:payroll-AbCdEf")],
      ["states:DescribeStateMachine", arn("states", "stateMachine:payroll")],
      ["ssm:GetParameter", arn("ssm", "parameter/muster/staging/description")],
      ["kms:GetKeyPolicy", KEY],
      ["sns:GetTopicAttributes", arn("sns", "payroll")],
      ["events:DescribeRule", arn("events", "rule/payroll")],
      ["iam:GetRolePolicy", iam("role/muster/staging-muster-repair")],
      ["route53:ListResourceRecordSets", "arn:aws:route53:::hostedzone/Z9999999999999999999"],
      ["scheduler:GetSchedule", arn("scheduler", "schedule/payroll/monthly")],
      ["cloudfront:GetDistribution", `arn:aws:cloudfront::${ACCOUNT}:distribution/E9EXAMPLE`],
      ["cloudfront:GetKeyGroup", "*"],
    ),
    ...closed(
      role,
      "a plan changes nothing, and lands where only its own stage's does",
      ["s3:PutObject", state("muster/hhvm.tfstate")],
      ["s3:PutObject", state("plans/main/staging/1-1.tar.gz")],
      ["s3:PutObject", state("plans/pull-requests/staging/7.tfplan")],
      ["s3:PutBucketPolicy", `arn:aws:s3:::${STATE_BUCKET}`],
    ),
  ]),
];
