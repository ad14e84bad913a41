import { readFailure, roleOfState } from "@muster/pipeline";
import { formatDuration } from "./format-duration.ts";
import { type Attempt, preparationFailed, type Step } from "./step.ts";

export interface StepDescription {
  readonly symbol: string;
  readonly colour: "green" | "red" | "dim" | "yellow" | "cyan";
  /** `succeeded in 12 s on i-0123`, `skipped: s3://… exists` */
  readonly words: string;
}

/** What is to be said of a step now. */
export function describeStep(step: Step, now: Date): StepDescription {
  const attempt = step.attempts.at(-1);
  const tries = attemptsOfRun(step).length;
  const on = attempt?.instance === undefined ? "" : ` on ${attempt.instance}`;
  switch (step.state) {
    case "succeeded": {
      const where = tries > 1 ? `, ${tries} attempts${on && `, the last${on}`}` : on;
      const note = step.note === undefined ? "" : ` · ${step.note}`;
      return { symbol: "✔", colour: "green", words: `${elapsed(step, now)}${where}${note}` };
    }
    case "failed":
      return { symbol: "✖", colour: "red", words: `FAILED: ${failureOfStep(step, now)}` };
    case "skipped":
      return { symbol: "–", colour: "dim", words: `skipped: ${step.reason ?? "nothing to do"}` };
    case "retrying": {
      const { error, line } = failureWords(step);
      const again = tries > 1 ? ` (${tries} attempts, ${elapsed(step, now)} in all)` : "";
      return { symbol: "↻", colour: "yellow", words: `to be tried again: ${error}${on}${again}${line}` };
    }
    case "running": {
      const words = `running for ${since(attempt?.startedAt ?? step.enteredAt, now)}${on}`;
      return { symbol: "●", colour: "cyan", words: `${words}${aside([inAll(step, now)])}` };
    }
    case "waiting": {
      if (step.kind === "approval") {
        const words = `waiting for approval for ${since(step.resumedAt ?? step.enteredAt, now)}`;
        return { symbol: "?", colour: "yellow", words };
      }
      const words = `waiting for a worker for ${since(attempt?.scheduledAt ?? step.enteredAt, now)}`;
      return { symbol: "◌", colour: "dim", words: `${words}${aside([step.deferred?.why, inAll(step, now)])}` };
    }
    case "preparing":
      return { symbol: "◌", colour: "dim", words: "looking what there is to do" };
  }
}

/** What a step has failed of, where, and after how long: `Muster.ScriptFailed, exit 2 on i-… after 4:10: foo.cpp:12: error: …`. */
export function failureOfStep(step: Step, now: Date): string {
  const { error, line } = failureWords(step);
  const instance = step.attempts.at(-1)?.instance;
  const tries = attemptsOfRun(step).length;
  const on = instance === undefined ? "" : ` on ${instance}`;
  return `${error}${on} after ${elapsed(step, now)}${tries > 1 ? ` and ${tries} attempts` : ""}${line}`;
}

/** Whether nothing more will happen to it. */
export const isFinished = ({ state }: Step): boolean =>
  state === "succeeded" || state === "failed" || state === "skipped";

/** Steps whose success nobody waits for: they are shown when they fail or are tried again. */
export const isBookkeeping = ({ kind, name }: Step): boolean =>
  kind === "function" && roleOfState(name) !== "publication";

/** It fails to fail the build, with what the failed steps have said themselves. */
export const isVerdict = ({ name }: Step): boolean => roleOfState(name) === "verdict";

/** From when this run of the build came to it until its end: all attempts, and what it waited before and between them. */
export function elapsed({ enteredAt, resumedAt, endedAt }: Step, now: Date): string {
  const ms = (endedAt ?? now).getTime() - (resumedAt ?? enteredAt).getTime();
  return formatDuration(ms, { whole: endedAt === undefined });
}

/** Those before a redrive are another run's. */
export const attemptsOfRun = ({ attempts, resumedAt }: Step): readonly Attempt[] =>
  resumedAt === undefined ? attempts : attempts.filter(({ scheduledAt }) => scheduledAt >= resumedAt);

/** Of a step under way that is not at its first attempt. */
function inAll(step: Step, now: Date): string | undefined {
  const tries = attemptsOfRun(step).length;
  return tries > 1 ? `attempt ${tries}, ${since(step.resumedAt ?? step.enteredAt, now)} in all` : undefined;
}

function aside(parts: readonly (string | undefined)[]): string {
  const said = parts.filter((part) => part !== undefined);
  return said.length === 0 ? "" : ` (${said.join("; ")})`;
}

const since = (start: Date, now: Date): string => formatDuration(now.getTime() - start.getTime(), { whole: true });

function failureWords(step: Step): { error: string; line: string } {
  const { error, line } = readFailure({
    ...(step.error !== undefined && { Error: step.error }),
    ...(step.cause !== undefined && { Cause: step.cause }),
  });
  return {
    error: step.reason === preparationFailed(step) ? `${step.reason}: ${error}` : error,
    line: line === undefined ? "" : `: ${line}`,
  };
}
