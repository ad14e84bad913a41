import {
  type Activity,
  DEFAULT_RETRY_INTERVAL,
  ErrorName,
  neverRetried,
  type Retry,
  retriesOf,
} from "@muster/pipeline";
import type { Retrier } from "./amazon-states-language.ts";

/**
 * Every retry of a build. The first retrier that names an error decides, and one that is used up goes to Catch, not to the next: what must
 * not be retried, or differently, comes before `States.ALL`.
 */

function retrier({ errors = ["States.ALL"], maxAttempts, interval, backoffRate = 1, maxDelay }: Retry): Retrier {
  if (maxAttempts === 0) return { ErrorEquals: errors, MaxAttempts: 0 };
  return {
    ErrorEquals: errors,
    IntervalSeconds: interval ?? DEFAULT_RETRY_INTERVAL,
    MaxAttempts: maxAttempts,
    BackoffRate: backoffRate,
    ...(maxDelay !== undefined && { MaxDelaySeconds: maxDelay }),
  };
}

const backOff = { IntervalSeconds: 5, MaxAttempts: 5, BackoffRate: 2 } as const;

/** After 5, 10, 20, 40 and 80 s: calls are cheap and fail for random reasons. */
export const lambdaRetry: readonly Retrier[] = [retrier(neverRetried), { ErrorEquals: ["States.ALL"], ...backOff }];

/** What is the same for every activity, and then its own. */
export const activityRetry = (activity: Activity): readonly Retrier[] => retriesOf(activity).map(retrier);

/** A person's answer stands, and one that did not come has been waited for: only what kept the function from asking is retried. */
export const approvalRetry: readonly Retrier[] = [
  { ErrorEquals: ["States.Timeout", ErrorName.rejected], MaxAttempts: 0 },
  ...lambdaRetry,
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
