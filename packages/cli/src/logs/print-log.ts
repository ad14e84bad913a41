import { shownText, textShower } from "@muster/history";
import { parseLogMarker } from "@muster/pipeline";
import type { Context } from "../context.ts";
import { columnsOf } from "../text-columns.ts";
import type { AttemptState, LogSource } from "./attempt-logs.ts";
import { AFTER_TASK } from "./last-lines.ts";
import type { LogLine } from "./log-reader.ts";
import { silentSeconds } from "./silence.ts";

/** A line of a log, with whose it is. */
export interface LineToPrint extends LogLine {
  /** False for a line of a record, which knows no times. */
  readonly isTimed: boolean;
  readonly task?: string;
  /** Of the attempt, from 1. */
  readonly number?: number;
  readonly instance: string;
}

/** What `muster logs --json` prints, once, at its end. */
export interface LogsJson {
  /** The build's name; null for a worker's log, which may hold tasks of several. */
  readonly build: string | null;
  /** What was asked for of the build; none for a worker's log. */
  readonly attempts: readonly {
    readonly task: string;
    /** From 1. */
    readonly attempt: number;
    readonly instance: string;
    /** The log's stream, the whole log in the attempt's record, the record's last lines, or nothing. */
    readonly source: LogSource;
    /** Why nothing, or not all, of its log is there, or null. */
    readonly problem: string | null;
    /** For how long a running attempt has printed nothing; null for one that has ended. */
    readonly silentSeconds: number | null;
  }[];
  readonly lines: readonly {
    /** ISO 8601, in UTC; null where it is not known, in a record. */
    readonly time: string | null;
    /** null for lines of a worker's own. */
    readonly task: string | null;
    readonly attempt: number | null;
    readonly instance: string;
    /** Without control sequences, colours too. */
    readonly text: string;
  }[];
}

export interface PrintLogOptions {
  /** Lines that do not hold it, as they are shown without colours, are left out. */
  readonly pattern: RegExp | undefined;
  readonly timestamps: boolean;
  /** Whether tasks are told apart. */
  readonly isBuild: boolean;
}

export interface LogPrinter {
  lines(lines: readonly LineToPrint[]): void;
  /** Called once, behind the last line. */
  end(told: { build: string | null; states: readonly AttemptState[]; now: Date; isOver?: boolean }): void;
}

export function logPrinter(
  { print, globals }: Pick<Context, "print" | "globals">,
  { pattern, timestamps, isBuild }: PrintLogOptions,
): LogPrinter {
  const colours = print.style("red", "x") !== "x";
  const kept: LogsJson["lines"][number][] = [];
  const showers = new Map<string, (text: string) => string>();
  let widest = 0;
  let matches = 0;

  const head = ({ timestamp, isTimed, task = "" }: LineToPrint): string => {
    const at = isTimed ? new Date(timestamp).toISOString() : "(time not recorded)";
    const time = timestamps ? `${print.style("dim", at.padEnd(24))} ` : "";
    if (!isBuild) return time;
    widest = Math.max(widest, columnsOf(task));
    return `${time}${print.style("cyan", task)}${" ".repeat(widest - columnsOf(task))} ${print.style("dim", "│")} `;
  };
  /** A task's colours begin with it. */
  const colouredText = ({ task = "", number, instance, message }: LineToPrint): string => {
    const key = `${task} ${number} ${instance}`;
    const shower = showers.get(key) ?? textShower({ colours });
    showers.set(key, parseLogMarker(message) === undefined ? shower : textShower({ colours }));
    return shower(message);
  };
  const show = (line: LineToPrint) => {
    const plain = shownText(line.message, { colours: false });
    // Of lines that are left out, too: a colour may have begun there.
    const coloured = colouredText(line);
    if (pattern !== undefined && !pattern.test(plain)) return;
    matches++;
    if (globals.json) {
      kept.push(jsonOf(line, plain));
      return;
    }
    const marker = markerWords(line);
    const text = marker === undefined ? coloured : print.style("dim", marker);
    for (const part of text.split("\n")) print.report(`${head(line)}${part}`.trimEnd());
  };
  return {
    lines(lines) {
      const named = isBuild ? lines.map(({ task = "" }) => columnsOf(task)) : [];
      for (const columns of named) widest = Math.max(widest, columns);
      for (const line of lines) show(line);
    },
    end({ build, states, now, isOver = false }) {
      if (globals.json)
        print.json({
          build,
          attempts: states.map((state) => attemptJson(state, isOver ? undefined : now)),
          lines: kept,
        } satisfies LogsJson);
      else if (pattern !== undefined && matches === 0) print.note(`no line holds ${pattern.source}`);
    },
  };
}

/** Of a task's log, where a marker's task and build are known: `=== attempt 2 on i-0123`, `=== succeeded after 12 s`. */
function markerWords({ message, number }: LineToPrint): string | undefined {
  const marker = parseLogMarker(message);
  if (marker === undefined) return undefined;
  if (number === undefined) return message;
  const { kind, details = "" } = marker;
  const isScript = kind === "start" && !details.startsWith(AFTER_TASK);
  return `=== ${isScript ? `attempt ${number} ${details}` : details || kind}`.trimEnd();
}

const jsonOf = (
  { timestamp, isTimed, task, number, instance }: LineToPrint,
  text: string,
): LogsJson["lines"][number] => ({
  time: isTimed ? new Date(timestamp).toISOString() : null,
  task: task ?? null,
  attempt: number ?? null,
  instance,
  text,
});

/** @param now absent of a build that has ended */
const attemptJson = (state: AttemptState, now: Date | undefined): LogsJson["attempts"][number] => ({
  task: state.attempt.task,
  attempt: state.attempt.number,
  instance: state.attempt.instance,
  source: state.source,
  problem: state.problem ?? null,
  silentSeconds: now === undefined ? null : silentSeconds(state, now),
});
