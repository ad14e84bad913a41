import type { DeployedStage, IamRequest } from "./iam-requests.ts";
import { evaluate, ref, referencesIn, resourcesOf } from "./references.ts";

/** What AWS's services do with the roles that a stage hands them, as the resources say that they use them. */
export const serviceRequests: Readonly<Record<string, (at: DeployedStage) => IamRequest[]>> = {
  state_machine: stateMachineRequests,
  scheduler: schedulerRequests,
  flow_log: flowLogRequests,
};

interface StateMachine {
  readonly definition: string;
  readonly logging_configuration: { readonly level: string };
  readonly tracing_configuration: { readonly enabled: boolean };
}

/**
 * Its functions, in the versions that the definition names; its log and traces. Activities ask for no permission: their workers come to them.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
 */
function stateMachineRequests({ stack, names }: DeployedStage): IamRequest[] {
  return resourcesOf(stack, "aws_sfn_state_machine").flatMap(([, body]) => {
    const machine = body as unknown as StateMachine;
    const functions = evaluate(machine.definition, stack).match(/arn:aws[a-z-]*:lambda:[^"]+/g) ?? [];
    return [
      ...functions.map((resource) => ({ action: "lambda:InvokeFunction", resource })),
      ...runsPlatforms(names),
      ...(machine.logging_configuration.level === "OFF" ? [] : deliversLog),
      ...(machine.tracing_configuration.enabled ? traces : []),
    ];
  });
}

/**
 * Of large builds: an execution for each platform, whose results are written.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
 */
function runsPlatforms(names: DeployedStage["names"]): IamRequest[] {
  const executions = [names.stateMachine, `${names.stateMachine}/ForEachPlatform`].map((machine) =>
    names.arn("states", `execution:${machine}:some-execution`),
  );
  const results = `${names.bucketArn("state")}/map-runs/some-run/SUCCEEDED_0.json`;
  return [
    { action: "states:StartExecution", resource: names.stateMachineArn },
    ...["DescribeExecution", "StopExecution"].flatMap((name) =>
      executions.map((resource) => ({ action: `states:${name}`, resource })),
    ),
    ...["GetObject", "PutObject", "ListMultipartUploadParts", "AbortMultipartUpload"].map((name) => ({
      action: `s3:${name}`,
      resource: results,
    })),
  ];
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy */
const deliversLog: readonly IamRequest[] = [
  "CreateLogDelivery",
  "DeleteLogDelivery",
  "DescribeLogGroups",
  "DescribeResourcePolicies",
  "GetLogDelivery",
  "ListLogDeliveries",
  "PutResourcePolicy",
  "UpdateLogDelivery",
].map((name) => ({ action: `logs:${name}`, resource: "*" }));

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html */
const traces: readonly IamRequest[] = [
  "PutTraceSegments",
  "PutTelemetryRecords",
  "GetSamplingRules",
  "GetSamplingTargets",
].map((name) => ({ action: `xray:${name}`, resource: "*" }));

/** What its schedules start. @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html */
function schedulerRequests({ stack, names }: DeployedStage): IamRequest[] {
  return resourcesOf(stack, "aws_scheduler_schedule").map(([name, { target }]) => {
    const { arn } = target as { arn: string };
    const [started] = referencesIn(arn, name);
    switch (started?.type) {
      case "aws_lambda_alias":
        return { action: "lambda:InvokeFunction", resource: evaluate(arn, stack) };
      case "aws_sfn_alias":
        // Who starts an alias is asked for the state machine. @see https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html
        return { action: "states:StartExecution", resource: names.stateMachineArn };
      default:
        throw new Error(`the schedule ${name} starts ${arn}, and no call is known for that`);
    }
  });
}

/** Into a log group that is there. @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html */
function flowLogRequests({ stack, names }: DeployedStage): IamRequest[] {
  return resourcesOf(stack, "aws_flow_log").flatMap(([, { log_destination }]) => {
    const [group] = referencesIn(String(log_destination), "");
    const name = evaluate(ref(`aws_cloudwatch_log_group.${group?.name}.name`), stack);
    const stream = names.arn("logs", `log-group:${name}:log-stream:eni-0a1b2c3d-reject`);
    return [
      { action: "logs:CreateLogStream", resource: stream },
      { action: "logs:PutLogEvents", resource: stream },
      { action: "logs:DescribeLogStreams", resource: names.arn("logs", `log-group:${name}:*`) },
      { action: "logs:DescribeLogGroups", resource: "*" },
    ];
  });
}
