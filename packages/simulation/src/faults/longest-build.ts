import type { WorldFault } from "./world-plan.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Where nothing goes wrong: a dozen tasks of a quarter of an hour at most, two thirds of them six at a time, and a machine for each. */
const CALM_MS = 90 * MINUTE_MS;

/** What kinds of faults keep a build for longer than the others do, the first that fits. */
const LONGER: readonly (readonly [kinds: RegExp, ms: number])[] = [
  // An hour's outage, and the waits that it has made longer: half an hour for a worker, minutes for a second try.
  [/\.down$/, 2 * HOUR_MS],
  // Its step's time, the wait for its next try, and that.
  [/^script\.hangs$/, 3 * HOUR_MS],
  // As many tasks again, for the same machines and the same lease.
  [/^people\.build$/, CALM_MS],
  // Three quarters of an hour: a heartbeat that is missed, a tick, a boot, and all of the task again.
  [/^(machine|agent|script|pool|deployment)\b/, 45 * MINUTE_MS],
  // Minutes to half an hour.
  [/^event\./, 30 * MINUTE_MS],
];
/** A call or a function: its state's retries, or the next tick. */
const OTHERWISE_MS = 5 * MINUTE_MS;

/** How long a build of a small matrix may take in which this goes wrong, in milliseconds: each fault costs what it can cost, one after the other. */
export const longestBuildMs = (faults: readonly Pick<WorldFault, "kind">[]): number =>
  faults.reduce((ms, { kind }) => ms + costMs(kind), CALM_MS);

const costMs = (kind: string): number => LONGER.find(([kinds]) => kinds.test(kind))?.[1] ?? OTHERWISE_MS;
