/** What a bench found, beside what it should be. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The most that is good enough; absent where there is only something to know. */
  readonly goal?: number;
  readonly digits?: number;
}

/** One line for people. */
export function figureLine({ what, value, unit, goal, digits = 0 }: Figure): string {
  const shown = `${what.padEnd(58)}${value.toFixed(digits).padStart(10)} ${unit.padEnd(7)}`;
  if (goal === undefined) return shown.trimEnd();
  return `${shown}goal ${String(goal).padStart(6)}${isOver({ what, value, unit, goal }) ? "   OVER" : ""}`;
}

/** A figure that could not be had is over every goal. */
export const isOver = ({ value, goal }: Figure): boolean => goal !== undefined && !(value <= goal);

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

export const megabytes = (bytes: number): number => bytes / 1e6;
