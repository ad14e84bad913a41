import { evaluate, resourcesOf } from "./references.ts";
import type { SynthesisedStack } from "./synth-stage.ts";

/** Where a resource's name stands, and how long AWS lets it be. */
export type NamedResource = readonly [type: string, attribute: string, longest: number];

/**
 * What an account has once, or once a region.
 * @see https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html, each service's quotas
 */
export const ACCOUNT_NAMES: readonly NamedResource[] = [
  ["aws_budgets_budget", "name", 100],
  ["aws_cloudfront_cache_policy", "name", 128],
  ["aws_cloudfront_function", "name", 64],
  ["aws_cloudfront_origin_access_control", "name", 64],
  ["aws_cloudfront_origin_request_policy", "name", 128],
  ["aws_cloudfront_response_headers_policy", "name", 128],
  ["aws_cloudwatch_dashboard", "dashboard_name", 255],
  ["aws_cloudwatch_event_rule", "name", 64],
  ["aws_cloudwatch_log_delivery_destination", "name", 60],
  ["aws_cloudwatch_log_delivery_source", "name", 60],
  ["aws_cloudwatch_log_group", "name", 512],
  ["aws_cloudwatch_metric_alarm", "alarm_name", 255],
  ["aws_ecr_repository", "name", 256],
  ["aws_iam_instance_profile", "name", 128],
  ["aws_iam_policy", "name", 128],
  ["aws_iam_role", "name", 64],
  ["aws_kms_alias", "name", 256],
  ["aws_lambda_function", "function_name", 64],
  ["aws_launch_template", "name", 128],
  ["aws_s3_bucket", "bucket", 63],
  ["aws_scheduler_schedule_group", "name", 64],
  ["aws_secretsmanager_secret", "name", 512],
  ["aws_sfn_activity", "name", 80],
  ["aws_sfn_state_machine", "name", 80],
  ["aws_sns_topic", "name", 256],
  ["aws_ssm_parameter", "name", 1011],
];

/** What a log group, a schedule group or a VPC has once. */
export const INNER_NAMES: readonly NamedResource[] = [
  ["aws_cloudwatch_log_metric_filter", "name", 512],
  ["aws_scheduler_schedule", "name", 64],
  ["aws_security_group", "name", 255],
];

/** The names of a stack's resources of one type; empty ones where there should be a name. */
export const namesIn = (stack: SynthesisedStack, [type, attribute]: NamedResource): string[] =>
  resourcesOf(stack, type).map(([, body]) => evaluate(String(body[attribute] ?? ""), stack));
