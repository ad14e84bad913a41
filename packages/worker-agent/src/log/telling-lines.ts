import { isLinePiece, parseLinePiece } from "@muster/pipeline";
import { judgeLine, type Verdict } from "./judge-line.ts";
import { createMask } from "./mask-secrets.ts";

/** Listens to a program's output for what tells why it failed, in little memory. */
export interface TellingLines {
  /** @param lines readable, and without secrets */
  write(lines: readonly string[]): void;
  /** It never holds anything back. */
  room(): undefined;
  /** What is printed from now on is what ending the program has made of it. */
  close(): void;
  /** The last line that looks like an error, of those that tell most. */
  error(): string | undefined;
  /** The last line that is not blank. */
  last(): string | undefined;
}

/** Of a line's beginning: nobody reads on. */
const MOST_READ = 2000;
/** What a cause has room for, about. */
const MOST_KEPT = 200;
/** So much stands before what makes it an error, in a line that is too long. */
const BEFORE = 60;
/** A lesser word so many lines behind an error is what the error has led to, not why the program ended. */
const CONSEQUENCES = 100;

const rank: Readonly<Record<Verdict, number>> = { nothing: 0, echo: 1, complaint: 2, error: 3 };

/** What has told most by now. */
interface Telling {
  readonly verdict: Verdict;
  readonly text: string;
  /** Of the line, from 1. */
  readonly number: number;
}

export interface TellingLinesOptions {
  /** The script's own, whose paths say nothing to anybody. */
  readonly folders?: readonly string[];
  /** As of the mask that the lines come from: colours may have stood in the middle of one. */
  readonly secrets?: readonly string[];
}

export function tellingLines({ folders = [], secrets = [] }: TellingLinesOptions = {}): TellingLines {
  let count = 0;
  let best: Telling | undefined;
  let last: string | undefined;
  let isClosed = false;
  /** Of a line whose rest is still to come. */
  let begun = "";

  const hear = (line: string, isNew = true) => {
    const before = best;
    if (isNew) count++;
    const isAnnounced = before?.number === count - 1 && before.text.endsWith(":");
    if (!isAnnounced && !mayTell(line)) return;
    const text = plain(line, folders);
    const { verdict } = judgeLine(text);
    if (verdict !== "nothing" && replaces(verdict, count, before)) best = { verdict, text, number: count };
    // Some tools say in one line that there is an error, and which one in the next.
    else if (isAnnounced) best = { ...before, text: `${before.text} ${text}` };
  };
  const shown = (text: string): string => {
    const masked = createMask(secrets)(text);
    return printable(excerpt(masked, judgeLine(masked).at));
  };

  /** A line in pieces is heard again with each of them, as far as anybody reads on. */
  const hearPiece = (message: string): string => {
    const { text, isContinued, goesOn } = parseLinePiece(message);
    const line = isContinued && begun.length < MOST_READ ? begun + text : text;
    begun = goesOn ? line : "";
    hear(line, !isContinued);
    return line;
  };

  return {
    write(lines) {
      if (isClosed) return;
      const heard = lines.some(isLinePiece) ? lines.map(hearPiece) : lines;
      if (heard === lines) for (const line of lines) hear(line);
      last = lastOf(heard, folders) ?? last;
    },
    room: () => undefined,
    close() {
      isClosed = true;
    },
    error: () => best && shown(best.text),
    last: () => last && shown(last),
  };
}

function lastOf(lines: readonly string[], folders: readonly string[]): string | undefined {
  for (let index = lines.length - 1; index >= 0; index--) {
    const text = plain(lines[index] as string, folders);
    if (text !== "") return text;
  }
  return undefined;
}

function replaces(verdict: Verdict, number: number, best: Telling | undefined): boolean {
  if (best === undefined || rank[verdict] > rank[best.verdict]) return true;
  // The innermost of several tools comes first.
  if (verdict === best.verdict && verdict !== "echo") return true;
  // However late make says it: the compiler's word is why.
  if (verdict === "echo" && best.verdict === "error") return false;
  return number - best.number > CONSEQUENCES;
}

const ESCAPE = "\u001B";
/** How a line may begin that says without a colon what failed, behind colours. */
const OPENING = new RegExp(
  `^(?:${ESCAPE}\\[[\\d;]*[mK])*\\s*(?:${[
    "can(?:not|['’]t)|could|unable|miss|invalid|un(?:known|expected|authorized)|illegal",
    "err|e: |e {2}|an error|exception|-* ?fail|not ok|\\[ *(?:error|fatal|fail)|\\d+ errors? |there have been",
    "killed|segmentation|abort|bus err|terminate|conflict|! |cmake err|npm |compilation|elifecycle|begin failed",
  ].join("|")})`,
  "i",
);
/** And how one may end. */
const ENDING = /(?:Error|Exception|FAILED|failed\.)$/;
/** A part of a word of each that tells something. */
const HINT = new RegExp(
  [
    "err|e:|e {2}|fail|fatal|panic|critical|severe|exception|assert|fault|illegal|dumped|abort|smash|kill|sanitizer",
    "memory|space|quota|many|undefined|multiple|can|could|not|no |unable|missing|invalid|mismatch|corrupt|exist",
    "un(?:known|expected|supported|recognized|authorized|reachable)|denied|refus|reject|conflict|timed|garbage|verif|use",
    "\\*\\*\\*|line|unbound|interpreter|syntax|\\.go:|curl|unmet|depend|return|exit|died|busy|reset|long|terminate|what",
  ].join("|"),
  "i",
);

/** Most lines are not worth a closer look, and output may come a million lines at a time. */
function mayTell(line: string): boolean {
  if (line.includes(": ") || line.endsWith(":")) return HINT.test(line);
  return OPENING.test(line) || ENDING.test(line.slice(-9));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are the point
const ESCAPES = /\x1b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_]?)/g;
/** As containers' builders and journals put before a line. */
const TIME = /^(?:#\d+ \d+\.\d+ |\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]?\s+)/;

/** A line as a report shows it: no colours, no time, one space between words, paths from the script's folders on. */
function plain(line: string, folders: readonly string[]): string {
  const text = line.slice(0, MOST_READ).replace(ESCAPES, "").replace(/\s+/g, " ").trim().replace(TIME, "");
  return folders.reduce((shown, folder) => shown.replaceAll(`${folder}/`, ""), text);
}

/** Without what turns text around or is no character at all; slow, and so for one line only. */
const printable = (text: string): string => text.replace(/\p{C}+/gu, " ").trim();

/** What matters of a line that is too long: around the place that makes it an error. */
function excerpt(text: string, at: number): string {
  if (text.length <= MOST_KEPT) return text;
  const from = at > MOST_KEPT / 2 ? at - BEFORE : 0;
  const shown = [...text.slice(from)]
    .slice(0, MOST_KEPT)
    .join("")
    .replace(/^[\uDC00-\uDFFF]/, "");
  return `${from > 0 ? "…" : ""}${shown}${from + shown.length < text.length ? "…" : ""}`;
}
