/** One of AWS's list prices. */
export interface Price {
  /** US dollars. */
  readonly dollars: number;
  readonly source: string;
}

/**
 * Where and when the prices below were AWS's list prices. A newer look changes prices and date together. AWS's own pages fetch their figures by script: those of
 * keys, the gateway, addresses, dashboards, metrics and functions were compared with what others quote of these pages in 2026, those of secrets, alarms,
 * parameters and volumes with nothing else.
 */
export const PRICES_OF = { region: "us-west-2", date: "November 2026" } as const;

/** Hours of AWS's average month. */
export const HOURS_PER_MONTH = 730;

/**
 * What of AWS's price list an idle stage and its machines use, without taxes, discounts and free tiers. Machines themselves are priced as plans price
 * them.
 */
export const PRICES = {
  kmsKeyMonth: { dollars: 1, source: "https://aws.amazon.com/kms/pricing/" },
  secretMonth: { dollars: 0.4, source: "https://aws.amazon.com/secrets-manager/pricing/" },
  /** For each metric that an alarm looks at. */
  alarmMonth: { dollars: 0.1, source: "https://aws.amazon.com/cloudwatch/pricing/" },
  dashboardMonth: { dollars: 3, source: "https://aws.amazon.com/cloudwatch/pricing/" },
  metricMonth: { dollars: 0.3, source: "https://aws.amazon.com/cloudwatch/pricing/" },
  advancedParameterMonth: { dollars: 0.05, source: "https://aws.amazon.com/systems-manager/pricing/" },
  natGatewayHour: { dollars: 0.045, source: "https://aws.amazon.com/vpc/pricing/" },
  publicAddressHour: { dollars: 0.005, source: "https://aws.amazon.com/vpc/pricing/" },
  /** Of a volume of type gp3. */
  volumeGbMonth: { dollars: 0.08, source: "https://aws.amazon.com/ebs/pricing/" },
  /** For each GB of memory. */
  armFunctionGbSecond: { dollars: 0.0000133334, source: "https://aws.amazon.com/lambda/pricing/" },
  x86FunctionGbSecond: { dollars: 0.0000166667, source: "https://aws.amazon.com/lambda/pricing/" },
  functionCall: { dollars: 0.2e-6, source: "https://aws.amazon.com/lambda/pricing/" },
} as const satisfies Readonly<Record<string, Price>>;

/** What is in neither sum. */
export const NOT_INCLUDED = [
  "what is stored: artifacts, logs, images, snapshots",
  "what leaves AWS: downloads through CloudFront or S3, pulls through a NAT gateway",
  "requests and transitions: Step Functions, Lambda in builds, S3, KMS, CloudFront, X-Ray; cents a build",
  "metrics of builds, 30 cents each for a whole month and less by the hour",
  "a KMS key of yours, a hosted zone, a registry, and whatever else the stage finds and does not make",
  "taxes, free tiers, discounts; on spot capacity machines cost less, as a rule by more than half",
] as const;
