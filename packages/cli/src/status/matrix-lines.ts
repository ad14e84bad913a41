import { attemptsOfRun, elapsed, formatDuration, type Step } from "@muster/history";
import { formatTable } from "../format-table.ts";
import type { TextStyle } from "../print.ts";
import { columnsOf, fitColumns } from "../text-columns.ts";
import type { MatrixCell, MatrixRow, StatusMatrix } from "./status-matrix.ts";
import { COUNTED, countedState, countTasks, looks } from "./task-counts.ts";

export type Style = (format: TextStyle, text: string) => string;

export interface MatrixLinesOptions {
  /** That there are. */
  readonly columns: number;
  readonly style: Style;
  readonly now: Date;
}

/** How much a cell tells: all of it, without the worker, or its state alone. */
const DETAILS = ["worker", "time", "state"] as const;
export type Detail = (typeof DETAILS)[number];

export interface MatrixLines {
  readonly detail: Detail | "counts";
  readonly lines: readonly string[];
}

/** The matrix with as much in its cells as there are columns for; where not even its symbols fit, a line of counts for each step. */
export function matrixLines(matrix: StatusMatrix, options: MatrixLinesOptions): MatrixLines {
  if (matrix.rows.length === 0) return { detail: "worker", lines: [] };
  for (const detail of DETAILS) {
    const cells = cellsOf(matrix, detail, options);
    for (const layOut of [withHeader, withStairs]) {
      const lines = layOut(matrix, cells, options);
      if (lines.every((line) => columnsOf(line) <= options.columns)) return { detail, lines };
    }
  }
  return { detail: "counts", lines: countLines(matrix, options) };
}

/** A line for each step: `MakePackage  ✖ 1  ● 12  · 800  ✔ 97`. */
export function countLines(matrix: StatusMatrix, { columns, style }: MatrixLinesOptions): string[] {
  const rows = matrix.columns.map((step) => {
    const counts = countTasks(matrix, step);
    const shown = COUNTED.filter((state) => counts[state] > 0);
    return [
      step,
      shown.map((state) => `${style(looks[state].colour, looks[state].symbol)} ${counts[state]}`).join("  "),
    ];
  });
  const lines = formatTable(rows, { indent: "  " });
  if (lines.every((line) => columnsOf(line) <= columns)) return lines;
  return rows.flatMap(([step = "", counts = ""]) => [fitColumns(`  ${step}`, columns), `    ${counts}`]);
}

/** What keeps a row in sight: anything but done, left out or to come. */
export const isOpenRow = ({ cells }: MatrixRow): boolean =>
  [...cells.values()].some((cell) => !["done", "skipped", "to come"].includes(countedState(cell)));

const INDENT = "  ";

function labelOf({ version, platform }: MatrixRow): string {
  if (version === "") return `${INDENT}the build`;
  return platform === "" ? `${INDENT}${version}` : `${INDENT}${INDENT}${platform}`;
}

/** Labels and cells; a version without tasks of its own has its line above its platforms all the same. */
function cellsOf({ columns, rows }: StatusMatrix, detail: Detail, { style, now }: MatrixLinesOptions): string[][] {
  let version: string | undefined;
  return rows.flatMap((row) => {
    const cells = columns.map((name) => cellText(row.cells.get(name), detail, { style, now }));
    const isFirst = row.version !== version;
    version = row.version;
    const above = isFirst && row.platform !== "" ? [[`${INDENT}${row.version}`]] : [];
    return [...above, [labelOf(row), ...cells]];
  });
}

function cellText(cell: MatrixCell | undefined, detail: Detail, { style, now }: Omit<MatrixLinesOptions, "columns">) {
  if (cell === undefined) return "";
  const { symbol, colour } = looks[countedState(cell)];
  const mark = style(colour, symbol);
  if (cell.kind === "to come" || cell.step.state === "skipped" || detail === "state") return mark;
  const words = [mark, ...timeWords(cell.step, now)];
  const instance = cell.step.attempts.at(-1)?.instance;
  if (detail === "worker" && instance !== undefined) words.push(style("dim", instance));
  return words.join(" ");
}

/** How long, and at which attempt if it is not the first. */
function timeWords(step: Step, now: Date): string[] {
  const tries = attemptsOfRun(step).length;
  const attempt = step.attempts.at(-1);
  const since =
    step.state === "running" ? attempt?.startedAt : step.state === "waiting" ? attempt?.scheduledAt : undefined;
  const time =
    since === undefined ? elapsed(step, now) : formatDuration(now.getTime() - since.getTime(), { whole: true });
  return [time, ...(tries > 1 ? [`×${tries}`] : [])];
}

const withHeader = ({ columns }: StatusMatrix, cells: readonly string[][], { style }: MatrixLinesOptions): string[] =>
  formatTable([["", ...columns.map((name) => style("dim", name))], ...cells]);

/** Names of steps are long, and their cells are not: each name has a line of its own, above its column. */
function withStairs(
  { columns }: StatusMatrix,
  cells: readonly string[][],
  { style, columns: most }: MatrixLinesOptions,
) {
  const table = formatTable(cells);
  const widths = ["", ...columns].map((_, column) => Math.max(1, ...cells.map((row) => columnsOf(row[column] ?? ""))));
  const starts = columns.map((_, column) => widths.slice(0, column + 1).reduce((sum, width) => sum + width + 2, 0));
  const header = columns.map((name, step) => {
    const rails = starts.slice(0, step).reduce((line, start) => `${line.padEnd(start)}│`, "");
    return style("dim", fitColumns(`${rails.padEnd(starts[step] as number)}${name}`, most));
  });
  return [...header, ...table];
}
