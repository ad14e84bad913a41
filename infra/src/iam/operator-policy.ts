import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy/index.js";
import { stageParameter, workerLogGroups } from "@muster/pipeline";
import { stateFolder, stateKey } from "@muster/records";
import { toldHere } from "../notifications/told-here.ts";
import { objectKeyStatements } from "../secrets/encryption-key.ts";
import type { StageScope } from "../stage-scope.ts";
import { ANY, allow, policyDocument, type Statement } from "./policy.ts";
import { IAM_PATH } from "./role.ts";

const READ_RECORDS = [
  stateFolder.attempts,
  stateFolder.launches,
  stateFolder.demands,
  stateFolder.leases,
  stateFolder.pages,
  stateFolder.notifications,
  stateFolder.withdrawals,
  stateKey.reaper,
];
/** What `audit` compares by its names alone: what lies there holds tokens, or nothing. */
const LISTED_RECORDS = [...READ_RECORDS, stateFolder.executions, stateFolder.attention];

/** For people who build: what `muster --stage` calls. Attach it to their roles. */
export function createOperatorPolicy(scope: StageScope): IamPolicy {
  const { stack, stage, names } = scope;
  const statements = operatorStatements(scope);
  return new IamPolicy(stack, "operator_policy", {
    name: names.of("Operator", 128),
    path: IAM_PATH,
    description: `Starts, follows and stops builds on ${stage.name}`,
    policy: policyDocument([...statements, ...objectKeyStatements(scope, statements)]),
  });
}

function operatorStatements(scope: StageScope): Statement[] {
  const { stage, pipeline, names } = scope;
  const executions = names.arn("states", `execution:${names.stateMachine}:*`);
  const buckets = (["scratch", "downloads"] as const).map((role) => names.bucketArn(role));
  const state = names.bucketArn("state");
  const logs = (streams: string) => [
    names.arn("logs", `log-group:${workerLogGroups(stage.name, pipeline)}*${streams}`),
  ];
  return [
    allow("FindStage", ["ssm:GetParameter"], [names.arn("ssm", `parameter${stageParameter(stage.name)}`)]),
    allow(
      "StartBuilds",
      ["states:StartExecution", "states:ListExecutions", "states:DescribeStateMachine"],
      [names.stateMachineArn],
    ),
    allow(
      "FollowBuilds",
      [
        "states:DescribeExecution",
        "states:DescribeStateMachineForExecution",
        "states:GetExecutionHistory",
        "states:StopExecution",
      ],
      [executions],
    ),
    // Of a large build, each platform has an execution of its own, which a Map Run started.
    allow("FindPlatforms", ["states:ListExecutions"], [names.mapRuns]),
    allow("FollowPlatforms", ["states:GetExecutionHistory"], [names.platformExecutions]),
    // A group's ARN in a policy ends in `:*`. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
    allow("FindLogs", ["logs:DescribeLogStreams"], logs(":*")),
    allow("ReadLogs", ["logs:GetLogEvents"], logs(":log-stream:w_*")),
    allow(
      "ReadArtifacts",
      ["s3:GetObject"],
      buckets.map((arn) => `${arn}/*`),
    ),
    allow("ListArtifacts", ["s3:ListBucket"], buckets),
    // An attempt is done again with what it had: scripts by the version that its record names, objects as they were.
    allow(
      "ReadFormerArtifacts",
      ["s3:GetObjectVersion"],
      [...buckets, names.bucketArn("assets")].map((arn) => `${arn}/*`),
    ),
    allow("ListFormerArtifacts", ["s3:ListBucketVersions"], buckets),
    // Nothing is taken back where it would be lost for good.
    allow("KnowThatVersionsAreKept", ["s3:GetBucketVersioning"], buckets),
    // An attempt's log outlives its stream there, launches and leases say why a task waits, and all of them what is left over. What lies beside them
    // holds tokens of tasks, and is nobody's to read.
    allow(
      "ReadRecords",
      ["s3:GetObject"],
      READ_RECORDS.map((prefix) => `${state}/${prefix}*`),
    ),
    allow("ListRecords", ["s3:ListBucket"], [state], {
      StringLike: { "s3:prefix": LISTED_RECORDS.map((prefix) => `${prefix}*`) },
    }),
    // `muster notifications` tells an end again, or tries out; secrets stay with the function.
    ...(toldHere(scope).length === 0
      ? []
      : [allow("Notify", ["lambda:InvokeFunction"], [names.arn("lambda", `function:${names.lambda("Notify")}:live`)])]),
    // A plan says what they allow; which of EC2's, is the plan's affair.
    allow("ReadQuotas", ["servicequotas:GetServiceQuota"], [names.arn("servicequotas", "ec2/*")]),
    // EC2 has no resource to name for it.
    allow("SeeWorkers", ["ec2:DescribeInstances"], ANY),
  ];
}
