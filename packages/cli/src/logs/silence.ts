import { formatDuration } from "@muster/history";
import type { AttemptState } from "./attempt-logs.ts";

/** Since when an attempt that runs has printed nothing: `it printed last 4:10 ago, at 09:12:30Z`. */
export function silenceOf(
  { attempt, lastMs }: AttemptState,
  { now, since }: { now: Date; since: number | undefined },
): string {
  const fromMs = lastMs ?? Math.max(attempt.startedAt.getTime(), since ?? 0);
  const span = formatDuration(now.getTime() - fromMs, { whole: true });
  const at = `${new Date(fromMs).toISOString().slice(11, 19)}Z`;
  if (lastMs !== undefined) return `it printed last ${span} ago, at ${at}`;
  return `it has printed nothing for ${span}, since ${at}`;
}

/** For programs: whole seconds; null for an attempt that has ended. */
export function silentSeconds({ attempt, lastMs }: AttemptState, now: Date): number | null {
  if (attempt.endedAt !== undefined) return null;
  return Math.max(0, Math.round((now.getTime() - (lastMs ?? attempt.startedAt.getTime())) / 1000));
}
