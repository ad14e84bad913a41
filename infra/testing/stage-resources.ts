import { evaluate } from "./references.ts";
import type { Resource, SynthesisedStack } from "./synth-stage.ts";

const ACCOUNT = "111122223333";
const ID = "0a1b2c3d4e5f60718";
const arn = (service: string, rest: string, region = "us-west-2") => `arn:aws:${service}:${region}:${ACCOUNT}:${rest}`;
const ec2 = (kind: string, prefix: string) => () => arn("ec2", `${kind}/${prefix}-${ID}`);
const edge = (kind: string) => () => arn("cloudfront", `${kind}/658327ea-f89d-4fab-a63d-7e88639e58f6`, "");

type Argument = (name: string) => string;

/** ARNs of what a stack makes, by Terraform's type and its arguments: as IAM is asked about each. */
const ARNS: Readonly<Record<string, (argument: Argument) => string>> = {
  aws_budgets_budget: (of) => arn("budgets", `budget/${of("name")}`, ""),
  aws_cloudfront_cache_policy: edge("cache-policy"),
  aws_cloudfront_distribution: () => arn("cloudfront", "distribution/E1EXAMPLE", ""),
  aws_cloudfront_function: (of) => arn("cloudfront", `function/${of("name")}`, ""),
  aws_cloudfront_origin_access_control: () => arn("cloudfront", "origin-access-control/E2EXAMPLE", ""),
  aws_cloudfront_origin_request_policy: edge("origin-request-policy"),
  aws_cloudfront_response_headers_policy: edge("response-headers-policy"),
  aws_cloudwatch_dashboard: (of) => arn("cloudwatch", `dashboard/${of("dashboard_name")}`, ""),
  aws_cloudwatch_event_rule: (of) => arn("events", `rule/${of("name")}`),
  aws_cloudwatch_event_target: (of) => arn("events", `rule/${of("rule")}`),
  aws_cloudwatch_log_delivery: () => arn("logs", "delivery:AbCdEfGhIjKlMnOp", "us-east-1"),
  aws_cloudwatch_log_delivery_destination: (of) => arn("logs", `delivery-destination:${of("name")}`, "us-east-1"),
  aws_cloudwatch_log_delivery_source: (of) => arn("logs", `delivery-source:${of("name")}`, "us-east-1"),
  aws_cloudwatch_log_group: (of) => arn("logs", `log-group:${of("name")}`),
  aws_cloudwatch_log_metric_filter: (of) => arn("logs", `log-group:${of("log_group_name")}`),
  aws_cloudwatch_metric_alarm: (of) => arn("cloudwatch", `alarm:${of("alarm_name")}`),
  aws_default_security_group: ec2("security-group", "sg"),
  aws_ecr_lifecycle_policy: (of) => arn("ecr", `repository/${of("repository")}`),
  aws_ecr_repository: (of) => arn("ecr", `repository/${of("name")}`),
  aws_eip: ec2("elastic-ip", "eipalloc"),
  aws_flow_log: ec2("vpc-flow-log", "fl"),
  aws_iam_instance_profile: (of) => arn("iam", `instance-profile${of("path")}${of("name")}`, ""),
  aws_iam_policy: (of) => arn("iam", `policy${of("path")}${of("name")}`, ""),
  aws_iam_role: (of) => arn("iam", `role${of("path")}${of("name")}`, ""),
  aws_internet_gateway: ec2("internet-gateway", "igw"),
  aws_kms_alias: (of) => arn("kms", of("name")),
  aws_kms_key: () => arn("kms", "key/0a1b2c3d-0000-4000-8000-000000000000"),
  aws_lambda_alias: (of) => arn("lambda", `function:${of("function_name")}`),
  aws_lambda_function: (of) => arn("lambda", `function:${of("function_name")}`),
  aws_lambda_permission: (of) => arn("lambda", `function:${of("function_name")}`),
  aws_launch_template: ec2("launch-template", "lt"),
  aws_nat_gateway: ec2("natgateway", "nat"),
  aws_route: ec2("route-table", "rtb"),
  aws_route53_record: (of) => `arn:aws:route53:::hostedzone/${of("zone_id")}`,
  aws_route_table: ec2("route-table", "rtb"),
  aws_route_table_association: ec2("route-table", "rtb"),
  aws_s3_bucket: (of) => `arn:aws:s3:::${of("bucket")}`,
  aws_s3_object: (of) => `arn:aws:s3:::${of("bucket")}/${of("key")}`,
  aws_scheduler_schedule: (of) => arn("scheduler", `schedule/${of("group_name")}/${of("name")}`),
  aws_scheduler_schedule_group: (of) => arn("scheduler", `schedule-group/${of("name")}`),
  aws_secretsmanager_secret: (of) => arn("secretsmanager", `secret:${of("name")}-AbCdEf`),
  aws_security_group: ec2("security-group", "sg"),
  aws_sfn_activity: (of) => arn("states", `activity:${of("name")}`),
  aws_sfn_state_machine: (of) => arn("states", `stateMachine:${of("name")}`),
  aws_sns_topic: (of) => arn("sns", of("name")),
  aws_ssm_parameter: (of) => arn("ssm", `parameter${of("name")}`),
  aws_subnet: ec2("subnet", "subnet"),
  aws_vpc: ec2("vpc", "vpc"),
  aws_vpc_endpoint: ec2("vpc-endpoint", "vpce"),
  aws_vpc_security_group_egress_rule: ec2("security-group-rule", "sgr"),
  "data.aws_ssm_parameter": (of) => `arn:aws:ssm:us-west-2::parameter${of("name")}`,
};

/** Of what has no ARN of its own: whose it is of, by type and by the argument that refers to it. */
const PARTS: Readonly<Record<string, readonly [type: string, argument: string]>> = {
  aws_iam_role_policy: ["aws_iam_role", "role"],
  aws_s3_bucket_lifecycle_configuration: ["aws_s3_bucket", "bucket"],
  aws_s3_bucket_logging: ["aws_s3_bucket", "bucket"],
  aws_s3_bucket_notification: ["aws_s3_bucket", "bucket"],
  aws_s3_bucket_ownership_controls: ["aws_s3_bucket", "bucket"],
  aws_s3_bucket_policy: ["aws_s3_bucket", "bucket"],
  aws_s3_bucket_public_access_block: ["aws_s3_bucket", "bucket"],
  aws_s3_bucket_server_side_encryption_configuration: ["aws_s3_bucket", "bucket"],
  aws_s3_bucket_versioning: ["aws_s3_bucket", "bucket"],
  aws_secretsmanager_secret_policy: ["aws_secretsmanager_secret", "secret_arn"],
  aws_sfn_alias: ["aws_sfn_state_machine", "routing_configuration"],
  aws_sns_topic_policy: ["aws_sns_topic", "arn"],
  aws_sns_topic_subscription: ["aws_sns_topic", "topic_arn"],
};

/** What IAM is asked about, for one resource of a stack; undefined for data that no resource stands behind. */
export function resourceArn(type: string, body: Resource, stack: SynthesisedStack): string | undefined {
  const [whole, argument] = PARTS[type] ?? [type, ""];
  const owner = argument === "" ? body : ownerOf(whole, JSON.stringify(body[argument]), stack);
  return ARNS[whole]?.((name) => text(owner[name], stack));
}

function ownerOf(type: string, reference: string, stack: SynthesisedStack): Resource {
  const [, name] = new RegExp(`${type}\\.([A-Za-z0-9_-]+)\\.`).exec(reference) ?? [];
  const owner = stack.resource[type]?.[name ?? ""];
  if (owner === undefined) throw new Error(`${reference} refers to no ${type}`);
  return owner;
}

/** Ids of buckets are their names. */
const text = (value: unknown, stack: SynthesisedStack): string =>
  evaluate(String(value ?? "").replaceAll(/(aws_s3_bucket\.[\w-]+)\.id/g, "$1.bucket"), stack);
