import { functionNames, kebab } from "@muster/pipeline";
import {
  arn,
  bucketOf,
  type CallGroup,
  group,
  instance,
  lambda,
  machine,
  object,
  ofStage,
  part,
  queue,
  roleArn,
  SELF,
  stream,
  WORKERS,
  whole,
  wholeIfNew,
} from "./call-tables.ts";

const KEY = arn("kms", "key/0a1b2c3d-0000-4000-8000-000000000000");
const signingKey = { "kms:ResourceAliases": ["alias/hhvm-signing-key"] };
const token = object("state", "executions/4.28.2_alice/health-check-token.json");
const done = object("state", "executions/4.28.2_alice/done.json");
const record = object("state", `attempts/MakeBinaryPackage/4.28.2_alice/MakeBinaryPackage-4.28.2/1_${SELF}`);
const TEMPLATE = arn("ec2", "launch-template/lt-0a1b2c3d4e5f60718");
const LAUNCHERS = ["PrepareActivity", "HealthCheck", "Repair"];
const SIGNERS = ["MakeSourceTarball", "PublishBinaryPackages"];
const itself = { ...machine(SELF), "aws:TagKeys": ["Name", "muster:state", "muster:task"] };

/** What each caller has to get, and what for. */
export const neededCalls: readonly CallGroup[] = [
  group(
    "a worker serves its queue",
    ["MakeBinaryPackage"],
    ["states:GetActivityTask", queue("make-binary-package"), ofStage],
  ),
  group(
    "a worker serves its queue",
    ["PublishBinaryPackages"],
    ["states:GetActivityTask", queue("publish-binary-packages"), ofStage],
  ),
  group(
    "it tells what becomes of the task whose token it has, and what it does",
    WORKERS,
    ["states:SendTaskHeartbeat", "*"],
    ["states:SendTaskSuccess", "*"],
    ["states:SendTaskFailure", "*"],
    ["ec2:CreateTags", instance(SELF), itself],
  ),
  group(
    "it fetches its agent and what it runs, as its build began with them",
    ["MakeBinaryPackage"],
    ["s3:GetObjectVersion", object("assets", "agents/x86_64.tar.gz")],
    ["s3:GetObjectVersion", object("assets", "scripts/make-binary-package.sh")],
    ["s3:GetObjectVersion", object("assets", "scripts/after-task/make-binary-package.sh")],
    ["s3:GetObjectVersion", object("assets", "scripts/init/docker.sh")],
    ["s3:GetObjectVersion", object("assets", "scripts/dummy-task.sh")],
  ),
  group(
    "its log and its records outlive it; a large log goes in parts",
    ["MakeBinaryPackage"],
    ["logs:CreateLogStream", stream("/muster/hhvm/hhvm/make-binary-package")],
    ["logs:PutLogEvents", stream("/muster/hhvm/hhvm/make-binary-package")],
    ["s3:PutObject", `${record}.json`, wholeIfNew],
    ["s3:PutObject", `${record}.log.gz`, wholeIfNew],
    ["s3:PutObject", `${record}.log.gz`, part],
  ),
  group(
    "its claim lets repair give its task back at once when the machine is gone",
    ["MakeBinaryPackage"],
    ["s3:PutObject", object("state", `claims/MakeBinaryPackage/${SELF}.json`), whole],
    ["s3:DeleteObject", object("state", `claims/MakeBinaryPackage/${SELF}.json`)],
  ),
  group(
    "people whom IAM lets in look at a machine through Session Manager",
    WORKERS,
    ["ssm:UpdateInstanceInformation", instance(SELF)],
    ["ssmmessages:OpenControlChannel", "*"],
  ),
  group(
    "who signs decrypts the key, which lies beside the records",
    SIGNERS,
    ["kms:Decrypt", KEY, signingKey],
    ["s3:GetObject", object("state", "signing/key.gpg")],
  ),
  group(
    "sources are made from a private repository, and a release pushed to the public one",
    ["MakeSourceTarball", "PublishSourceTarball"],
    ["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:hhvm/git-ssh-key-AbCdEf")],
  ),
  group(
    "images are pushed to a registry that asks for a password",
    ["PublishDockerImages"],
    ["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:hhvm/docker-hub-AbCdEf")],
  ),
  group(
    "a source tarball is made, and signed",
    ["MakeSourceTarball"],
    ["s3:PutObject", object("scratch", "hhvm-4.28.2.tar.gz"), whole],
    ["s3:PutObject", object("scratch", "hhvm-4.28.2.tar.gz.sig"), whole],
    ["s3:PutObject", object("downloads", "source/nightlies/hhvm-nightly-2026.11.24.tar.gz"), whole],
    ["s3:GetObject", object("downloads", "source/hhvm-4.28.2.tar.gz")],
  ),
  group(
    "packages are made of a source",
    ["MakeBinaryPackage"],
    ["s3:GetObject", object("scratch", "hhvm-4.28.2.tar.gz")],
    ["s3:ListBucket", bucketOf("scratch")],
    ["s3:PutObject", object("scratch", "4.28.2/debian-11-bullseye/hhvm_4.28.2-1~bullseye_amd64.deb"), whole],
    ["s3:AbortMultipartUpload", object("scratch", "4.28.2/debian-11-bullseye/hhvm_4.28.2-1~bullseye_amd64.deb")],
    ["ecr:GetAuthorizationToken", "*"],
    ["ecr:PutImage", arn("ecr", "repository/hhvm-failed-builds")],
  ),
  group(
    "packages are published from one volume by one machine at a time",
    ["PublishBinaryPackages"],
    ["s3:GetObject", object("scratch", "4.28.2/debian-11-bullseye/hhvm_4.28.2-1~bullseye_amd64.deb")],
    ["s3:PutObject", object("downloads", "debian/dists/bullseye/InRelease"), whole],
    ["s3:GetObject", object("state", "leases/exclusive/PublishBinaryPackages.json")],
    ["s3:PutObject", object("state", "leases/exclusive/PublishBinaryPackages.json"), whole],
    [
      "ec2:AttachVolume",
      arn("ec2", "volume/vol-0a1b2c3d4e5f60718"),
      { "aws:ResourceTag/Name": "hhvm-package-repositories" },
    ],
    ["ec2:AttachVolume", instance(SELF), machine(SELF)],
    ["ec2:DescribeVolumes", "*"],
  ),
  group(
    "a release's tarball is published",
    ["PublishSourceTarball"],
    ["s3:PutObject", object("downloads", "source/hhvm-4.28.2.tar.gz"), whole],
  ),
  group(
    "a release's tarball is taken back, and lies there as an earlier version of its object",
    ["PublishSourceTarball"],
    ["s3:DeleteObject", object("downloads", "source/hhvm-4.28.2.tar.gz")],
  ),
  group(
    "what may run at once, and what was taken back, is known before a build begins",
    ["ParseInput"],
    ["states:ListExecutions", arn("states", "stateMachine:hhvm-build")],
    ["s3:GetObject", object("state", "withdrawals/4.28.2.json")],
    ["servicequotas:GetServiceQuota", arn("servicequotas", "ec2/L-1216C47A")],
  ),
  group(
    "workers are launched from the stage's templates, with the stage's roles and tags",
    LAUNCHERS,
    ["ec2:CreateFleet", TEMPLATE, ofStage],
    ["ec2:RunInstances", instance("*"), { "ec2:LaunchTemplate": TEMPLATE }],
    [
      "iam:PassRole",
      roleArn("muster/hhvm/workers/hhvm-make-binary-package-worker"),
      { "iam:PassedToService": "ec2.amazonaws.com" },
    ],
    ["ec2:DescribeInstances", "*"],
    ["s3:PutObject", object("state", "launches/MakeBinaryPackage/2026-11-24T09:00:00.000Z_1.json"), wholeIfNew],
  ),
  group(
    "a task is skipped by what is there",
    ["PrepareActivity"],
    ["s3:GetObject", object("downloads", "source/hhvm-4.28.2.tar.gz")],
  ),
  group(
    "a task of a machine that is gone is given back by its claim",
    ["Repair", "HealthCheck"],
    ["s3:GetObject", object("state", `claims/MakeBinaryPackage/${SELF}.json`)],
    ["s3:DeleteObject", object("state", `claims/MakeBinaryPackage/${SELF}.json`)],
    ["states:SendTaskFailure", "*"],
  ),
  group(
    "a build waits with a token, which its end answers",
    ["HealthCheckWait"],
    ["s3:PutObject", token, whole],
    ["s3:GetObject", done],
    ["states:SendTaskSuccess", "*"],
  ),
  group(
    "a build's end marks it done, and wakes what waits",
    ["EndHealthCheck"],
    ["s3:PutObject", done, whole],
    ["s3:GetObject", token],
    ["s3:DeleteObject", token],
  ),
  group("a tick of a build that is done counts nothing", ["HealthCheck"], ["s3:GetObject", done]),
  group(
    "the reaper ends what nobody needs",
    ["Reap"],
    ["ec2:TerminateInstances", instance(SELF), machine(SELF)],
    ["s3:PutObject", object("state", "reaper/marks.json"), whole],
    ["s3:DeleteObject", object("state", "launches/MakeBinaryPackage/2026-11-24T09:00:00.000Z_1.json")],
    ["s3:DeleteObject", token],
  ),
  group(
    "a build's page says what failed, and is kept",
    ["KeepPage"],
    ["s3:GetObject", `${record}.json`],
    ["s3:PutObject", object("state", "pages/4.28.2_alice.html"), whole],
    ["states:GetExecutionHistory", arn("states", "execution:hhvm-build:4.28.2_alice")],
  ),
  group(
    "downloads have pages that list them",
    ["UpdateIndices"],
    ["s3:ListBucket", bucketOf("downloads")],
    ["s3:PutObject", object("downloads", "source/index.html"), whole],
  ),
  group(
    "what users get is not what the edge remembers",
    ["InvalidateCloudFront"],
    ["cloudfront:CreateInvalidation", "arn:aws:cloudfront::111122223333:distribution/E1EXAMPLE", ofStage],
  ),
  ...functionNames.map((name) =>
    group(
      "a function says what it did",
      [name],
      ["logs:PutLogEvents", stream(`/aws/lambda/hhvm-${kebab(name)}`, "2026/11/24/[12]0123")],
    ),
  ),
  group(
    "refused connections are logged",
    ["flow_log"],
    ["logs:PutLogEvents", stream("/muster/hhvm/network", "eni-0a1b2c3d-reject")],
  ),
  group(
    "the state machine calls its functions",
    ["state_machine"],
    ["lambda:InvokeFunction", lambda("prepare-activity:12")],
  ),
  group(
    "schedules start builds, and the reaper",
    ["scheduler"],
    ["lambda:InvokeFunction", lambda("reap:live")],
    ["states:StartExecution", arn("states", "stateMachine:hhvm-build")],
  ),
  group(
    "people start builds, follow them, and read what they left",
    ["operator"],
    ["states:StartExecution", arn("states", "stateMachine:hhvm-build")],
    ["states:GetExecutionHistory", arn("states", "execution:hhvm-build:4.28.2_alice")],
    ["logs:GetLogEvents", stream("/muster/hhvm/hhvm/make-binary-package")],
    ["s3:GetObject", `${record}.json`],
    ["s3:ListBucket", bucketOf("state"), { "s3:prefix": "attempts/MakeBinaryPackage/4.28.2_alice/" }],
    ["s3:GetObject", object("scratch", "hhvm-4.28.2.tar.gz")],
  ),
  group("who is asked answers", ["approver"], ["states:SendTaskSuccess", "*"]),
  group(
    "a plan reads the stage's settings",
    ["PlanRole", "MainPlanRole"],
    ["s3:GetBucketPolicy", bucketOf("state")],
    ["iam:GetRolePolicy", roleArn("muster/hhvm-repair")],
  ),
  group(
    "a deployment uploads what workers run, and sets buckets up",
    ["DeployRole"],
    ["s3:PutObject", object("assets", "scripts/make-binary-package.sh"), whole],
    ["s3:PutBucketPolicy", bucketOf("state")],
  ),
  group(
    "the edge reads what users may have",
    ["cloudfront.amazonaws.com"],
    [
      "s3:GetObject",
      object("downloads", "debian/dists/bullseye/InRelease"),
      { "aws:SourceArn": "arn:aws:cloudfront::111122223333:distribution/E1EXAMPLE" },
    ],
  ),
  group(
    "access is logged",
    ["logging.s3.amazonaws.com"],
    ["s3:PutObject", object("logs", "s3/state/1"), { ...whole, "aws:SourceAccount": "111122223333" }],
  ),
  group(
    "alarms reach people",
    ["cloudwatch.amazonaws.com"],
    ["sns:Publish", arn("sns", "hhvm-alarms"), { "aws:SourceAccount": "111122223333" }],
  ),
  group(
    "machines and functions have the roles that were made for them",
    ["ec2.amazonaws.com"],
    ["sts:AssumeRole", roleArn("muster/hhvm/workers/hhvm-make-binary-package-worker")],
  ),
  group(
    "machines and functions have the roles that were made for them",
    ["lambda.amazonaws.com"],
    ["sts:AssumeRole", roleArn("muster/hhvm-repair")],
  ),
];
