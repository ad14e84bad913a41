import type { Bucket } from "./token-buckets.ts";

/** The regions whose buckets are larger. */
const LARGE_REGIONS = ["us-east-1", "us-west-2", "eu-west-1"];

type Pair = readonly [burst: number, perSecond: number];

/** In the large regions and in others, where these differ. */
const BUCKETS: Readonly<Record<string, readonly [Pair, Pair?]>> = {
  CreateActivity: [[100, 1]],
  CreateStateMachine: [[100, 1]],
  DeleteActivity: [[100, 1]],
  DeleteStateMachine: [[100, 1]],
  DescribeActivity: [[200, 1]],
  DescribeExecution: [
    [300, 15],
    [250, 10],
  ],
  DescribeMapRun: [[200, 1]],
  DescribeStateMachine: [[200, 20]],
  DescribeStateMachineForExecution: [[200, 1]],
  GetActivityTask: [
    [3000, 500],
    [1500, 300],
  ],
  GetExecutionHistory: [[400, 20]],
  ListActivities: [
    [100, 10],
    [100, 5],
  ],
  ListExecutions: [
    [200, 5],
    [100, 2],
  ],
  ListMapRuns: [[100, 1]],
  ListStateMachines: [[100, 5]],
  ListTagsForResource: [[100, 1]],
  RedriveExecution: [
    [1300, 300],
    [800, 150],
  ],
  SendTaskFailure: [
    [3000, 500],
    [1500, 300],
  ],
  SendTaskHeartbeat: [
    [3000, 500],
    [1500, 300],
  ],
  SendTaskSuccess: [
    [3000, 500],
    [1500, 300],
  ],
  StartExecution: [
    [1300, 300],
    [800, 150],
  ],
  StopExecution: [
    [1000, 200],
    [500, 25],
  ],
  TagResource: [[200, 1]],
  UntagResource: [[200, 1]],
  UpdateMapRun: [[100, 1]],
  UpdateStateMachine: [[100, 1]],
  ValidateStateMachineDefinition: [[100, 1]],
};

/**
 * Step Functions' buckets of one account and region, by default; undefined for an operation that has none.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-api-action-throttling-general
 */
export function statesBucket(operation: string, region: string): Bucket | undefined {
  const [large, other = large] = BUCKETS[operation] ?? [];
  const pair = LARGE_REGIONS.includes(region) ? large : other;
  return pair && { burst: pair[0], perSecond: pair[1] };
}
