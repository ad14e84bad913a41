import { formatDuration } from "@muster/history";
import { formatTable } from "../format-table.ts";
import type { BuildSummary } from "../history/find-build.ts";
import type { TextStyle } from "../print.ts";
import { columnsOf, fitStyled } from "../text-columns.ts";
import type { Style } from "./matrix-lines.ts";

interface BuildListOptions {
  /** Of the terminal; undefined where there is none. */
  readonly columns: number | undefined;
  readonly style: Style;
  readonly now: Date;
  /** Whether anything moves those that run. */
  readonly moving: boolean;
}

/** Builds, a line each; what matters less stands further to the right, and is left out first. */
export function buildList(builds: readonly BuildSummary[], options: BuildListOptions): string[] {
  const { columns } = options;
  if (builds.length === 0) return ["nothing has been built here yet"];
  const rows = builds.map((build) => cellsOf(build, options));
  for (let width = 5; width > 2; width--) {
    const lines = formatTable(rows.map((row) => row.slice(0, width)));
    if (columns === undefined || lines.every((line) => columnsOf(line) <= columns)) return lines;
  }
  return formatTable(rows.map((row) => row.slice(0, 2))).map((line) => fitStyled(line, columns as number));
}

function cellsOf(
  { name, running, status, startedAt, endedAt }: BuildSummary,
  { style, now, moving }: Omit<BuildListOptions, "columns">,
): string[] {
  const { symbol, colour, words } = running && !moving ? INTERRUPTED : (looks[status] ?? unknownLook(status));
  const time = formatDuration((endedAt ?? now).getTime() - startedAt.getTime(), { whole: running });
  const began = `${startedAt.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return [style(colour, symbol), style("bold", name), style(colour, words), time, began];
}

interface Look {
  readonly symbol: string;
  readonly colour: TextStyle;
  readonly words: string;
}

const looks: Readonly<Record<string, Look>> = {
  RUNNING: { symbol: "●", colour: "cyan", words: "running" },
  SUCCEEDED: { symbol: "✔", colour: "green", words: "succeeded" },
  FAILED: { symbol: "✖", colour: "red", words: "failed" },
  ABORTED: { symbol: "✖", colour: "red", words: "aborted" },
  TIMED_OUT: { symbol: "✖", colour: "red", words: "timed out" },
};

const INTERRUPTED: Look = { symbol: "◌", colour: "yellow", words: "interrupted" };

const unknownLook = (status: string): Look => ({ symbol: "?", colour: "yellow", words: status.toLowerCase() });
