import { isFinished } from "@muster/history";
import type { TextStyle } from "../print.ts";
import type { MatrixCell, StatusMatrix } from "./status-matrix.ts";

/** What a task of a build is at, for counting: what matters first comes first. */
export const COUNTED = [
  "failed",
  "cut off",
  "again",
  "asks",
  "running",
  "waiting",
  "to come",
  "done",
  "skipped",
] as const;
export type CountedState = (typeof COUNTED)[number];

export type TaskCounts = Readonly<Record<CountedState, number>>;

export const looks: Readonly<Record<CountedState, { symbol: string; colour: TextStyle; words: string }>> = {
  failed: { symbol: "✖", colour: "red", words: "failed" },
  "cut off": { symbol: "◌", colour: "yellow", words: "cut off" },
  again: { symbol: "↻", colour: "yellow", words: "to be tried again" },
  asks: { symbol: "?", colour: "yellow", words: "waiting for approval" },
  running: { symbol: "●", colour: "cyan", words: "running" },
  waiting: { symbol: "◌", colour: "dim", words: "waiting" },
  "to come": { symbol: "·", colour: "dim", words: "to come" },
  done: { symbol: "✔", colour: "green", words: "done" },
  skipped: { symbol: "–", colour: "dim", words: "skipped" },
};

export function countedState(cell: MatrixCell): CountedState {
  if (cell.kind === "to come") return "to come";
  const { state, kind } = cell.step;
  if (cell.isOver && !isFinished(cell.step)) return "cut off";
  switch (state) {
    case "failed":
    case "running":
    case "skipped":
      return state;
    case "retrying":
      return "again";
    case "succeeded":
      return "done";
    case "waiting":
      return kind === "approval" ? "asks" : "waiting";
    case "preparing":
      return "waiting";
    default:
      return state satisfies never;
  }
}

/** Steps that the build adds are no tasks of anybody's, unless they go wrong. */
const isCounted = (cell: MatrixCell): boolean =>
  cell.kind === "to come" || cell.step.kind !== "function" || ["failed", "again"].includes(countedState(cell));

/** How many tasks are at what; of one step, where it is named. */
export function countTasks({ rows }: StatusMatrix, step?: string): TaskCounts {
  const counts = Object.fromEntries(COUNTED.map((state) => [state, 0])) as Record<CountedState, number>;
  for (const { cells } of rows)
    for (const [name, cell] of cells)
      if (step === undefined ? isCounted(cell) : name === step) counts[countedState(cell)]++;
  return counts;
}
