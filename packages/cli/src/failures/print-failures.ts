import { otherPlaces } from "@muster/pipeline";
import { nextCommand } from "../next-command.ts";
import type { Print } from "../print.ts";
import { columnsOf, fitColumns } from "../text-columns.ts";
import { wrapColumns } from "../wrap-columns.ts";
import { attemptOption } from "./attempt-option.ts";
import { lineOfFailure } from "./build-failures.ts";
import type { FailureCause, FailureReport } from "./failure-report.ts";

export interface PrintFailuresOptions {
  readonly print: Print;
  readonly globals: Parameters<typeof nextCommand>[0];
  /** Whether the error of each has been shown already. */
  readonly isTold: boolean;
}

/** Where nothing tells a line's width: more is not read at a glance. */
const LONGEST_LINE = 400;
const MOST_PLACES = 12;

/** Each cause once: what failed, where else, the end of its log, and the command for the rest. */
export function failureLines({ causes }: FailureReport, options: PrintFailuresOptions): string[] {
  return causes.flatMap((cause) => linesOf(cause, { ...options, since: causes.length > 1 ? cause.since : "" }));
}

function linesOf(
  { group, log }: FailureCause,
  { print, globals, isTold, since }: PrintFailuresOptions & { since: string },
): string[] {
  const { first } = group;
  const columns = print.stdout.isTTY === true ? (print.stdout.columns ?? 80) : LONGEST_LINE;
  const title = isTold ? first.key : lineOfFailure(first);
  const narrow = print.stdout.isTTY === true ? columns : undefined;
  const command = nextCommand(globals, ["logs", first.key, ...attemptOption(first.attempt?.number ?? 1)]);
  return [
    ...wrapColumns(`  ${title}`, { columns: narrow, indent: "    " }).map((line) => red(line, print)),
    ...(since === "" ? [] : wrapColumns(`    ${since}`, { columns: narrow, indent: "    " })),
    ...alsoFailed(otherPlaces(group), columns),
    ...logLines(log, print, columns),
    ...(first.attempt === undefined ? [] : [`    ${command}`]),
  ];
}

const red = (line: string, print: Print): string => line.replace(/\S.*/, (words) => print.style("red", words));

function alsoFailed(places: readonly string[], columns: number): string[] {
  if (places.length === 0) return [];
  const shown = places.slice(0, MOST_PLACES);
  const more = places.length - shown.length;
  const words = [...shown.map((place, index) => (index < shown.length - 1 || more > 0 ? `${place},` : place))];
  if (more > 0) words.push(`… ${more} more`);
  return wrap(["the same on", ...words], columns - 4).map((line) => `    ${line}`);
}

function wrap(words: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && columnsOf(`${last} ${word}`) <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function logLines(log: FailureCause["log"], print: Print, columns: number): string[] {
  switch (log.kind) {
    case "none":
      return [];
    case "unreadable":
      return [`    ${print.style("dim", `its log cannot be read: ${log.why}`)}`];
    case "lines":
      return log.lines.map((line) => `    ${print.style("dim", "│")} ${fitColumns(line, columns - 6)}`.trimEnd());
    default:
      return log satisfies never;
  }
}
