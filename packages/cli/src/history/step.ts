import { HealthCheckAnswer, type Place, PrepareActivityAnswer } from "@muster/pipeline";
import { parseJson } from "./event-data.ts";

export type StepState = "preparing" | "waiting" | "running" | "retrying" | "succeeded" | "failed" | "skipped";

/** One worker's try at a task; `startedAt` is absent while no worker has taken it. */
export interface Attempt {
  readonly scheduledAt: Date;
  startedAt?: Date;
  endedAt?: Date;
  /** Instance id of the worker that took it. */
  instance?: string;
  error?: string;
  cause?: string;
}

/** A named state that a user can read of in a report: an activity or a Lambda state. */
export type Step = Place & {
  readonly kind: "activity" | "function";
  /** `MakeBinaryPackage`, `UpdateIndices`. */
  readonly name: string;
  /** As a task is called: `<name>-<version>[-<platform>]`. */
  readonly key: string;
  state: StepState;
  readonly enteredAt: Date;
  endedAt?: Date;
  readonly attempts: Attempt[];
  /** The evidence for which it was skipped or run. */
  reason?: string;
  /** Why no worker could be launched for it yet, and when that was found. */
  deferred?: { readonly why: string; readonly at: Date };
  /** One line of its script's own, from a success. */
  note?: string;
  error?: string;
  cause?: string;
};

/** What PrepareActivity answered: whether it is skipped, or waits for a worker. */
export function decide(step: Step, output: string | undefined, at: Date): Step {
  const answer = PrepareActivityAnswer.safeParse(parseJson(output)).data;
  if (answer === undefined) return step;
  step.reason = answer.reason;
  if (answer.skip) {
    step.state = "skipped";
    step.endedAt = at;
  } else {
    step.state = "waiting";
    if (answer.deferred !== undefined) step.deferred = { why: answer.deferred, at };
  }
  return step;
}

/** What a health check found out about tasks without workers, now or no more. */
export function noteMissing(steps: Iterable<Step>, output: string | undefined, at: Date): Step[] {
  const { repaired = [] } = HealthCheckAnswer.safeParse(parseJson(output)).data ?? {};
  const reasons = new Map(repaired.map(({ activity, why }) => [activity, why]));
  return [...steps].filter((step) => {
    const why = reasons.get(step.name);
    if (step.state !== "waiting" || why === step.deferred?.why) return false;
    if (why === undefined) delete step.deferred;
    else step.deferred = { why, at };
    return true;
  });
}

/** An attempt has failed; whether another follows, a later event tells. */
export function retry(
  step: Step,
  at: Date,
  details: { error?: string | undefined; cause?: string | undefined } | undefined,
): Step {
  const attempt = step.attempts.at(-1);
  const failure = { ...(details?.error && { error: details.error }), ...(details?.cause && { cause: details.cause }) };
  if (attempt !== undefined && attempt.endedAt === undefined) Object.assign(attempt, failure, { endedAt: at });
  Object.assign(step, failure);
  step.state = "retrying";
  return step;
}

/** Notes when a worker was done with it. */
export function endAttempt(attempt: Attempt | undefined, at: Date): void {
  if (attempt !== undefined) attempt.endedAt = at;
}

/** What earlier attempts failed of is of no interest any more. */
export function succeed(step: Step, at: Date): Step {
  step.state = "succeeded";
  step.endedAt = at;
  delete step.error;
  delete step.cause;
  return step;
}

/** Its error was caught: nothing more will happen to it. */
export function fail(step: Step, at: Date, stateName: string | undefined): Step {
  step.state = "failed";
  step.endedAt = at;
  if (stateName?.startsWith("PrepareTo")) step.reason = `${stateName} failed`;
  return step;
}

/** An error that nothing caught ends the execution without its state being left. */
export function* settle(steps: Iterable<Step>, endedAt: Date | undefined): Generator<Step> {
  for (const step of steps) {
    if (step.state !== "retrying") continue;
    step.state = "failed";
    if (endedAt !== undefined) step.endedAt = endedAt;
    yield step;
  }
}
