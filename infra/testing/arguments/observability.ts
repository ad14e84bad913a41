import { count, every, json, listOf, mail, oneOf, type Rules, reference, text } from "./rules.ts";

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html */
const metricText = text(255, /^[^:*$]+$/);
const logName = text(512, /^[.\-_/#A-Za-z0-9]+$/);
const deliveryName = text(60, /^[\w-]+$/);

export const observabilityRules: Readonly<Record<string, Rules>> = {
  aws_budgets_budget: {
    name: text(100, /^[^:\\]+$/),
    budget_type: oneOf("COST", "USAGE"),
    limit_amount: text(30, /^\d+(\.\d+)?$/),
    limit_unit: oneOf("USD"),
    time_unit: oneOf("DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY"),
    // https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create-filters.html
    "cost_filter.name": oneOf("TagKeyValue"),
    "cost_filter.values": listOf(text(1024, /^user:[^$]+\$[^$]+$/)),
    "notification.comparison_operator": oneOf("GREATER_THAN", "LESS_THAN", "EQUAL_TO"),
    "notification.notification_type": oneOf("ACTUAL", "FORECASTED"),
    "notification.subscriber_email_addresses": listOf(mail, 10),
    "notification.threshold": count(0, 1_000_000_000),
    "notification.threshold_type": oneOf("PERCENTAGE", "ABSOLUTE_VALUE"),
  },
  aws_cloudwatch_dashboard: { dashboard_name: text(255, /^[A-Za-z0-9_-]+$/), dashboard_body: json(1_000_000) },
  aws_cloudwatch_log_delivery: {
    // CloudFront's logs are delivered from there, wherever the bucket is.
    region: oneOf("us-east-1"),
    "s3_delivery_configuration.suffix_path": text(256, /^[A-Za-z0-9_{}/-]+$/),
  },
  aws_cloudwatch_log_delivery_destination: {
    name: deliveryName,
    "delivery_destination_configuration.destination_resource_arn": reference,
    output_format: oneOf("json", "plain", "w3c", "raw", "parquet"),
    region: oneOf("us-east-1"),
  },
  aws_cloudwatch_log_delivery_source: {
    name: deliveryName,
    log_type: oneOf("ACCESS_LOGS"),
    region: oneOf("us-east-1"),
  },
  aws_cloudwatch_log_group: {
    name: logName,
    retention_in_days: oneOf(
      ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
    ),
  },
  aws_cloudwatch_log_metric_filter: {
    name: text(512, /^[^:*]+$/),
    pattern: text(1024),
    "metric_transformation.default_value": text(20, /^-?\d+(\.\d+)?$/),
    "metric_transformation.dimensions": (value) => Object.values(value as object).every(text(255, /^\$\./)),
    "metric_transformation.name": metricText,
    "metric_transformation.namespace": metricText,
    "metric_transformation.value": text(100, /^(\$\..+|\d+)$/),
  },
  aws_cloudwatch_metric_alarm: {
    alarm_name: text(255),
    alarm_description: text(1024),
    comparison_operator: oneOf("GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold"),
    datapoints_to_alarm: count(1),
    dimensions: (value) => Object.values(value as object).every(text(1024)),
    evaluation_periods: count(1),
    metric_name: text(255),
    namespace: text(255, /^[^:].*$/),
    period: every(count(10, 86_400), (value) => Number(value) % 60 === 0),
    statistic: oneOf("SampleCount", "Average", "Sum", "Minimum", "Maximum"),
    threshold: (value) => typeof value === "number",
    treat_missing_data: oneOf("breaching", "notBreaching", "ignore", "missing"),
  },
  aws_ecr_lifecycle_policy: { policy: json(30_720) },
  aws_ecr_repository: {
    name: text(256, /^(?=.{2})[a-z0-9]+([._/-][a-z0-9]+)*$/),
    "encryption_configuration.encryption_type": oneOf("AES256", "KMS"),
    image_tag_mutability: oneOf("MUTABLE", "IMMUTABLE"),
  },
  aws_kms_alias: { name: text(256, /^alias\/(?!aws\/)[a-zA-Z0-9/_-]+$/) },
  aws_kms_key: { description: text(8192), deletion_window_in_days: count(7, 30), policy: json(32_768) },
  aws_secretsmanager_secret: {
    name: text(512, /^[\w/+=.@-]+$/),
    description: text(2048),
    recovery_window_in_days: oneOf(0, ...Array.from({ length: 24 }, (_, day) => day + 7)),
  },
  aws_secretsmanager_secret_policy: { policy: json(20_480) },
  aws_sns_topic: { name: text(256, /^[\w-]+$/), kms_master_key_id: oneOf("alias/aws/sns") },
  aws_sns_topic_policy: { policy: json(30_720) },
  aws_sns_topic_subscription: { endpoint: mail, protocol: oneOf("email") },
  aws_ssm_parameter: {
    name: text(1011, /^\/(?!aws|ssm)[\w.\-/]+$/),
    description: text(1024),
    tier: oneOf("Standard", "Advanced", "Intelligent-Tiering"),
    type: oneOf("String"),
  },
};
