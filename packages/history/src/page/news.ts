import type { BuildHistory } from "../build-history.ts";
import { isFinished, isVerdict } from "../describe-step.ts";
import { formatDuration } from "../format-duration.ts";
import type { Step } from "../step.ts";

/** How many of what has failed at once are named. */
const MOST_NAMED = 3;

/**
 * What has happened between two looks that somebody who listens should be told, in one sentence or two: what failed, who is asked, the end. How far the
 * build is, it says of a build that has come on otherwise; whether that is worth a word each time is the caller's to say.
 */
export function newsOf(
  before: BuildHistory,
  now: BuildHistory,
): { readonly urgent: string; readonly progress: string } {
  const states = new Map(before.steps.map(({ key, state }) => [key, state]));
  const changed = now.steps.filter((step) => !isVerdict(step) && states.get(step.key) !== step.state);
  const failed = changed.filter(({ state }) => state === "failed").map(({ key }) => key);
  const asking = changed.filter(({ kind, state }) => kind === "approval" && state === "waiting").map(({ key }) => key);
  const sentences = [
    ...(failed.length === 0 ? [] : [`${named(failed)} failed.`]),
    ...(asking.length === 0 ? [] : [`${named(asking)} ${asking.length === 1 ? "waits" : "wait"} for approval.`]),
    ...(before.state === "running" && now.state !== "running" ? [`The build has ${endWords(now)}.`] : []),
  ];
  const tasks = now.steps.filter(({ kind }) => kind === "activity");
  const done = tasks.filter(isFinished).length;
  const cameOn = changed.some((step: Step) => step.kind === "activity" && isFinished(step));
  return { urgent: sentences.join(" "), progress: cameOn ? `${done} of ${tasks.length} tasks are finished.` : "" };
}

function named(keys: readonly string[]): string {
  const some = keys.slice(0, MOST_NAMED).join(", ");
  return keys.length > MOST_NAMED ? `${some} and ${keys.length - MOST_NAMED} more` : some;
}

function endWords({ state, startedAt, endedAt }: BuildHistory): string {
  const words = { succeeded: "succeeded", failed: "failed", aborted: "been stopped", timed_out: "run out of time" };
  const time = startedAt && endedAt && ` after ${formatDuration(endedAt.getTime() - startedAt.getTime())}`;
  return `${words[state as keyof typeof words] ?? "ended"}${time ?? ""}`;
}
