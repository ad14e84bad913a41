import type { TimelineRow } from "./timeline.ts";

/** So long the state machine may take from the end of a step to the next, in milliseconds. */
const TRANSITION_MS = 2000;

/**
 * The steps of which each began when the one before it had ended, up to the one that ended last: a build ends sooner only if one of them does. First to
 * last; what was only skipped took no time, and is not among them.
 */
export function criticalPath(rows: readonly TimelineRow[]): readonly TimelineRow[] {
  const taking = rows.filter(({ step, toMs, fromMs }) => step.state !== "skipped" && toMs > fromMs);
  const path: TimelineRow[] = [];
  let next = latest(taking);
  while (next !== undefined) {
    path.unshift(next);
    const begins = next.fromMs;
    next = latest(taking.filter(({ toMs, fromMs }) => fromMs < begins && toMs <= begins + TRANSITION_MS));
  }
  return path;
}

const latest = (rows: readonly TimelineRow[]): TimelineRow | undefined =>
  rows.reduce<TimelineRow | undefined>(
    (best, row) => (best === undefined || row.toMs > best.toMs ? row : best),
    undefined,
  );
