import { arn, count, json, listOf, oneOf, type Rule, type Rules, text } from "./rules.ts";

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
const iamName = (longest: number): Rule => text(longest, /^[\w+=,.@-]+$/);
const iamPath = text(512, /^\/([!-~]+\/)?$/);
const iamText = text(1000, /^[\t\n\r -~\u00a1-\u00ff]*$/);
const stateName = text(80, /^[0-9A-Za-z_-]+$/);
const scheduleName = text(64, /^[0-9A-Za-z_.-]+$/);

export const functionRules: Readonly<Record<string, Rules>> = {
  aws_cloudwatch_event_rule: {
    name: text(64, /^[0-9A-Za-z._-]+$/),
    description: text(512),
    event_pattern: json(2048),
  },
  aws_cloudwatch_event_target: {
    target_id: text(64, /^[0-9A-Za-z._-]+$/),
    "input_transformer.input_paths.build": text(256, /^\$\./),
    "input_transformer.input_paths.status": text(256, /^\$\./),
    "input_transformer.input_template": text(8192),
  },
  aws_iam_instance_profile: { path: iamPath },
  aws_iam_policy: { name: iamName(128), path: iamPath, description: iamText, policy: json(6144) },
  aws_iam_role: {
    name: iamName(64),
    path: iamPath,
    description: iamText,
    assume_role_policy: json(2048),
    permissions_boundary: arn("iam"),
  },
  aws_iam_role_policy: { name: iamName(128), policy: json(10_240) },
  aws_lambda_alias: { name: text(128, /^(?!\d+$)[a-zA-Z0-9_-]+$/), description: text(256) },
  aws_lambda_function: {
    architectures: listOf(oneOf("arm64", "x86_64"), 1),
    description: text(256),
    filename: text(4096, /\.zip$/),
    function_name: text(64, /^[a-zA-Z0-9_-]+$/),
    handler: text(128, /^[^\s]+$/),
    "logging_config.log_format": oneOf("Text", "JSON"),
    memory_size: count(128, 10_240),
    reserved_concurrent_executions: count(0),
    // https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
    runtime: oneOf("nodejs22.x", "nodejs24.x"),
    source_code_hash: text(44, /^[A-Za-z0-9+/]{43}=$/),
    timeout: count(1, 900),
    "tracing_config.mode": oneOf("Active", "PassThrough"),
  },
  aws_lambda_permission: {
    action: oneOf("lambda:InvokeFunction"),
    principal: oneOf("events.amazonaws.com"),
    statement_id: text(100, /^[a-zA-Z0-9_-]+$/),
  },
  aws_scheduler_schedule: {
    name: scheduleName,
    description: text(512),
    "flexible_time_window.mode": oneOf("OFF", "FLEXIBLE"),
    schedule_expression: text(256, /^(cron|rate)\(.+\)$/),
    schedule_expression_timezone: text(50),
    state: oneOf("ENABLED", "DISABLED"),
    "target.input": json(262_144),
    "target.retry_policy.maximum_event_age_in_seconds": count(60, 86_400),
    "target.retry_policy.maximum_retry_attempts": count(0, 185),
  },
  aws_scheduler_schedule_group: { name: scheduleName },
  aws_sfn_activity: { name: stateName },
  aws_sfn_alias: {
    name: text(80, /^(?=.*[a-zA-Z_\-.])[a-zA-Z0-9_\-.]+$/),
    description: text(256),
    "routing_configuration.weight": count(0, 100),
  },
  aws_sfn_state_machine: {
    name: stateName,
    definition: json(1_048_576),
    "logging_configuration.level": oneOf("ALL", "ERROR", "FATAL", "OFF"),
    // It must end so. https://docs.aws.amazon.com/step-functions/latest/apireference/API_CloudWatchLogsLogGroup.html
    "logging_configuration.log_destination": text(256, /:\*$/),
  },
};
