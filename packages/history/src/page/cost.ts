import type { StretchKind, TimelineRow } from "./timeline.ts";

/** Dollars an hour of the machine of each activity; of one that is not named nobody knows. */
export type Prices = ReadonlyMap<string, number>;

/** What a machine was there for. */
const AT_A_TASK: readonly StretchKind[] = ["boot", "run", "lost"];
const HOUR_MS = 3_600_000;

/** For how long a machine booted for a task or was at it, all attempts together, in milliseconds. */
export const machineMs = ({ step, stretches }: TimelineRow): number =>
  step.kind === "activity"
    ? stretches.reduce((sum, { kind, fromMs, toMs }) => (AT_A_TASK.includes(kind) ? sum + toMs - fromMs : sum), 0)
    : 0;

/** What a task's machines cost, in dollars; undefined where nobody knows. */
export function dollarsOf(row: TimelineRow, prices: Prices): number | undefined {
  const ms = machineMs(row);
  const price = ms === 0 ? 0 : prices.get(row.step.name);
  return price === undefined ? undefined : (price * ms) / HOUR_MS;
}

export const formatDollars = (dollars: number): string =>
  dollars > 0 && dollars < 0.01 ? "< $0.01" : `$${dollars.toFixed(2)}`;
