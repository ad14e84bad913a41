/** A resource's arguments, or those of one of its blocks. */
export type Block = Readonly<Record<string, unknown>>;

/** Which arguments of a block go together. */
export interface Combination {
  /** Path of the block in its resource, joined by dots; the resource itself where empty. */
  readonly block: string;
  readonly says: string;
  holds(block: Block): boolean;
}

/** To say no is to leave out. */
const has = (block: Block, name: string): boolean => ![undefined, null, false].includes(block[name] as undefined);
const count = (block: Block, names: readonly string[]): number => names.filter((name) => has(block, name)).length;
/** The blocks of a name: Terraform's JSON has one as itself, or all in a list. */
const within = (block: Block, name: string): Block[] => [block[name] ?? []].flat() as Block[];
const listed = (block: Block, name: string): readonly unknown[] => [block[name] ?? []].flat();
const number = (block: Block, name: string, otherwise = 0): number => Number(block[name] ?? otherwise);

const at = (block: string, says: string, holds: (block: Block) => boolean): Combination => ({ block, says, holds });
const exactlyOne = (block: string, ...names: readonly string[]): Combination =>
  at(block, `exactly one of ${names.join(", ")}`, (each) => count(each, names) === 1);
const atMostOne = (block: string, ...names: readonly string[]): Combination =>
  at(block, `at most one of ${names.join(", ")}`, (each) => count(each, names) <= 1);
const atLeastOne = (block: string, ...names: readonly string[]): Combination =>
  at(block, `at least one of ${names.join(", ")}`, (each) => count(each, names) > 0);
const distinct = (values: readonly unknown[]): boolean =>
  new Set(values.map((value) => JSON.stringify(value))).size === values.length;

const DAY = 86_400;
const behavior = (block: string): readonly Combination[] => [
  exactlyOne(block, "cache_policy_id", "forwarded_values"),
  at(block, "each kind of event has one function", (each) =>
    distinct(within(each, "function_association").map(({ event_type }) => event_type)),
  ),
  at(block, "what is cached is allowed", (each) =>
    listed(each, "cached_methods").every((method) => listed(each, "allowed_methods").includes(method)),
  ),
];

/** Holds for whatever can be named. */
export const anyType: readonly Combination[] = [atMostOne("", "name", "name_prefix")];

/**
 * By type of resource: what the provider's schemas call ConflictsWith, ExactlyOneOf, AtLeastOneOf and RequiredWith, what it looks at as it plans, and what AWS
 * refuses of arguments that are right by themselves.
 */
export const combinations: Readonly<Record<string, readonly Combination[]>> = {
  aws_budgets_budget: [
    exactlyOne("", "limit_amount", "planned_limit"),
    at("", "notifications differ, ten at most", (each) => {
      const all = within(each, "notification");
      return all.length <= 10 && distinct(all);
    }),
    atLeastOne("notification", "subscriber_email_addresses", "subscriber_sns_topic_arns"),
  ],
  aws_cloudfront_cache_policy: [
    at("", "the least time is not above the usual one, nor that above the longest", (each) => {
      const [min, usual, max] = ["min_ttl", "default_ttl", "max_ttl"].map((name) => number(each, name)) as [
        number,
        number,
        number,
      ];
      return min <= usual && usual <= max;
    }),
  ],
  aws_cloudfront_distribution: [
    ...behavior("default_cache_behavior"),
    ...behavior("ordered_cache_behavior"),
    exactlyOne("viewer_certificate", "acm_certificate_arn", "cloudfront_default_certificate", "iam_certificate_id"),
    at("viewer_certificate", "a certificate of one's own says how it is presented", (each) => {
      return !has(each, "acm_certificate_arn") || has(each, "ssl_support_method");
    }),
    at("", "names of one's own need a certificate of one's own", (each) => {
      const own = within(each, "viewer_certificate").some((certificate) => has(certificate, "acm_certificate_arn"));
      return listed(each, "aliases").length === 0 || own;
    }),
    at("", "behaviors name origins that there are", (each) => {
      const origins = within(each, "origin").map(({ origin_id }) => origin_id);
      const behaviors = ["default_cache_behavior", "ordered_cache_behavior"].flatMap((name) => within(each, name));
      return behaviors.every(({ target_origin_id }) => origins.includes(target_origin_id));
    }),
  ],
  aws_cloudfront_response_headers_policy: [
    atLeastOne("", "cors_config", "custom_headers_config", "remove_headers_config", "security_headers_config"),
  ],
  aws_cloudwatch_event_rule: [atLeastOne("", "schedule_expression", "event_pattern")],
  aws_cloudwatch_event_target: [
    atMostOne("", "input", "input_path", "input_transformer"),
    at("input_transformer", "the template names paths that there are, none of which begins with AWS", (each) => {
      const paths = Object.keys((each.input_paths ?? {}) as object);
      const used = Array.from(String(each.input_template).matchAll(/<([^<>]+)>/g), ([, name = ""]) => name);
      const known = used.every((name) => paths.includes(name) || name.startsWith("aws.events."));
      return known && !paths.some((name) => name.startsWith("AWS"));
    }),
  ],
  aws_cloudwatch_log_metric_filter: [
    atMostOne("metric_transformation", "default_value", "dimensions"),
    at("metric_transformation", "three dimensions at most", ({ dimensions = {} }) => {
      return Object.keys(dimensions as object).length <= 3;
    }),
  ],
  aws_cloudwatch_metric_alarm: [
    exactlyOne("", "metric_name", "metric_query"),
    exactlyOne("", "statistic", "extended_statistic", "metric_query"),
    exactlyOne("", "threshold", "threshold_metric_id"),
    at("", "no more points than periods", (each) => {
      return number(each, "datapoints_to_alarm", 1) <= number(each, "evaluation_periods");
    }),
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    at("", "looks back a day at most, or a week where a period is an hour or longer", (each) => {
      const period = number(each, "period");
      return period * number(each, "evaluation_periods") <= (period < 3600 ? DAY : 7 * DAY);
    }),
    at("", "five actions at most", (each) => {
      return ["alarm_actions", "ok_actions"].every((name) => listed(each, name).length <= 5);
    }),
  ],
  aws_flow_log: [
    exactlyOne("", "eni_id", "subnet_id", "transit_gateway_attachment_id", "transit_gateway_id", "vpc_id"),
    at("", "CloudWatch Logs is written to by a role, S3 by none", (each) => {
      return has(each, "iam_role_arn") === ((each.log_destination_type ?? "cloud-watch-logs") === "cloud-watch-logs");
    }),
  ],
  aws_kms_key: [
    at("", "only a key that is rotated has a time for it", (each) => {
      return !has(each, "rotation_period_in_days") || has(each, "enable_key_rotation");
    }),
  ],
  aws_lambda_function: [
    exactlyOne("", "filename", "image_uri", "s3_bucket"),
    at("", "an archive says what runs it, and where it begins", (each) => count(each, ["handler", "runtime"]) === 2),
  ],
  aws_lambda_permission: [atMostOne("", "statement_id", "statement_id_prefix")],
  aws_launch_template: [
    atMostOne("", "default_version", "update_default_version"),
    atMostOne("", "network_interfaces", "security_group_names"),
    atMostOne("", "network_interfaces", "vpc_security_group_ids"),
    exactlyOne("iam_instance_profile", "arn", "name"),
  ],
  aws_route: [
    exactlyOne("", "destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id"),
    exactlyOne(
      "",
      ...["carrier_gateway_id", "core_network_arn", "egress_only_gateway_id", "gateway_id", "local_gateway_id"],
      ...["nat_gateway_id", "network_interface_id", "transit_gateway_id", "vpc_endpoint_id"],
      "vpc_peering_connection_id",
    ),
  ],
  aws_route53_record: [exactlyOne("", "alias", "records"), atMostOne("", "alias", "ttl")],
  aws_s3_bucket_lifecycle_configuration: [
    at("", "rules have names of their own", (each) => distinct(within(each, "rule").map(({ id }) => id))),
    exactlyOne("rule", "filter", "prefix"),
    atLeastOne(
      "rule",
      ...["abort_incomplete_multipart_upload", "expiration", "noncurrent_version_expiration", "transition"],
    ),
    exactlyOne("rule.expiration", "date", "days", "expired_object_delete_marker"),
    atMostOne("rule.filter", "and", "object_size_greater_than", "object_size_less_than", "prefix", "tag"),
  ],
  aws_s3_bucket_logging: [exactlyOne("target_object_key_format", "partitioned_prefix", "simple_prefix")],
  aws_s3_object: [exactlyOne("", "content", "content_base64", "source"), atMostOne("", "etag", "kms_key_id")],
  aws_scheduler_schedule: [
    at("flexible_time_window", "only a flexible one has a length", (each) => {
      return has(each, "maximum_window_in_minutes") === (each.mode === "FLEXIBLE");
    }),
  ],
  aws_ssm_parameter: [exactlyOne("", "insecure_value", "value", "value_wo")],
  aws_vpc_endpoint: [
    at("", "a gateway has routes, and neither subnets nor groups", (each) => {
      const elsewhere = count(each, ["security_group_ids", "subnet_ids", "private_dns_enabled"]);
      return each.vpc_endpoint_type !== "Gateway" || (has(each, "route_table_ids") && elsewhere === 0);
    }),
  ],
  aws_vpc_security_group_egress_rule: [
    exactlyOne("", "cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"),
    at("", "all protocols have no ports", (each) => {
      return each.ip_protocol !== "-1" || count(each, ["from_port", "to_port"]) === 0;
    }),
  ],
};

/** What a resource breaks, each in words. */
export function broken(type: string, resource: Block): string[] {
  return [...anyType, ...(combinations[type] ?? [])].flatMap(({ block, says, holds }) =>
    blocksAt(resource, block).every(holds) ? [] : [`${[type, block].filter(Boolean).join(".")}: ${says}`],
  );
}

function blocksAt(resource: Block, path: string): Block[] {
  if (path === "") return [resource];
  return path.split(".").reduce((blocks, name) => blocks.flatMap((each) => within(each, name)), [resource]);
}
