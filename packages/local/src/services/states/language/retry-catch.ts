import type { FieldReader } from "./field-reader.ts";
import type { Evaluate } from "./intrinsic.ts";
import { isArray } from "./json.ts";
import type { ReferencePath } from "./reference-path.ts";
import type { Failure } from "./state-error.ts";

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error */
export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number;
  readonly fullJitter: boolean;
}

export interface Catcher {
  readonly errorEquals: readonly string[];
  readonly next: string;
  readonly resultPath: ReferencePath | null | undefined;
  readonly assign: Evaluate | undefined;
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-error-representation */
const STATES_ERRORS: ReadonlySet<string> = new Set([
  "States.ALL",
  "States.BranchFailed",
  "States.DataLimitExceeded",
  "States.ExceedToleratedFailureThreshold",
  "States.HeartbeatTimeout",
  "States.Http.Socket",
  "States.IntrinsicFailure",
  "States.ItemReaderFailed",
  "States.NoChoiceMatched",
  "States.ParameterPathFailure",
  "States.Permissions",
  "States.QueryEvaluationError",
  "States.ResultPathMatchFailure",
  "States.ResultWriterFailed",
  "States.Runtime",
  "States.TaskFailed",
  "States.Timeout",
]);

const MOST_ATTEMPTS = 99_999_999;
const LONGEST_INTERVAL_SECONDS = 99_999_999;
/** AWS takes less than 31,622,400. */
const LONGEST_DELAY_SECONDS = 31_622_399;

export function readRetriers(fields: FieldReader): readonly Retrier[] {
  const retriers = fields.objects("Retry");
  return retriers.map((retrier, index) => {
    const errorEquals = readErrorEquals(retrier, index === retriers.length - 1);
    const intervalSeconds = retrier.number("IntervalSeconds", { least: 1, most: LONGEST_INTERVAL_SECONDS }) ?? 1;
    const maxAttempts = retrier.number("MaxAttempts", { least: 0, most: MOST_ATTEMPTS }) ?? 3;
    const backoffRate = retrier.number("BackoffRate", { least: 1, integer: false }) ?? 2;
    const maxDelaySeconds = retrier.number("MaxDelaySeconds", { least: 1, most: LONGEST_DELAY_SECONDS });
    if (maxDelaySeconds !== undefined && maxDelaySeconds < intervalSeconds) {
      retrier.problem(
        "MaxDelaySeconds",
        "The value for the field 'MaxDelaySeconds' must not be less than IntervalSeconds",
      );
    }
    const jitter = retrier.string("JitterStrategy") ?? "NONE";
    if (jitter !== "NONE" && jitter !== "FULL") {
      retrier.problem("JitterStrategy", "The value for the field 'JitterStrategy' must be FULL or NONE");
    }
    retrier.finish("Retry");
    return {
      errorEquals,
      intervalSeconds,
      maxAttempts,
      backoffRate,
      maxDelaySeconds: maxDelaySeconds ?? Number.POSITIVE_INFINITY,
      fullJitter: jitter === "FULL",
    };
  });
}

export function readCatchers(fields: FieldReader): readonly Catcher[] {
  const catchers = fields.objects("Catch");
  return catchers.map((catcher, index) => {
    const errorEquals = readErrorEquals(catcher, index === catchers.length - 1);
    const next = catcher.string("Next");
    if (next === undefined) catcher.problem("Next", "The field 'Next' is required in Catch");
    const resultPath = catcher.referencePath("ResultPath");
    const assign = catcher.template("Assign");
    catcher.finish("Catch");
    return { errorEquals, next: next ?? "", resultPath, assign };
  });
}

function readErrorEquals(rule: FieldReader, last: boolean): readonly string[] {
  const names = rule.raw("ErrorEquals");
  if (!isArray(names) || names.length === 0 || !names.every((name) => typeof name === "string")) {
    rule.problem("ErrorEquals", "The field 'ErrorEquals' must be a non-empty array of error names");
    return [];
  }
  const unknown = names.find((name) => name.startsWith("States.") && !STATES_ERRORS.has(name));
  if (unknown !== undefined) {
    rule.problem(
      "ErrorEquals",
      `'${unknown}' is no error name of Step Functions, and names that begin with 'States.' are its own`,
    );
  }
  if (names.includes("States.ALL") && (names.length > 1 || !last)) {
    rule.problem("ErrorEquals", "States.ALL must appear alone and in the last rule");
  }
  return names;
}

/** Which error names a rule's ErrorEquals covers. States.TaskFailed stands for everything but a timeout. */
export function matchesError(errorEquals: readonly string[], failure: Failure): boolean {
  if (failure.fatal === true) return false;
  return errorEquals.some(
    (name) =>
      name === failure.error ||
      name === "States.ALL" ||
      (name === "States.TaskFailed" && failure.error !== "States.Timeout") ||
      (name === "States.HeartbeatTimeout" && failure.heartbeat === true),
  );
}

/** Seconds before the attempt that follows `attempts` earlier retries by this retrier. */
export function retryDelaySeconds(retrier: Retrier, attempts: number, random: () => number): number {
  const delay = Math.min(retrier.intervalSeconds * retrier.backoffRate ** attempts, retrier.maxDelaySeconds);
  return retrier.fullJitter ? delay * random() : delay;
}
