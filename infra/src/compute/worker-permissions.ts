import {
  type Activity,
  type BucketRole,
  type Pipeline,
  type S3Object,
  scriptKey,
  workerLogGroup,
} from "@muster/pipeline";
import { stateKey, WorkerTag } from "@muster/records";
import { ANY, allow, type Condition, policyVariable, type Statement } from "../iam/policy.ts";
import { secretStatements } from "../secrets/secret-permissions.ts";
import type { ResourceNames, StageScope } from "../stage-scope.ts";
import { asPrefixes, keysIn, takenBackPatterns, writtenPatterns } from "./object-patterns.ts";

/** What a worker of one activity may do: serve its own queue, touch its own objects, write its own log, name itself. */
export function workerStatements(activity: Activity, scope: StageScope): Statement[] {
  return [
    ...taskStatements(activity, scope),
    ...agentStatements(activity, scope),
    ...artifactStatements(activity, scope),
    ...accessStatements(activity, scope),
    ...secretStatements(activity, scope),
    ...sessionStatements(scope),
  ];
}

function taskStatements(activity: Activity, { names }: StageScope): Statement[] {
  return [
    allow("TakeTasks", ["states:GetActivityTask"], [names.activityArn(activity)]),
    // These name no resource: the task's token, which only its taker has, is the permission.
    allow("ReportTasks", ["states:SendTaskHeartbeat", "states:SendTaskSuccess", "states:SendTaskFailure"], ANY),
  ];
}

function agentStatements(activity: Activity, { stage, pipeline, names }: StageScope): Statement[] {
  const state = names.bucketArn("state");
  const logs = `log-group:${workerLogGroup(stage.name, pipeline, activity)}`;
  return [
    allow(
      "FetchAgentAndScripts",
      ["s3:GetObjectVersion"],
      ["agents/*", ...scriptsOf(activity, pipeline)].map((key) => `${names.bucketArn("assets")}/${key}`),
    ),
    allow("WriteLog", ["logs:CreateLogStream", "logs:PutLogEvents"], [names.arn("logs", `${logs}:log-stream:w_*`)]),
    // What a machine is stays as it was launched: these tags say what it does.
    allow("TagItself", ["ec2:CreateTags"], [names.arn("ec2", "instance/*")], {
      ...itself(names),
      "ForAllValues:StringEquals": { "aws:TagKeys": ["Name", WorkerTag.state, WorkerTag.task] },
      // Of a request without tags, "all values" would be true.
      Null: { "aws:TagKeys": "false" },
    }),
    // Written and cleared, never read: a claim holds the token of a task.
    allow("ClaimTask", ["s3:PutObject", "s3:DeleteObject"], [`${state}/${stateKey.claim(activity.name, "*")}`]),
    // What is there stays, as the bucket's policy has it.
    allow("RecordAttempt", ["s3:PutObject"], [`${state}/${stateKey.attempts(activity.name)}*`]),
    ...(activity.exclusive
      ? [allow("HoldLease", ["s3:GetObject", "s3:PutObject"], [`${state}/${stateKey.exclusiveLease(activity.name)}`])]
      : []),
    // Without it, S3 answers 403 instead of 404 for an object that is not there.
    ...(activity.exclusive ? [allow("SeeThatNoLeaseIsThere", ["s3:ListBucket"], [state])] : []),
  ];
}

/** Keys of what its workers run. A script that has moved is gone with its old key, so that no earlier build asks for another one. */
function scriptsOf({ script, init, afterTask, withdraw }: Activity, { dummyScript }: Pipeline): string[] {
  const paths = [script, init, afterTask, withdraw?.kind === "script" ? withdraw.script : undefined, dummyScript];
  return [...new Set(paths.flatMap((path) => (path === undefined ? [] : scriptKey(path))))].sort();
}

const ARTIFACTS = ["scratch", "downloads", "state"] as const satisfies readonly BucketRole[];

function artifactStatements(activity: Activity, { pipeline, names }: StageScope): Statement[] {
  const { reads, deletes } = activity.access ?? {};
  return ARTIFACTS.flatMap((role) => {
    const bucket = names.bucketArn(role);
    const at = (objects: readonly S3Object[]) => distinct(keysIn(objects, role)).map((key) => `${bucket}/${key}`);
    const written = at(writtenPatterns(activity, pipeline));
    const read = at(asPrefixes(reads));
    const removed = at([...asPrefixes(deletes), ...takenBackPatterns(activity, pipeline)]);
    const suffix = `${role[0]?.toUpperCase()}${role.slice(1)}`;
    return [
      // What is large goes in parts, which are thrown away where one of them fails.
      ...(written.length > 0 ? [allow(`Write${suffix}`, ["s3:PutObject", "s3:AbortMultipartUpload"], written)] : []),
      ...(removed.length > 0 ? [allow(`Remove${suffix}`, ["s3:DeleteObject"], removed)] : []),
      ...(read.length > 0 ? [allow(`Read${suffix}`, ["s3:GetObject"], read)] : []),
      // On the bucket as a whole: a lookup of an object that is not there carries no prefix, and would be refused.
      ...(read.length > 0 ? [allow(`List${suffix}`, ["s3:ListBucket"], [bucket])] : []),
    ];
  });
}

/** Patterns without those that another one covers: `a/b*` beside `a/*`. */
function distinct(patterns: readonly string[]): string[] {
  const covers = (wide: string, narrow: string) =>
    wide !== narrow && wide.endsWith("*") && narrow.startsWith(wide.slice(0, -1)) && !wide.slice(0, -1).includes("*");
  return [...new Set(patterns)].filter((pattern) => !patterns.some((other) => covers(other, pattern))).sort();
}

/** What the definition names beyond the stage's buckets. */
function accessStatements({ access }: Activity, { names }: StageScope): Statement[] {
  const { otherBuckets = [], imageRepositories = [], volumes = [] } = access ?? {};
  const bucketArn = (name: string) => names.arn("s3", name, { region: "", account: "" });
  return [
    ...(otherBuckets.length > 0
      ? [
          allow(
            "UseOtherBuckets",
            ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"],
            otherBuckets.map((name) => `${bucketArn(name)}/*`),
          ),
          allow("ListOtherBuckets", ["s3:ListBucket"], otherBuckets.map(bucketArn)),
        ]
      : []),
    ...(imageRepositories.length > 0
      ? [
          // A login is to the account's registry as a whole; what it may do there is the next statement.
          allow("LogInToRegistry", ["ecr:GetAuthorizationToken"], ANY),
          allow(
            "PushImages",
            [
              "ecr:BatchCheckLayerAvailability",
              "ecr:InitiateLayerUpload",
              "ecr:UploadLayerPart",
              "ecr:CompleteLayerUpload",
              "ecr:PutImage",
            ],
            imageRepositories.map((name) => names.arn("ecr", `repository/${names.imageRepository(name)}`)),
          ),
        ]
      : []),
    ...(volumes.length > 0 ? volumeStatements(volumes, names) : []),
  ];
}

function volumeStatements(volumes: readonly string[], names: ResourceNames): Statement[] {
  const actions = ["ec2:AttachVolume", "ec2:DetachVolume"];
  return [
    allow("AttachVolumes", actions, [names.arn("ec2", "volume/*")], {
      StringEquals: { "aws:ResourceTag/Name": volumes.map(names.volume) },
    }),
    allow("AttachToItself", actions, [names.arn("ec2", "instance/*")], itself(names)),
    // Listing has no resource to name.
    allow("FindVolumes", ["ec2:DescribeVolumes"], ANY),
  ];
}

/**
 * Session Manager, in place of SSH: a shell for people whom IAM lets in, without an open port, on machines whose image brings its agent. Nothing else
 * installs it: a worker fetches one archive and runs no package manager before its first script.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
 */
function sessionStatements({ names }: StageScope): Statement[] {
  return [
    allow("RegisterForSessions", ["ssm:UpdateInstanceInformation"], [names.arn("ec2", "instance/*")]),
    // A channel names no resource. @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmessagegatewayservice.html
    allow(
      "OpenSessions",
      [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ],
      ANY,
    ),
  ];
}

/** The machine that calls is the machine that is named. */
const itself = (names: ResourceNames): Condition => ({
  ArnEquals: { "ec2:SourceInstanceARN": names.arn("ec2", `instance/${policyVariable("ec2:InstanceID")}`) },
});
