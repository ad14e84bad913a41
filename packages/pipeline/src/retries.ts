import type { Seconds } from "./duration.ts";
import { ErrorName } from "./muster-error.ts";

/** Which errors of a task are tried again, how often, and after what. */
export interface Retry {
  /** By name: `Muster.ScriptFailed`, `States.Timeout`, or another that a worker reports; all that no other rule names where absent. */
  readonly errors?: readonly [string, ...string[]];
  /** After the first attempt; 0 for never, 1000 at most. */
  readonly maxAttempts: number;
  /** Before the first of them. Default a minute. */
  readonly interval?: Seconds;
  /** How many times as long as the last each further wait is. Default 1. */
  readonly backoffRate?: number;
  /** The longest wait. No limit where absent. */
  readonly maxDelay?: Seconds;
}

/** What cannot get better. */
export const neverRetried: Retry = {
  errors: [
    ErrorName.testBuildNoRetry,
    ErrorName.invalidInput,
    ErrorName.invalidConfiguration,
    ErrorName.noWorkerStarted,
  ],
  maxAttempts: 0,
};

/** Given back unworked, by a repair that drew another build's task or a test worker that drew a real one: as often as that happens. */
const requeued: Retry = { errors: [ErrorName.requeued], interval: 1, maxAttempts: 1000, backoffRate: 1 };

/** The machine was lost, not the task. */
const interrupted: Retry = {
  errors: [ErrorName.workerInterrupted, "States.HeartbeatTimeout"],
  interval: 1,
  maxAttempts: 5,
  backoffRate: 1,
};

/** For every activity, whatever it says of its own errors. The first rule that names an error decides. */
export const fixedRetries: readonly Retry[] = [neverRetried, requeued, interrupted];

/** After 1 and 5 minutes: tasks take long and can fail for legitimate reasons. */
const usualRetries: readonly Retry[] = [{ interval: 60, maxAttempts: 2, backoffRate: 5 }];

/** An activity's rules in the order in which they are asked. */
export const retriesOf = ({ retries = usualRetries }: { readonly retries?: readonly Retry[] }): readonly Retry[] => [
  ...fixedRetries,
  ...retries,
];

export const DEFAULT_RETRY_INTERVAL: Seconds = 60;

/** What a task can end with that `retries` may speak of, besides names that others give. */
export const taskErrors: readonly string[] = [
  ErrorName.scriptFailed,
  ErrorName.scriptKilled,
  ErrorName.scriptTimedOut,
  ErrorName.scriptUnavailable,
  ErrorName.logIdle,
  ErrorName.initFailed,
  "States.Timeout",
];

/**
 * How long a task rests before its next attempt; undefined where there is none.
 * @param errors of its attempts so far, the last one at the end
 */
export function secondsUntilRetry(retries: readonly Retry[], errors: readonly string[]): number | undefined {
  const ruleFor = (error: string) => retries.find((rule) => rule.errors?.includes(error) ?? true);
  const last = errors.at(-1);
  const rule = last === undefined ? undefined : ruleFor(last);
  if (rule === undefined) return undefined;
  const earlier = errors.slice(0, -1).filter((error) => ruleFor(error) === rule).length;
  if (earlier >= rule.maxAttempts) return undefined;
  const { interval = DEFAULT_RETRY_INTERVAL, backoffRate = 1, maxDelay = Number.POSITIVE_INFINITY } = rule;
  return Math.min(interval * backoffRate ** earlier, maxDelay);
}
