import type { MusterError } from "@muster/pipeline/muster-error";
import { wrapSentence } from "./wrap-columns.ts";

// An import reads every name of the module, also those that load others: a tenth of the time that `muster help` takes.
const { styleText } = process.getBuiltinModule("node:util");

export type TextStyle = Parameters<typeof styleText>[0];

export interface OutputStream {
  write(text: string): boolean;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Where words for people go: reports to stdout, progress and errors to stderr. */
export interface Print {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** A line of a report. */
  report(line: string): void;
  /** A sentence of a report: a narrow terminal has it as several lines, broken between words. */
  sentence(text: string): void;
  /** The one value of a command that was given `--json`. */
  json(value: unknown): void;
  /** A sentence of progress, broken as those of reports. */
  note(line: string): void;
  /** Colours on a terminal, plain text elsewhere; NO_COLOR and FORCE_COLOR count. */
  style(format: TextStyle, text: string, stream?: "stdout" | "stderr"): string;
  /** Whether what was printed there can be replaced by what is printed next: a terminal that moves its cursor. */
  canRedraw(stream: "stdout" | "stderr"): boolean;
  /** `muster: <what>`, and what to do about it. */
  error(error: Pick<MusterError, "message" | "hint">): void;
}

/** Columns of the terminal that reports go to; undefined where there is none, or it does not say (some say 0). */
export const terminalColumns = ({ stdout }: Pick<Print, "stdout">): number | undefined => columnsOfStream(stdout);

/** Rows of that terminal, without the one in which the user types next. */
export const terminalRows = ({ stdout }: Pick<Print, "stdout">): number | undefined =>
  stdout.isTTY === true && stdout.rows ? stdout.rows - 1 : undefined;

/** What the command line says of it: `quiet` leaves progress out, errors stay. */
export interface PrintOptions {
  readonly quiet?: boolean;
  readonly noColor?: boolean;
  /** A terminal whose cursor cannot be moved. */
  readonly isDumb?: boolean;
}

/** Columns of a stream's terminal. */
const columnsOfStream = ({ isTTY, columns }: OutputStream): number | undefined =>
  (isTTY === true && columns) || undefined;

export function createPrint(
  { stdout, stderr }: { stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream },
  { quiet = false, noColor = false, isDumb = false }: PrintOptions = {},
): Print {
  const style: Print["style"] = (format, text, stream = "stdout") =>
    noColor ? text : styleText(format, text, { stream: stream === "stdout" ? stdout : stderr, validateStream: true });
  const write = (stream: OutputStream, text: string) => {
    stream.write(`${wrapSentence(text, columnsOfStream(stream)).join("\n")}\n`);
  };
  return {
    stdout,
    stderr,
    style,
    canRedraw: (stream) => !isDumb && (stream === "stdout" ? stdout : stderr).isTTY === true,
    report: (line) => void stdout.write(`${line}\n`),
    sentence: (text) => write(stdout, text),
    json: (value) => void stdout.write(`${JSON.stringify(value, undefined, 2)}\n`),
    note(text) {
      if (!quiet) write(stderr, text);
    },
    error({ message, hint }) {
      const line = message.replaceAll(/\s*\n\s*/g, " ");
      const help = hint === undefined ? "" : style("dim", ` (${hint})`, "stderr");
      write(stderr, `${style("red", "muster:", "stderr")} ${line}${help}`);
    },
  };
}
