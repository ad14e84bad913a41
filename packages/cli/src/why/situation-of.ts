import { type Attempt, isFinished, preparationFailed, type Step } from "@muster/history";
import { approvalsOf, ErrorName, readFailure, retriesOf, secondsUntilRetry } from "@muster/pipeline";
import { aroundAttempt, attemptEnd, byMachine } from "./attempt-end.ts";
import type { TaskFacts } from "./facts.ts";
import { buildEnd, whyNotReached } from "./not-reached.ts";
import type { Situation } from "./situation.ts";
import { waitForWorker } from "./wait-for-worker.ts";

/** Why a task is where it is, by all that is known of it. */
export function situationOf(facts: TaskFacts): Situation {
  const { step, build, moving } = facts;
  if (step === undefined) return whyNotReached(facts);
  if (isFinished(step)) return finished(step, facts);
  if (build.state !== "running") return { state: "cut off", was: wasDoing(step), missed: buildEnd(build) };
  if (!moving) return { state: "interrupted", was: wasDoing(step) };
  return underWay(step, facts);
}

function finished(step: Step, facts: TaskFacts): Situation {
  if (step.state === "skipped") return { state: "skipped", reason: step.reason ?? "nothing to do" };
  const attempt = step.attempts.at(-1);
  if (step.state === "failed") return failed(step, attempt, facts);
  if (step.decision !== undefined) {
    return { state: "approved", by: step.decision.by, reason: step.decision.reason ?? null };
  }
  return {
    state: "succeeded",
    seconds: secondsBetween(step.resumedAt ?? step.enteredAt, step.endedAt ?? facts.now),
    instance: attempt?.instance ?? null,
    attempts: step.attempts.length,
    note: step.note ?? null,
  };
}

function failed(step: Step, attempt: Attempt | undefined, facts: TaskFacts): Situation {
  if (step.kind === "approval") {
    const rejected = step.error === ErrorName.rejected;
    return rejected ? { state: "rejected", said: attemptMessage(step) } : { state: "unanswered" };
  }
  if (step.kind === "activity" && (step.attempts.length === 0 || step.reason === preparationFailed(step))) {
    return { state: "unprepared", error: failureText(step) };
  }
  const taken = attempt?.startedAt;
  return {
    state: "failed",
    end: attemptEnd(endOf(step, attempt), aroundAttempt(attempt, facts)),
    instance: attempt?.instance ?? null,
    seconds: taken === undefined ? null : secondsBetween(taken, attempt?.endedAt ?? step.endedAt ?? facts.now),
    attempts: step.attempts.length,
  };
}

function underWay(step: Step, facts: TaskFacts): Situation {
  const since = step.resumedAt ?? step.enteredAt;
  switch (step.state) {
    case "preparing":
      return { state: "waiting", since, wait: { for: "decision" } };
    case "retrying":
      return resting(step, facts);
    case "running":
      return running(step, facts);
    case "waiting":
      if (step.kind !== "approval") {
        const scheduled = step.attempts.at(-1)?.scheduledAt ?? since;
        return { state: "waiting", since: scheduled, wait: waitForWorker(scheduled, step, facts) };
      }
      return {
        state: "waiting",
        since,
        wait: { for: "a person", command: facts.approveCommand, until: answeredUntil(since, facts) },
      };
    case "succeeded":
    case "failed":
    case "skipped":
      return finished(step, facts);
    default:
      return step.state satisfies never;
  }
}

function answeredUntil(since: Date, { pipeline, name }: TaskFacts): Date | null {
  const timeout = approvalsOf(pipeline.flow).find((approval) => approval.name === name)?.timeout;
  return timeout === undefined ? null : later(since, timeout);
}

function resting(step: Step, facts: TaskFacts): Situation {
  const attempt = step.attempts.at(-1);
  if (attempt === undefined) {
    const since = step.resumedAt ?? step.enteredAt;
    return { state: "waiting", since, wait: { for: "another look", error: failureText(step) } };
  }
  return {
    state: "resting",
    end: attemptEnd(endOf(step, attempt), aroundAttempt(attempt, facts)),
    instance: attempt.instance ?? null,
    attempts: step.attempts.length,
    until: triedAgainAt(step, attempt, facts),
  };
}

/** By the rules of the pipeline as it is now: a build keeps those that it began with, and they seldom change. */
function triedAgainAt(step: Step, attempt: Attempt, { pipeline }: TaskFacts): Date | null {
  const activity = pipeline.activities.find(({ name }) => name === step.name);
  const run = step.attempts.filter(({ scheduledAt }) => step.resumedAt === undefined || scheduledAt >= step.resumedAt);
  const errors = run.map(({ error }) => error ?? step.error ?? "");
  const rest = activity && secondsUntilRetry(retriesOf(activity), errors);
  return rest === undefined || attempt.endedAt === undefined ? null : later(attempt.endedAt, rest);
}

/** A script that prints nothing for so long is worth a word. */
const SILENT_SECONDS = 300;
/** The agent ends a script so long before the state's timeout. */
const ENDED_BEFORE_SECONDS = 60;

function running(step: Step, facts: TaskFacts): Situation {
  const { now, lease, lastLineAt, pipeline } = facts;
  const attempt = step.attempts.at(-1);
  const startedAt = attempt?.startedAt ?? step.enteredAt;
  const seconds = secondsBetween(startedAt, now);
  const instance = attempt?.instance ?? null;
  const plain = { state: "running", seconds, instance, attempts: step.attempts.length } as const;
  if (instance === null) return plain;
  const worker = facts.workers?.find(({ instanceId }) => instanceId === instance);
  if (worker?.state === "gone") {
    return { state: "orphaned", instance, end: byMachine(worker.stateReason) ?? { how: "machine lost" } };
  }
  const isHeld = lease !== null && !lease.released && new Date(lease.expiresAt) > now;
  if (isHeld && lease.holder !== instance) return { state: "queued", instance, seconds, holder: lease.holder };
  const activity = pipeline.activities.find(({ name }) => name === step.name);
  if (activity === undefined || lastLineAt === null) return plain;
  const heardAt = latest(lastLineAt, startedAt);
  const silentSeconds = secondsBetween(heardAt, now);
  if (silentSeconds < SILENT_SECONDS) return plain;
  const atTimeout = later(startedAt, activity.timeout - ENDED_BEFORE_SECONDS);
  const whenSilent = activity.logIdleTimeout === undefined ? atTimeout : later(heardAt, activity.logIdleTimeout);
  return { state: "silent", seconds, instance, silentSeconds, endsAt: earliest(whenSilent, atTimeout) };
}

/** What it was at when its build ended, or was left. */
function wasDoing(step: Step): string {
  const attempt = step.attempts.at(-1);
  const on = attempt?.instance === undefined ? "" : ` on ${attempt.instance}`;
  switch (step.state) {
    case "running":
      return `while it ran${on}`;
    case "retrying":
      return "while it rested before another attempt";
    case "waiting":
      return step.kind === "approval" ? "while it waited for a person" : "while it waited for a worker";
    default:
      return "before it was decided whether it runs";
  }
}

/** A last attempt may have been ended by what its step tells alone. */
const endOf = (step: Step, attempt: Attempt | undefined): Pick<Attempt, "error" | "cause"> =>
  attempt?.error === undefined ? step : attempt;

const failureOf = ({ error, cause }: Pick<Step, "error" | "cause">) =>
  readFailure({ ...(error !== undefined && { Error: error }), ...(cause !== undefined && { Cause: cause }) });

const failureText = (step: Step): string => failureOf(step).error;

/** `by alice at 2026-11-24T12:00:00.000Z: crashes on staging`, without the error's name. */
const attemptMessage = (step: Step): string =>
  failureOf(step)
    .error.slice((step.error ?? "").length)
    .replace(/^, /, "");

const latest = (...times: Date[]): Date => new Date(Math.max(...times.map(Number)));
const earliest = (...times: Date[]): Date => new Date(Math.min(...times.map(Number)));
const later = (at: Date, seconds: number): Date => new Date(at.getTime() + seconds * 1000);
const secondsBetween = (from: Date, to: Date): number => Math.max(0, to.getTime() - from.getTime()) / 1000;
