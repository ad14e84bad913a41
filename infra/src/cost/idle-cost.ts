import { HOURS_PER_MONTH, PRICES } from "./price-table.ts";

/** Terraform's JSON, as far as it costs something. */
export interface PricedStack {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

/** One kind of thing that a stage has, whether it builds or not. */
export interface IdleLine {
  readonly what: string;
  readonly count: number;
  /** Of each, a month. */
  readonly dollarsEach: number;
  readonly dollarsPerMonth: number;
}

/** How long the reaper looks, where there is nothing to end. */
const REAP_SECONDS = 3;

/** What a stage costs a month in which nothing is built; nothing of what is not in it. */
export function idleCost({ resource }: PricedStack): IdleLine[] {
  const of = (type: string) => Object.values(resource[type] ?? {});
  const line = (what: string, count: number, dollarsEach: number): IdleLine[] =>
    count === 0 ? [] : [{ what, count, dollarsEach, dollarsPerMonth: count * dollarsEach }];
  const alarmed = of("aws_cloudwatch_metric_alarm").map(({ metric_query }) => metricsIn(metric_query));
  return [
    ...line("NAT gateway", of("aws_nat_gateway").length, PRICES.natGatewayHour.dollars * HOURS_PER_MONTH),
    ...line("public address", of("aws_eip").length, PRICES.publicAddressHour.dollars * HOURS_PER_MONTH),
    ...line("KMS key", of("aws_kms_key").length, PRICES.kmsKeyMonth.dollars),
    ...line("secret", of("aws_secretsmanager_secret").length, PRICES.secretMonth.dollars),
    ...line("dashboard", of("aws_cloudwatch_dashboard").length, PRICES.dashboardMonth.dollars),
    ...line(
      "metric of an alarm",
      alarmed.reduce((sum, count) => sum + count, 0),
      PRICES.alarmMonth.dollars,
    ),
    ...line("metric of the reaper", idleMetrics(resource), PRICES.metricMonth.dollars),
    ...line("parameter beyond 4 KB, at most", of("aws_ssm_parameter").length, PRICES.advancedParameterMonth.dollars),
    ...line(
      "look of the reaper, every 10 minutes",
      6 * HOURS_PER_MONTH,
      reapDollars(resource.aws_lambda_function?.Reap),
    ),
  ];
}

const metricsIn = (queries: unknown): number =>
  Array.isArray(queries) ? queries.filter((query: { metric?: unknown }) => query.metric !== undefined).length : 1;

/** A filter with a default makes a point of every line that its function writes: only the reaper writes while nothing is built. */
function idleMetrics({ aws_cloudwatch_log_metric_filter = {} }: PricedStack["resource"]): number {
  return Object.values(aws_cloudwatch_log_metric_filter).filter(
    ({ log_group_name, metric_transformation }) =>
      String(log_group_name).includes(".Reap_log.") &&
      (metric_transformation as { default_value?: string }).default_value !== undefined,
  ).length;
}

function reapDollars(reap: Readonly<Record<string, unknown>> | undefined): number {
  const gigabytes = Number(reap?.memory_size ?? 0) / 1024;
  const [architecture] = (reap?.architectures ?? []) as readonly string[];
  const { dollars } = architecture === "x86_64" ? PRICES.x86FunctionGbSecond : PRICES.armFunctionGbSecond;
  return PRICES.functionCall.dollars + gigabytes * REAP_SECONDS * dollars;
}
