import { AwsError } from "../../aws-error.ts";
import type { Clock } from "../../clock.ts";
import { type Bucket, type Draft, tokenBuckets } from "../../rates/token-buckets.ts";
import type { Operation } from "../../service.ts";

/**
 * EC2's own buckets of one account and region. CreateFleet's are not documented; it is reported to draw on RunInstances'.
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
const REQUESTS: Readonly<Record<string, Bucket>> = {
  RunInstances: { burst: 5, perSecond: 2 },
  TerminateInstances: { burst: 100, perSecond: 5 },
  StartInstances: { burst: 5, perSecond: 2 },
  CreateTags: { burst: 100, perSecond: 10 },
  DeleteTags: { burst: 100, perSecond: 10 },
};
const UNFILTERED_DESCRIBE: Bucket = { burst: 50, perSecond: 10 };
const DESCRIBE: Bucket = { burst: 100, perSecond: 20 };
const OTHER: Bucket = { burst: 50, perSecond: 5 };
const LAUNCHED_INSTANCES: Bucket = { burst: 1000, perSecond: 2 };

interface Input {
  readonly MaxCount?: string;
  readonly TargetCapacitySpecification?: { readonly TotalTargetCapacity?: string };
  readonly Filter?: unknown;
  readonly InstanceId?: unknown;
  readonly MaxResults?: unknown;
}

/** Puts EC2's buckets before its operations: a call that finds its bucket empty fails with `RequestLimitExceeded`. */
export function withRequestLimits(
  operations: Readonly<Record<string, Operation>>,
  clock: Clock,
): Readonly<Record<string, Operation>> {
  const take = tokenBuckets(clock);
  const limited = (name: string, operation: Operation): Operation =>
    ((input: never, context) => {
      if (take(ec2Drafts(name, input)).some((left) => left < 0)) throw requestLimitExceeded();
      return operation(input, context);
    }) satisfies Operation;
  return Object.fromEntries(Object.entries(operations).map(([name, operation]) => [name, limited(name, operation)]));
}

/** What a call takes of EC2's buckets. */
export function ec2Drafts(operation: string, input: object = {}): readonly Draft[] {
  const [name, bucket] = bucketFor(operation, input);
  const instances = launchedBy(operation, input);
  const request = { name, bucket, tokens: 1 };
  if (instances === 0) return [request];
  return [request, { name: "launched instances", bucket: LAUNCHED_INSTANCES, tokens: instances }];
}

function bucketFor(name: string, input: Input): [string, Bucket] {
  if (name === "RunInstances" || name === "CreateFleet") return ["RunInstances", REQUESTS.RunInstances ?? OTHER];
  const own = REQUESTS[name];
  if (own !== undefined) return [name, own];
  if (!name.startsWith("Describe") && !name.startsWith("Get")) return [name, OTHER];
  const isFiltered = input.Filter !== undefined || input.InstanceId !== undefined || input.MaxResults !== undefined;
  if (name === "DescribeInstances" && !isFiltered) return [`${name} unfiltered`, UNFILTERED_DESCRIBE];
  return [name, DESCRIBE];
}

function launchedBy(name: string, input: Input): number {
  if (name === "RunInstances") return Number(input.MaxCount ?? 0);
  return name === "CreateFleet" ? Number(input.TargetCapacitySpecification?.TotalTargetCapacity ?? 0) : 0;
}

function requestLimitExceeded(): AwsError {
  return new AwsError("RequestLimitExceeded", "Request limit exceeded.", { status: 503 });
}
