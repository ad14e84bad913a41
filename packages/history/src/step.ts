import {
  ApprovalAnswer,
  type ApprovalDecision,
  approvalNote,
  HealthCheckAnswer,
  type Place,
  PrepareActivityAnswer,
  prepareState,
} from "@muster/pipeline";
import { parseJson } from "./event-data.ts";

export type StepState = "preparing" | "waiting" | "running" | "retrying" | "succeeded" | "failed" | "skipped";

/** One worker's try at a task; `startedAt` is absent while no worker has taken it. */
export interface Attempt {
  readonly scheduledAt: Date;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  /** Instance id of the worker that took it. */
  readonly instance?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** A named state that a user can read of in a report: an activity, a Lambda state, or what a person is asked. */
export type Step = Place & {
  readonly kind: "activity" | "function" | "approval";
  /** `MakeBinaryPackage`, `UpdateIndices`. */
  readonly name: string;
  /** As a task is called: `<name>-<version>[-<platform>]`. */
  readonly key: string;
  readonly state: StepState;
  readonly enteredAt: Date;
  /** When somebody let the build go on, where it had not come to its end before that. */
  readonly resumedAt?: Date;
  readonly endedAt?: Date;
  /** Those before a redrive among them. */
  readonly attempts: readonly Attempt[];
  /** The evidence for which it was skipped or run. */
  readonly reason?: string;
  /** Why no worker could be launched for it yet, and when that was found. */
  readonly deferred?: { readonly why: string; readonly at: Date };
  /** One line of its script's own, from a success. */
  readonly note?: string;
  /** Of an approval: whom to name to `muster approve`, and what was decided. */
  readonly build?: string;
  readonly decision?: ApprovalDecision;
  /** Of an approval: nothing of what it guards would have run, and the build did not come to it. */
  readonly endsHere?: true;
  readonly error?: string;
  readonly cause?: string;
};

/** A step with its entry: the id of the event that the build came to it with. */
export type EnteredStep = readonly [entry: number, step: Step];

/** What PrepareActivity answered: whether it is skipped, or waits for a worker. */
export function decide(step: Step, output: string | undefined, at: Date): Step {
  const answer = PrepareActivityAnswer.safeParse(parseJson(output)).data;
  if (answer === undefined) return step;
  const { reason } = answer;
  if (answer.skip) return { ...step, reason, state: "skipped", endedAt: at };
  const deferred = answer.deferred === undefined ? {} : { deferred: { why: answer.deferred, at } };
  return { ...step, reason, state: "waiting", ...deferred };
}

/** What a person answered, or why nobody had to. */
export function decideApproval(step: Step, output: string | undefined, at: Date): Step {
  const answer = ApprovalAnswer.safeParse(parseJson(output)).data;
  if (answer === undefined) return succeed(step, at);
  if ("skip" in answer) {
    const { reason, endsHere } = answer;
    return { ...step, reason, state: "skipped", endedAt: at, ...(endsHere && { endsHere }) };
  }
  return { ...succeed(step, at), decision: answer.success, note: approvalNote(answer.success) };
}

/** What a health check found out about tasks without workers, now or no more: the steps of which that is news. */
export function noteMissing(steps: Iterable<EnteredStep>, output: string | undefined, at: Date): EnteredStep[] {
  const { repaired = [] } = HealthCheckAnswer.safeParse(parseJson(output)).data ?? {};
  const reasons = new Map(repaired.map(({ activity, why }) => [activity, why]));
  return [...steps].flatMap(([entry, step]): EnteredStep[] => {
    const why = reasons.get(step.name);
    if (step.state !== "waiting" || why === step.deferred?.why) return [];
    const { deferred: _mended, ...rest } = step;
    return [[entry, why === undefined ? rest : { ...rest, deferred: { why, at } }]];
  });
}

/** An attempt has failed; whether another follows, a later event tells. */
export function retry(
  step: Step,
  at: Date,
  details: { error?: string | undefined; cause?: string | undefined } | undefined,
): Step {
  const failure = { ...(details?.error && { error: details.error }), ...(details?.cause && { cause: details.cause }) };
  const failed = lastAttempt(step, (attempt) =>
    attempt.endedAt === undefined ? { ...attempt, ...failure, endedAt: at } : attempt,
  );
  return { ...failed, ...failure, state: "retrying" };
}

/** The step with its latest attempt changed. */
export function lastAttempt(step: Step, change: (attempt: Attempt) => Attempt): Step {
  const attempt = step.attempts.at(-1);
  return attempt === undefined ? step : { ...step, attempts: step.attempts.with(-1, change(attempt)) };
}

/** What earlier attempts failed of is of no interest any more. */
export function succeed(step: Step, at: Date): Step {
  const { error: _error, cause: _cause, ...rest } = lastAttempt(step, (attempt) => ({ ...attempt, endedAt: at }));
  return { ...rest, state: "succeeded", endedAt: at };
}

/** Its error was caught: nothing more will happen to it. */
export function fail(step: Step, at: Date, stateName: string | undefined): Step {
  const reason = stateName === prepareState.of(step.name) ? { reason: preparationFailed(step) } : {};
  return { ...step, ...reason, state: "failed", endedAt: at };
}

/** Whether it came to what it was for, so that nothing does it again. */
export const isDone = ({ state }: Step): boolean => state === "succeeded" || state === "skipped";

/** It is tried again because somebody let the build go on at `resumedAt`, which had ended at `endedAt`. */
export function reopen(step: Step, { endedAt, resumedAt }: { endedAt: Date; resumedAt: Date }): Step {
  const {
    endedAt: _ended,
    error: _error,
    cause: _cause,
    ...rest
  } = lastAttempt(step, (attempt) => ({
    endedAt,
    ...attempt,
  }));
  return { ...rest, resumedAt, state: step.kind === "function" ? "running" : "preparing" };
}

/** Why nothing came of a step that was never published. */
export const preparationFailed = ({ name }: Pick<Step, "name">): string => `${prepareState.of(name)} failed`;

/** An error that nothing caught ends the execution without its state being left: the steps that this ended. */
export function settle(steps: Iterable<EnteredStep>, endedAt: Date | undefined): EnteredStep[] {
  return [...steps].flatMap(([entry, step]): EnteredStep[] =>
    step.state === "retrying" ? [[entry, { ...step, state: "failed", ...(endedAt !== undefined && { endedAt }) }]] : [],
  );
}
