import { type BuildHistory, formatDuration, type Step } from "@muster/history";
import { describeInputs, type Pipeline } from "@muster/pipeline";
import { stoppedBy } from "../history/stopped-by.ts";
import { wrapColumns } from "../wrap-columns.ts";
import { countLines, isOpenRow, type MatrixLines, matrixLines, type Style } from "./matrix-lines.ts";
import { barLine } from "./progress-bar.ts";
import { isTold, type StatusMatrix, statusMatrix } from "./status-matrix.ts";
import { fewSectionLines, quietSections, type StepSection, sectionLines, urgentSections } from "./step-sections.ts";
import { COUNTED, countTasks, looks } from "./task-counts.ts";
import type { Prospect } from "./watch-expected.ts";

/** A build as it is to be shown. */
export interface ShownBuild {
  readonly name: string;
  readonly build: BuildHistory;
  readonly flow: Pipeline["flow"];
  readonly prospect: Prospect;
  /** Whether anything moves it. */
  readonly moving: boolean;
  /** What failed, where and since when; empty where nothing is to be said of that. */
  readonly headline: string;
}

export interface ShownWhere {
  /** Of the terminal; undefined where there is none. */
  readonly columns: number | undefined;
  readonly rows: number | undefined;
  readonly style: Style;
  readonly now: Date;
}

/** Where nothing says how wide a line may be: wider ones are read by nobody. */
const WIDEST = 160;

/** A build for a report: how it is, its matrix, and what there is to say of its steps. */
export function statusReport(shown: ShownBuild, where: ShownWhere): string[] {
  const { build } = shown;
  const matrix = matrixOf(shown);
  const { detail, lines } = fittingMatrix(matrix, { ...where, columns: where.columns ?? WIDEST });
  const told = build.steps.filter(isTold);
  const urgent = urgentSections(told, { detail, isRunning: build.state === "running", now: where.now });
  // A pipe gets all of it; nobody scrolls back through what waits.
  const { columns = Number.POSITIVE_INFINITY, rows: most = Number.POSITIVE_INFINITY } = where;
  return [
    ...head(shown, matrix, where),
    ...lines,
    ...[...urgent, ...quietSections(told)].flatMap((section) => sectionLines(section, { ...where, columns, most })),
  ];
}

/** The matrix alone, for a terminal that stays as it is: the report that follows says the rest. */
export function lastingMatrix(shown: ShownBuild, where: ShownWhere & { columns: number }): readonly string[] {
  return fittingMatrix(matrixOf(shown), where).lines;
}

const matrixOf = ({ build, flow, prospect, moving }: ShownBuild): StatusMatrix =>
  statusMatrix(build.steps, { flow, toCome: prospect.toCome, goesOn: moving && build.state === "running" });

/** The same for a terminal, of at most as many lines as it has rows: what matters first is shown, and the rest counted. */
export function statusScreen(shown: ShownBuild, where: ShownWhere & { columns: number; rows: number }): string[] {
  const { build } = shown;
  const matrix = matrixOf(shown);
  const lines = head(shown, matrix, where).slice(0, where.rows);
  const { matrixPart, sections } = besideSections(matrix, build.steps.filter(isTold), where.rows - lines.length, where);
  lines.push(...matrixPart);
  for (const [index, section] of sections.entries()) {
    const left = where.rows - lines.length;
    // What has failed leaves half of the room to what is under way.
    const most = index < sections.length - 1 ? Math.max(2, left >> 1) : left;
    lines.push(...fewSectionLines(section, { ...where, most }));
  }
  return lines.slice(0, where.rows);
}

/** The matrix, where it leaves what matters half of the room, or as much as it needs; else its counts. */
function besideSections(
  matrix: StatusMatrix,
  told: readonly Step[],
  room: number,
  where: ShownWhere & { columns: number },
): { matrixPart: readonly string[]; sections: readonly StepSection[] } {
  const sectionsBeside = (detail: MatrixLines["detail"]) =>
    urgentSections(told, { detail, isRunning: true, now: where.now });
  if (matrix.rows.length < room) {
    const { detail, lines } = matrixLines(matrix, where);
    const sections = sectionsBeside(detail);
    const needs = sections.reduce((sum, { steps }) => sum + steps.length + 1, 0);
    if (lines.length + Math.min(room >> 1, needs) <= room) return { matrixPart: lines, sections };
  }
  return { matrixPart: countLines(matrix, where).slice(0, room), sections: sectionsBeside("counts") };
}

/** On a terminal, rows on which nothing is under way and nothing failed give way to the others. */
function fittingMatrix(matrix: StatusMatrix, options: ShownWhere & { columns: number }): MatrixLines {
  const { rows } = options;
  const whole = matrixLines(matrix, options);
  if (rows === undefined || whole.lines.length <= rows) return whole;
  const open = matrix.rows.filter(isOpenRow);
  const { detail, lines } = matrixLines({ ...matrix, rows: open }, options);
  const counts = countLines(matrix, options);
  return lines.length > rows ? { detail: "counts", lines: counts } : { detail, lines: [...counts, ...lines] };
}

function head(shown: ShownBuild, matrix: StatusMatrix, { columns, style, now }: ShownWhere): string[] {
  const { name, build, headline, prospect } = shown;
  const wrap = (text: string, indent = "  ") => wrapColumns(text, { columns, indent });
  const { expected } = prospect;
  const bar =
    expected === undefined || build.startedAt === undefined || build.state !== "running" || !shown.moving
      ? []
      : [barLine(expected, { startedAt: build.startedAt, now, columns: columns ?? WIDEST, style })];
  return [
    ...wrap(`${style("bold", name)}  ${stateWords(shown, style, now)}${headline === "" ? "" : `: ${headline}`}`),
    ...bar,
    ...wrap(countWords(matrix, style, build.state)),
    ...causeLines(shown).flatMap((line) => wrap(line)),
    ...inputLines(build).flatMap((line) => wrap(line)),
  ];
}

/** `✖ 1 failed, ● 2 running, ✔ 5 done`: the symbols are those of the matrix. */
function countWords(matrix: StatusMatrix, style: Style, state: BuildHistory["state"]): string {
  const counts = countTasks(matrix);
  const parts = COUNTED.filter((kind) => counts[kind] > 0).map((kind) => {
    const { symbol, colour, words } = looks[kind];
    return `${style(colour, symbol)} ${counts[kind]} ${kind === "to come" && state !== "running" ? "not started" : words}`;
  });
  return parts.length === 0 ? "no task yet" : parts.join(", ");
}

function stateWords({ build, moving }: ShownBuild, style: Style, now: Date): string {
  const { state, startedAt, endedAt, redriveCount } = build;
  const time = formatDuration((endedAt ?? now).getTime() - (startedAt ?? now).getTime(), {
    whole: endedAt === undefined,
  });
  const redriven = redriveCount === 0 ? "" : `, redriven ${redriveCount === 1 ? "once" : `${redriveCount} times`}`;
  if (state === "running")
    return moving
      ? `${style("cyan", "running")} for ${time}${redriven}`
      : `${style("yellow", "interrupted")}, started ${time} ago${redriven}`;
  return `${style(state === "succeeded" ? "green" : "red", state)} after ${time}${redriven}${stopWords(build)}`;
}

const stopWords = (build: BuildHistory): string => {
  const who = stoppedBy(build);
  return who === undefined ? "" : `, stopped by ${who}`;
};

/** Of a build that ended badly though none of its steps failed. */
function causeLines({ build, headline }: ShownBuild): string[] {
  if (headline !== "" || stoppedBy(build) !== undefined) return [];
  return [build.error, build.cause].filter((text) => text !== undefined);
}

function inputLines({ input }: BuildHistory): string[] {
  const told = describeInputs(input ?? {});
  const retried = input?.retry === undefined ? [] : [`a retry of ${input.retry.build}`];
  return [...retried, ...(told === "" ? [] : [`inputs: ${told}`])];
}
