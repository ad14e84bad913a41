import { failureLine, roleOfState } from "@muster/pipeline";
import { formatDuration } from "../format-duration.ts";
import type { TextStyle } from "../print.ts";
import { preparationFailed, type Step } from "./step.ts";

export interface StepDescription {
  readonly symbol: string;
  readonly colour: TextStyle;
  /** `succeeded in 12 s on i-0123`, `skipped: s3://… exists` */
  readonly words: string;
}

/** What is to be said of a step now. */
export function describeStep(step: Step, now: Date): StepDescription {
  const attempt = step.attempts.at(-1);
  const on = attempt?.instance === undefined ? "" : ` on ${attempt.instance}`;
  switch (step.state) {
    case "succeeded": {
      const note = step.note === undefined ? "" : ` · ${step.note}`;
      return { symbol: "✔", colour: "green", words: `${elapsed(step, now)}${on}${note}` };
    }
    case "failed": {
      const error = errorText(step);
      // A worker's own words hold the time already.
      const time = error.includes(" after ") ? "" : ` after ${elapsed(step, now)}`;
      return { symbol: "✖", colour: "red", words: `FAILED: ${error}${on}${time}` };
    }
    case "skipped":
      return { symbol: "–", colour: "dim", words: `skipped: ${step.reason ?? "nothing to do"}` };
    case "retrying":
      return { symbol: "↻", colour: "yellow", words: `to be tried again: ${errorText(step)}${on}` };
    case "running":
      return {
        symbol: "●",
        colour: "cyan",
        words: `running for ${since(attempt?.startedAt ?? step.enteredAt, now)}${on}`,
      };
    case "waiting": {
      const why = step.deferred === undefined ? "" : ` (${step.deferred.why})`;
      return {
        symbol: "◌",
        colour: "dim",
        words: `waiting for a worker for ${since(attempt?.scheduledAt ?? step.enteredAt, now)}${why}`,
      };
    }
    case "preparing":
      return { symbol: "◌", colour: "dim", words: "looking what there is to do" };
  }
}

/** Whether nothing more will happen to it. */
export const isFinished = ({ state }: Step): boolean =>
  state === "succeeded" || state === "failed" || state === "skipped";

/** Steps whose success nobody waits for: they are shown when they fail or are tried again. */
export const isBookkeeping = ({ kind, name }: Step): boolean =>
  kind === "function" && roleOfState(name) !== "publication";

/** It fails to fail the build, with what the failed steps have said themselves. */
export const isVerdict = ({ name }: Step): boolean => roleOfState(name) === "verdict";

/** Time that a worker spent on it, or the state took where no worker did. */
function elapsed({ attempts, enteredAt, endedAt }: Step, now: Date): string {
  const attempt = attempts.at(-1);
  const end = attempt?.endedAt ?? endedAt ?? now;
  return formatDuration(end.getTime() - (attempt?.startedAt ?? enteredAt).getTime());
}

const since = (start: Date, now: Date): string => formatDuration(now.getTime() - start.getTime(), { whole: true });

function errorText(step: Step): string {
  const { name, error, cause, attempts, reason } = step;
  const instance = attempts.at(-1)?.instance;
  const failure = { ...(error !== undefined && { Error: error }), ...(cause !== undefined && { Cause: cause }) };
  const line = failureLine({ per: "build", step: name, failure }).slice(name.length + 1);
  const text = instance !== undefined && line.startsWith(`${instance} `) ? line.slice(instance.length + 1) : line;
  return reason === preparationFailed(step) ? `${reason}: ${text}` : text;
}
