import { type FunctionName, policyOf } from "@muster/pipeline";
import { stateFolder, stateKey } from "@muster/records";
import { ANY, allow, type Statement } from "../iam/policy.ts";
import { ofThisStage } from "../iam/stage-tags.ts";
import { secretNameOf, toldHere, topicArnOf } from "../notifications/told-here.ts";
import type { StageScope } from "../stage-scope.ts";
import { type LaunchTargets, launchStatements } from "./launch-permissions.ts";
import { listedPlatformStatements } from "./listed-platforms.ts";

/** What functions act on beyond what names alone tell. */
export interface FunctionTargets extends LaunchTargets {
  /** None on a stage without an edge. */
  readonly distributionArn: string | undefined;
}

/** What one function may do: the calls that its code makes, on the objects that it makes them on. */
export function functionStatements(name: FunctionName, scope: StageScope, targets: FunctionTargets): Statement[] {
  return [...logStatements(name, scope), ...ownStatements(scope, targets)[name]];
}

function ownStatements(scope: StageScope, targets: FunctionTargets): Record<FunctionName, Statement[]> {
  const { names } = scope;
  const state = recordStatements(scope);
  const builds = buildStatements(scope);
  const repairing = [
    ...builds.follow,
    ...builds.followPlatforms,
    ...builds.failTasks,
    ...launchStatements(scope, targets),
    state.list,
    state.on("ReadRecords", ["s3:GetObject"], "answered", "attention", "claims", "demands", "launches", "repairLeases"),
    state.on("DropRecords", ["s3:DeleteObject"], "attention", "claims", "demands"),
  ];
  const readArtifacts = (["scratch", "downloads"] as const).map((role) => names.bucketArn(role));
  const artifacts = [
    allow(
      "FindArtifacts",
      ["s3:GetObject"],
      readArtifacts.map((arn) => `${arn}/*`),
    ),
    // Without it, S3 answers 403 instead of 404 for an object that is not there.
    allow("SeeWhatIsMissing", ["s3:ListBucket"], readArtifacts),
  ];
  const downloads = names.bucketArn("downloads");
  const knowDurations = [state.at("KnowDurations", ["s3:GetObject"], stateKey.durations)];
  return {
    ParseInput: [
      ...builds.list,
      allow("ReadBuilds", ["states:DescribeExecution"], [builds.executions]),
      state.list,
      state.on("KnowWithdrawals", ["s3:GetObject", "s3:PutObject"], "withdrawals"),
      // Which of EC2's quotas, its activities' markets say: on-demand and spot have one each.
      allow("ReadQuotas", ["servicequotas:GetServiceQuota"], [names.arn("servicequotas", "ec2/*")]),
    ],
    GetPlatformsForVersion: [
      ...listedPlatformStatements(scope),
      ...(policyOf(scope.stage).order === "longest-first" ? [state.list, ...knowDurations] : []),
    ],
    PrepareActivity: [
      ...repairing,
      ...artifacts,
      state.on("WriteRecords", ["s3:PutObject"], "answered", "attention", "demands", "launches", "repairLeases"),
      ...(policyOf(scope.stage).criticalPath === "on-demand" ? knowDurations : []),
    ],
    HealthCheck: [
      ...repairing,
      state.on("WriteRecords", ["s3:PutObject"], "answered", "attention", "launches", "repairLeases"),
      state.at("SeeWhetherDone", ["s3:GetObject"], stateKey.buildDone("*")),
      // What a build will come to is decided as PrepareActivity decides.
      ...(policyOf(scope.stage).startAhead
        ? [
            ...artifacts,
            ...listedPlatformStatements(scope),
            state.on("AskAhead", ["s3:PutObject"], "demands"),
            ...knowDurations,
          ]
        : []),
    ],
    HealthCheckWait: [
      ...builds.wakeUp,
      state.list,
      state.at("KeepToken", ["s3:PutObject", "s3:DeleteObject"], stateKey.healthCheckToken("*")),
      state.at("SeeWhetherDone", ["s3:GetObject"], stateKey.buildDone("*")),
    ],
    EndHealthCheck: [
      ...builds.wakeUp,
      state.list,
      state.at("MarkDone", ["s3:PutObject"], stateKey.buildDone("*")),
      state.at("AnswerToken", ["s3:GetObject", "s3:DeleteObject"], stateKey.healthCheckToken("*")),
    ],
    CheckIfReposChanged: [],
    UpdateIndices: [
      allow("ListDownloads", ["s3:ListBucket"], [downloads]),
      // A write over the very page that was listed reads its tag. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
      allow("WriteIndices", ["s3:GetObject", "s3:PutObject"], [`${downloads}/*index.html`]),
    ],
    InvalidateCloudFront:
      targets.distributionArn === undefined
        ? []
        : [allow("Invalidate", ["cloudfront:CreateInvalidation"], [targets.distributionArn])],
    // Of a large build.
    NormalizeResults: [state.list, state.on("ReadResults", ["s3:GetObject"], "mapRuns")],
    CheckForFailures: [allow("ReadHistory", ["states:GetExecutionHistory"], [builds.executions])],
    // The token came with the call.
    RequestApproval: [...builds.wakeUp, ...artifacts, ...listedPlatformStatements(scope)],
    KeepPage: [
      allow("ReadHistory", ["states:GetExecutionHistory"], [builds.executions]),
      ...builds.followPlatforms,
      state.list,
      state.on("ReadRecords", ["s3:GetObject"], "attempts", "launches"),
      // A write over the very page that was looked at reads its tag.
      state.on("KeepPages", ["s3:GetObject", "s3:PutObject"], "pages"),
      state.at("KeepDurations", ["s3:GetObject", "s3:PutObject"], stateKey.durations),
    ],
    Repair: [
      ...repairing,
      state.on("WriteRecords", ["s3:PutObject"], "answered", "attention", "launches", "repairLeases"),
      state.on("TidyUp", ["s3:DeleteObject"], "executions"),
    ],
    Reap: [
      ...builds.follow,
      ...builds.followPlatforms,
      // As for FailTasks below.
      allow("GiveBackTasks", ["states:SendTaskFailure"], ANY),
      // Listing instances names no resource.
      allow("SeeWorkers", ["ec2:DescribeInstances"], ANY),
      allow("EndWorkers", ["ec2:TerminateInstances"], [names.arn("ec2", "instance/*")], ofThisStage(scope)),
      state.list,
      state.on("ReadRecords", ["s3:GetObject"], "claims", "reaper"),
      state.on("Mark", ["s3:PutObject"], "reaper"),
      state.on("DropRecords", ["s3:DeleteObject"], "answered", "claims", "demands", "executions", "launches"),
    ],
    BuildStatus: [
      ...artifacts,
      state.list,
      state.on("KnowWithdrawals", ["s3:GetObject"], "withdrawals"),
      ...listedPlatformStatements(scope),
    ],
    Notify: notifyStatements(scope),
  };
}

/** Nothing on a stage that tells nobody. */
function notifyStatements(scope: StageScope): Statement[] {
  const { names } = scope;
  const told = toldHere(scope);
  if (told.length === 0) return [];
  const builds = buildStatements(scope);
  const state = recordStatements(scope);
  const secrets = [...new Set(told.flatMap((notification) => secretNameOf(notification, scope) ?? []))];
  const topics = told.flatMap((notification) => topicArnOf(notification, scope) ?? []);
  return [
    ...builds.follow,
    allow("ReadBuilds", ["states:DescribeExecution"], [builds.executions]),
    state.list,
    state.on("KeepRecords", ["s3:GetObject", "s3:PutObject"], "notifications"),
    ...(secrets.length === 0
      ? []
      : [
          allow(
            "ReadSecrets",
            ["secretsmanager:GetSecretValue"],
            // As for workers: Secrets Manager ends a secret's ARN in six characters of its own.
            secrets.map((name) => names.arn("secretsmanager", `secret:${name}-??????`)),
          ),
        ]),
    ...(topics.length === 0 ? [] : [allow("Tell", ["sns:Publish"], topics)]),
  ];
}

/** Records under a folder, or the one that has no other beside it. */
type RecordKind = keyof typeof stateFolder | "reaper";

function recordStatements({ names }: StageScope) {
  const bucket = names.bucketArn("state");
  return {
    list: allow("ListRecords", ["s3:ListBucket"], [bucket]),
    at: (sid: string, actions: readonly string[], key: string) => allow(sid, actions, [`${bucket}/${key}`]),
    on: (sid: string, actions: readonly string[], ...kinds: readonly RecordKind[]) =>
      allow(
        sid,
        actions,
        kinds.map((kind) => `${bucket}/${kind === "reaper" ? stateKey.reaper : `${stateFolder[kind]}*`}`),
      ),
  };
}

function buildStatements(scope: StageScope) {
  const { names } = scope;
  const executions = names.arn("states", `execution:${names.stateMachine}:*`);
  const list = [allow("ListBuilds", ["states:ListExecutions"], [names.stateMachineArn])];
  return {
    executions,
    list,
    follow: [...list, allow("ReadHistories", ["states:GetExecutionHistory"], [executions])],
    // Of a large build, each has an execution of its own, which a Map Run started.
    followPlatforms: [
      allow("ListPlatforms", ["states:ListExecutions"], [names.mapRuns]),
      allow("ReadPlatforms", ["states:GetExecutionHistory"], [names.platformExecutions]),
    ],
    failTasks: [
      // By name and tags: the stage that bears its pipeline's name has names that may begin another's.
      allow("TakeTasksToFail", ["states:GetActivityTask"], [names.activityArns], ofThisStage(scope)),
      // Names no resource: the task's token is the permission.
      allow("FailTasks", ["states:SendTaskFailure"], ANY),
    ],
    // Names no resource either.
    wakeUp: [allow("WakeUp", ["states:SendTaskSuccess"], ANY)],
  };
}

function logStatements(name: FunctionName, { stage, names }: StageScope): Statement[] {
  const group = names.arn("logs", `log-group:/aws/lambda/${names.lambda(name)}`);
  return [
    allow("WriteLog", ["logs:CreateLogStream", "logs:PutLogEvents"], [`${group}:log-stream:*`]),
    // X-Ray's daemon names no resource. @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
    ...(stage.tracing ? [allow("Trace", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ANY)] : []),
  ];
}
