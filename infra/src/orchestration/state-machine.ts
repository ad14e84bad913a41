import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { SfnAlias } from "@cdktf/provider-aws/lib/sfn-alias/index.js";
import { SfnStateMachine } from "@cdktf/provider-aws/lib/sfn-state-machine/index.js";
import { renderStateMachine } from "@muster/asl";
import type { FunctionName } from "@muster/pipeline";
import { mapRunsPrefix } from "@muster/records";
import type { WorkerParts } from "../compute/workers.ts";
import { ANY, allow, type Statement } from "../iam/policy.ts";
import { createRole } from "../iam/role.ts";
import type { StageScope } from "../stage-scope.ts";
import { terraformText } from "../terraform-text.ts";
import type { StageFunction } from "./functions.ts";

export interface StateMachineParts {
  readonly stateMachine: SfnStateMachine;
  readonly logGroup: CloudwatchLogGroup;
  /** `live`: what schedules start. */
  readonly alias: SfnAlias;
}

/**
 * The state machine, which names functions and scripts by version: a running build keeps the definition, functions and scripts that it started with, whatever is
 * deployed meanwhile.
 */
export function createStateMachine(
  scope: StageScope,
  functions: Readonly<Record<FunctionName, StageFunction>>,
  workers: readonly WorkerParts[],
): StateMachineParts {
  const { stack, stage, pipeline, names } = scope;
  const logGroup = new CloudwatchLogGroup(stack, "state_machine_log", {
    // AWS keeps the permissions of log groups with this prefix together: others may run into a size limit.
    name: `/aws/vendedlogs/states/${names.stateMachine}`,
    retentionInDays: stage.retention.logDays,
  });
  const called = new Set<FunctionName>();
  const definition = renderStateMachine(pipeline, {
    functionArn(name) {
      called.add(name);
      return functions[name].lambda.qualifiedArn;
    },
    activityArn: (name) => activityArn(scope, name),
    mapRuns: { Bucket: names.bucket("state"), Prefix: mapRunsPrefix },
    scriptsOf(name) {
      const scripts = workers.find(({ activity }) => activity.name === name)?.scripts;
      if (scripts === undefined) throw new RangeError(`${name} has no workers`);
      return scripts;
    },
  });
  const { role, policy } = createRole(scope, "state_machine", {
    name: names.of("StateMachine"),
    description: "Runs builds",
    service: "states.amazonaws.com",
    onlyThisAccount: true,
    statements: [
      allow(
        "CallFunctions",
        ["lambda:InvokeFunction"],
        // Every version: builds that are still running name earlier ones.
        [...called].map((name) => `${functions[name].lambda.arn}:*`),
      ),
      ...mapRunStatements(scope),
      // Log delivery is set up for the account as a whole. @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
      allow(
        "DeliverLog",
        [
          "logs:CreateLogDelivery",
          "logs:DeleteLogDelivery",
          "logs:DescribeLogGroups",
          "logs:DescribeResourcePolicies",
          "logs:GetLogDelivery",
          "logs:ListLogDeliveries",
          "logs:PutResourcePolicy",
          "logs:UpdateLogDelivery",
        ],
        ANY,
      ),
      // X-Ray names no resource. @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html
      ...(stage.tracing
        ? [
            allow(
              "Trace",
              ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"],
              ANY,
            ),
          ]
        : []),
    ],
  });
  const stateMachine = new SfnStateMachine(stack, "state_machine", {
    name: names.stateMachine,
    roleArn: role.arn,
    definition: terraformText(JSON.stringify(definition)),
    publish: true,
    // Without execution data: it holds task tokens.
    loggingConfiguration: { level: "ALL", includeExecutionData: false, logDestination: `${logGroup.arn}:*` },
    tracingConfiguration: { enabled: stage.tracing },
    // Whether the role may write the log is checked as the state machine is created.
    dependsOn: [policy],
  });
  const alias = new SfnAlias(stack, "state_machine_live", {
    name: "live",
    description: "The version deployed last",
    routingConfiguration: [{ stateMachineVersionArn: stateMachine.stateMachineVersionArn, weight: 100 }],
  });
  return { stateMachine, logGroup, alias };
}

/**
 * Large builds: each platform of a version has an execution of its own, whose results are written to the state bucket.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
 */
function mapRunStatements({ names }: StageScope): Statement[] {
  return [
    allow("StartPlatforms", ["states:StartExecution"], [names.stateMachineArn]),
    allow(
      "FollowPlatforms",
      ["states:DescribeExecution", "states:StopExecution"],
      [names.arn("states", `execution:${names.stateMachine}:*`), names.platformExecutions],
    ),
    allow(
      "WriteResults",
      ["s3:GetObject", "s3:PutObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"],
      [`${names.bucketArn("state")}/${mapRunsPrefix}/*`],
    ),
  ];
}

function activityArn({ pipeline, names }: StageScope, name: string): string {
  const activity = pipeline.activities.find((candidate) => candidate.name === name);
  if (activity === undefined) throw new RangeError(`the state machine names an unknown activity ${name}`);
  return names.activityArn(activity);
}
