import { functionNames } from "@muster/pipeline";
import {
  arn,
  bucketOf,
  type CallGroup,
  done,
  group,
  instance,
  KEY,
  LAUNCHERS,
  lambda,
  machine,
  OTHER,
  object,
  ofStage,
  queue,
  roleArn,
  SELF,
  signingKey,
  stream,
  token,
  WORKERS,
  whole,
  wholeIfNew,
} from "./call-tables.ts";

const SECRET = arn("secretsmanager", "secret:hhvm/git-ssh-key-AbCdEf");
const claim = object("state", `claims/MakeBinaryPackage/${OTHER}.json`);
const record = object("state", "attempts/MakeBinaryPackage/4.28.2_alice/MakeBinaryPackage-4.28.2/1_i-1.json");

const OPERATORS = ["operator", "approver"];
const DEPLOYERS = ["PlanRole", "MainPlanRole", "DeployRole"];
const OF_SERVICES = ["state_machine", "scheduler", "flow_log"];
const SERVICES = [
  "cloudfront.amazonaws.com",
  "cloudwatch.amazonaws.com",
  "delivery.logs.amazonaws.com",
  "events.amazonaws.com",
  "logging.s3.amazonaws.com",
];
const but = (...names: string[]): string[] => functionNames.filter((name) => !names.includes(name));

/** What functions, people, deployments and AWS's own services must not get, and why. */
export const forbiddenToOthers: readonly CallGroup[] = [
  group(
    "no function signs, publishes, or changes what a worker runs",
    functionNames,
    ["kms:Decrypt", KEY, signingKey],
    ["s3:GetObject", object("state", "signing/key.gpg")],
    ["s3:PutObject", object("assets", "scripts/make-binary-package.sh"), whole],
    ["s3:PutObject", object("downloads", "debian/dists/bullseye/InRelease"), whole],
    ["s3:PutObject", object("scratch", "hhvm-4.28.2.tar.gz"), whole],
    ["s3:PutObject", record, wholeIfNew],
    ["secretsmanager:GetSecretValue", SECRET],
    ["sts:AssumeRole", roleArn("muster/hhvm/workers/hhvm-publish-binary-packages-worker")],
    ["lambda:UpdateFunctionCode", lambda("repair"), ofStage],
  ),
  group(
    "claims hold tokens of tasks: only who gives tasks back reads them",
    [...but(...LAUNCHERS, "Reap"), ...OPERATORS, ...DEPLOYERS, ...OF_SERVICES],
    ["s3:GetObject", claim],
  ),
  group(
    "the token that wakes a build is for who answers it",
    [...but("EndHealthCheck"), ...OPERATORS, ...DEPLOYERS],
    ["s3:GetObject", token],
  ),
  group("a build that is marked done stops looking after its workers", but("EndHealthCheck"), [
    "s3:PutObject",
    done,
    whole,
  ]),
  group("a token that another leaves wakes another build", but("HealthCheckWait"), ["s3:PutObject", token, whole]),
  group(
    "machines are launched by who counts them",
    [...but(...LAUNCHERS), ...OPERATORS, ...DEPLOYERS],
    ["ec2:CreateFleet", arn("ec2", "fleet/*")],
    ["ec2:RunInstances", instance("*"), { "ec2:LaunchTemplate": arn("ec2", "launch-template/lt-0a1b2c3d4e5f60718") }],
  ),
  group(
    "machines are ended by the reaper",
    [...but("Reap"), ...OPERATORS, ...DEPLOYERS],
    ["ec2:TerminateInstances", instance(OTHER), machine(OTHER)],
  ),
  group(
    "the reaper ends no machine of another stage",
    ["Reap"],
    [
      "ec2:TerminateInstances",
      instance(OTHER),
      { "aws:ResourceTag/muster:stage": "canary", "aws:ResourceTag/muster:pipeline": "hhvm" },
    ],
  ),
  group(
    "a launch hands over this stage's workers' roles, to EC2",
    LAUNCHERS,
    ["iam:PassRole", roleArn("muster/hhvm-repair"), { "iam:PassedToService": "ec2.amazonaws.com" }],
    ["iam:PassRole", roleArn("muster/canary/workers/x"), { "iam:PassedToService": "ec2.amazonaws.com" }],
    [
      "iam:PassRole",
      roleArn("muster/hhvm/workers/hhvm-make-binary-package-worker"),
      { "iam:PassedToService": "lambda.amazonaws.com" },
    ],
    ["ec2:RunInstances", instance("*")],
  ),
  group(
    "a queue is polled by its workers, and by who gives up what waits in it",
    [...but(...LAUNCHERS), ...OPERATORS],
    ["states:GetActivityTask", queue("make-binary-package"), ofStage],
  ),
  group(
    "who starts builds neither answers tasks nor writes what builds are judged by",
    ["operator"],
    ["states:SendTaskSuccess", "*"],
    ["s3:PutObject", record, wholeIfNew],
    ["s3:PutObject", object("scratch", "hhvm-4.28.2.tar.gz"), whole],
    ["s3:DeleteObject", object("downloads", "source/hhvm-4.28.2.tar.gz")],
    ["ssm:StartSession", instance(SELF), machine(SELF)],
    ["s3:GetObject", object("state", "signing/key.gpg")],
    ["lambda:InvokeFunction", lambda("reap:live")],
  ),
  group(
    "who approves does not start, and reads nothing by it",
    ["approver"],
    ["states:StartExecution", arn("states", "stateMachine:hhvm-build")],
    ["states:GetExecutionHistory", arn("states", "execution:hhvm-build:4.28.2_alice")],
  ),
  group(
    "AWS's services do with a role what it was handed over for",
    OF_SERVICES,
    ["s3:GetObject", object("state", "signing/key.gpg")],
    ["lambda:InvokeFunction", lambda("repair:live")],
    ["logs:PutLogEvents", stream("/muster/hhvm/hhvm/make-binary-package")],
    ["states:SendTaskSuccess", "*"],
  ),
  group(
    "a deployment has what the stage consists of, and nothing that it made",
    DEPLOYERS,
    ["s3:GetObject", object("state", "signing/key.gpg")],
    ["s3:GetObject", object("scratch", "hhvm-4.28.2.tar.gz")],
    ["s3:PutObject", object("downloads", "debian/dists/bullseye/InRelease"), whole],
    ["secretsmanager:GetSecretValue", SECRET],
    ["kms:Decrypt", KEY, { ...signingKey, ...ofStage }],
    ["states:StartExecution", arn("states", "stateMachine:hhvm-build"), ofStage],
    ["sts:AssumeRole", roleArn("muster/hhvm/workers/hhvm-publish-binary-packages-worker")],
    ["logs:GetLogEvents", stream("/muster/hhvm/hhvm/make-binary-package")],
  ),
  group(
    "what a resource itself denies stays denied, whatever else an account lets somebody do",
    ["administrator", "anyone"],
    ["secretsmanager:GetSecretValue", SECRET],
    ["kms:Decrypt", KEY, signingKey],
    ["kms:CreateGrant", KEY, signingKey],
    ["s3:PutObject", record, whole],
    ["sts:AssumeRole", roleArn("muster/hhvm/workers/hhvm-publish-binary-packages-worker")],
    ["sts:AssumeRole", roleArn("muster/hhvm-repair")],
  ),
  group(
    "nothing goes over the wire in the clear, or by an old TLS",
    ["administrator", "PublishBinaryPackages"],
    ["s3:GetObject", object("downloads", "debian/dists/bullseye/InRelease"), { "aws:SecureTransport": "false" }],
    ["s3:PutObject", object("downloads", "debian/dists/bullseye/InRelease"), { ...whole, "s3:TlsVersion": "1.1" }],
  ),
  group(
    "a service writes where this account asked it to, and reads what is published",
    SERVICES,
    ["s3:GetObject", object("state", "signing/key.gpg")],
    ["s3:GetObject", object("scratch", "hhvm-4.28.2.tar.gz")],
    ["s3:PutObject", object("assets", "scripts/make-binary-package.sh"), whole],
    ["s3:PutObject", object("downloads", "debian/dists/bullseye/InRelease"), whole],
    ["sts:AssumeRole", roleArn("muster/hhvm-repair")],
    ["kms:Decrypt", KEY, signingKey],
  ),
  group(
    "for another account, a service is another's",
    SERVICES,
    [
      "s3:GetObject",
      object("downloads", "index.html"),
      { "aws:SourceArn": "arn:aws:cloudfront::999988887777:distribution/E2" },
    ],
    ["s3:PutObject", object("logs", "s3/state/1"), { ...whole, "aws:SourceAccount": "999988887777" }],
    ["sns:Publish", arn("sns", "hhvm-alarms"), { "aws:SourceAccount": "999988887777" }],
  ),
  group(
    "only Lambda takes a function's role, and only EC2 a machine's",
    ["ec2.amazonaws.com"],
    ["sts:AssumeRole", roleArn("muster/hhvm-repair")],
    ["sts:AssumeRole", roleArn("muster/hhvm-state-machine")],
  ),
  group(
    "only Lambda takes a function's role, and only EC2 a machine's",
    ["lambda.amazonaws.com"],
    ["sts:AssumeRole", roleArn("muster/hhvm/workers/hhvm-publish-binary-packages-worker")],
  ),
  group(
    "a bucket's settings are the deployment's",
    [...functionNames, ...WORKERS, ...OPERATORS],
    ["s3:PutBucketPolicy", bucketOf("state")],
  ),
];
