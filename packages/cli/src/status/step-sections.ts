import { describeStep, failureOfStep, isFinished, type Step, type StepState } from "@muster/history";
import { placeCells } from "@muster/pipeline";
import { formatTable } from "../format-table.ts";
import { columnsOf, fitStyled } from "../text-columns.ts";
import { wrapColumns } from "../wrap-columns.ts";
import type { MatrixLines, Style } from "./matrix-lines.ts";

export interface StepSection {
  readonly title: string;
  readonly steps: readonly Step[];
  readonly wordsOf: (step: Step) => string;
}

interface SectionOptions {
  /** What the matrix tells already. */
  readonly detail: MatrixLines["detail"];
  readonly isRunning: boolean;
  readonly now: Date;
}

/** What failed, and what is not finished, each with its words; what the matrix says of a task is not said again. */
export function urgentSections(told: readonly Step[], { detail, isRunning, now }: SectionOptions): StepSection[] {
  const failed = told.filter(({ state }) => state === "failed");
  const open = told
    .filter((step) => !isFinished(step) && (detail !== "worker" || hasMoreToSay(step)))
    .sort((one, other) => urgencyOf(one) - urgencyOf(other));
  const sections = [
    { title: "failed", steps: failed, wordsOf: (step: Step) => failureOfStep(step, now) },
    {
      title: isRunning ? "unfinished" : "never finished",
      steps: open,
      wordsOf: (step: Step) => describeStep(step, now).words,
    },
  ];
  return sections.filter(({ steps }) => steps.length > 0);
}

/** Why what is left out is, and what scripts say of what they did. */
export function quietSections(told: readonly Step[]): StepSection[] {
  const skipped = told.filter(({ state }) => state === "skipped");
  const noted = told.filter(({ state, note }) => state === "succeeded" && note !== undefined);
  const sections = [
    { title: "skipped", steps: skipped, wordsOf: ({ reason }: Step) => reason ?? "nothing to do" },
    { title: "notes", steps: noted, wordsOf: ({ note }: Step) => note as string },
  ];
  return sections.filter(({ steps }) => steps.length > 0);
}

const urgency: readonly StepState[] = ["retrying", "running", "waiting", "preparing"];

/** What a person is asked comes first. */
const urgencyOf = ({ kind, state }: Step): number => (kind === "approval" ? -1 : urgency.indexOf(state));

/** Beside its state, time, attempt and worker. */
const hasMoreToSay = ({ state, kind, deferred }: Step): boolean =>
  state === "retrying" || kind === "approval" || (state === "waiting" && deferred !== undefined);

interface Shown {
  readonly columns: number;
  readonly style: Style;
  readonly now: Date;
}

/** A section's lines; where they are wider than the terminal, each step's words stand below it, broken between words. @param most steps that are shown */
export function sectionLines(section: StepSection, { most, ...shown }: Shown & { most: number }): string[] {
  const { columns } = shown;
  const { title, steps } = section;
  const rows = steps.slice(0, most).map((step) => rowOf(step, section, shown));
  const more = steps.length > most ? [`  … and ${steps.length - most} more`] : [];
  const table = formatTable(rows, { indent: "  " });
  if (table.every((line) => columnsOf(line) <= columns)) return [`${title}:`, ...table, ...more];
  const below = rows.flatMap((row) => [headOf(row), ...wrapColumns(`    ${row.at(-1)}`, { columns, indent: "    " })]);
  return [`${title}:`, ...below, ...more];
}

/** Of a terminal that has not got them, words stand below. */
const NARROW = 80;

/** The same of at most so many lines, each cut to the terminal's width; what does not fit is counted. */
export function fewSectionLines(section: StepSection, { most, ...shown }: Shown & { most: number }): string[] {
  if (most < 2) return [];
  const { columns } = shown;
  const some = section.steps.slice(0, most - 1).map((step) => rowOf(step, section, shown));
  const table = formatTable(some, { indent: "  " });
  const perStep = columns < NARROW && table.some((line) => columnsOf(line) > columns) ? 2 : 1;
  const all = section.steps.length;
  const count = all * perStep < most ? all : Math.max(0, Math.floor((most - 2) / perStep));
  const lines = some
    .slice(0, count)
    .flatMap((row, index) => (perStep === 1 ? [table[index] ?? ""] : [headOf(row), `    ${row.at(-1)}`]));
  const hidden = all > count ? [`  … and ${all - count} more`] : [];
  return [`${section.title}:`, ...lines, ...hidden].map((line) => fitStyled(line, columns));
}

function rowOf(step: Step, { wordsOf }: StepSection, { style, now }: Shown): string[] {
  const { symbol, colour } = describeStep(step, now);
  const words = wordsOf(step);
  const loud = step.state === "failed" ? style("red", words) : words;
  return [style(colour, symbol), step.name, ...placeCells(step), loud];
}

const headOf = (row: readonly string[]): string =>
  `  ${row
    .slice(0, -1)
    .filter((cell) => cell !== "")
    .join(" ")}`;
