import { ErrorName } from "@muster/pipeline";
import type { Retrier } from "./amazon-states-language.ts";

/**
 * Every retry of a build. The first retrier that names an error decides, and one that is used up goes to Catch, not to the next: what must
 * not be retried, or differently, comes before `States.ALL`.
 */

/** What cannot get better. */
const never: Retrier = {
  ErrorEquals: [
    ErrorName.testBuildNoRetry,
    ErrorName.invalidInput,
    ErrorName.invalidConfiguration,
    ErrorName.noWorkerStarted,
  ],
  MaxAttempts: 0,
};

/** Given back unworked, by a repair that drew another build's task or a test worker that drew a real one: as often as that happens. */
const requeued: Retrier = { ErrorEquals: [ErrorName.requeued], IntervalSeconds: 1, MaxAttempts: 1000, BackoffRate: 1 };

/** The machine was lost, not the task. */
const interrupted: Retrier = {
  ErrorEquals: [ErrorName.workerInterrupted, "States.HeartbeatTimeout"],
  IntervalSeconds: 1,
  MaxAttempts: 5,
  BackoffRate: 1,
};

const backOff = { IntervalSeconds: 5, MaxAttempts: 5, BackoffRate: 2 } as const;

/** After 5, 10, 20, 40 and 80 s: calls are cheap and fail for random reasons. */
export const lambdaRetry: readonly Retrier[] = [never, { ErrorEquals: ["States.ALL"], ...backOff }];

/** After 1 and 5 minutes: tasks take long and can fail for legitimate reasons. */
export const activityRetry: readonly Retrier[] = [
  never,
  requeued,
  interrupted,
  { ErrorEquals: ["States.ALL"], IntervalSeconds: 60, MaxAttempts: 2, BackoffRate: 5 },
];

/** A wait that timed out has waited: only what kept the function from being called is retried. */
export const callbackRetry: readonly Retrier[] = [{ ErrorEquals: ["States.Timeout"], MaxAttempts: 0 }, ...lambdaRetry];

/**
 * For the function that fails on purpose.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception
 */
export const lambdaServiceRetry: readonly Retrier[] = [
  {
    ErrorEquals: [
      "Lambda.ClientExecutionTimeoutException",
      "Lambda.ServiceException",
      "Lambda.AWSLambdaException",
      "Lambda.SdkClientException",
      "Lambda.TooManyRequestsException",
    ],
    ...backOff,
  },
];
