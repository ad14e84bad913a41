import { dateParts } from "./version-scheme.ts";

interface Token {
  readonly pattern: string;
  /** What stands there in versions of a day; undefined for what no day has. */
  readonly ofDay?: (day: Day) => string;
  readonly example: string;
  readonly sample: string;
}

interface Day {
  readonly year: string;
  readonly month: string;
  readonly day: string;
}

const number = "0|[1-9]\\d*";
const unpadded = (text: string): string => String(Number(text));

/** @see https://calver.org/#scheme */
const tokens: Readonly<Record<string, Token>> = {
  YYYY: { pattern: "[1-9]\\d{3}", ofDay: ({ year }) => year, example: "2026", sample: "9753" },
  YY: { pattern: "[1-9]\\d?", ofDay: ({ year }) => unpadded(year.slice(2)), example: "26", sample: "97" },
  "0Y": { pattern: "\\d{2}", ofDay: ({ year }) => year.slice(2), example: "26", sample: "97" },
  "0M": { pattern: "0[1-9]|1[0-2]", ofDay: ({ month }) => month, example: "11", sample: "10" },
  MM: { pattern: "[1-9]|1[0-2]", ofDay: ({ month }) => unpadded(month), example: "11", sample: "10" },
  "0D": { pattern: "0[1-9]|[12]\\d|3[01]", ofDay: ({ day }) => day, example: "29", sample: "29" },
  DD: { pattern: "[1-9]|[12]\\d|3[01]", ofDay: ({ day }) => unpadded(day), example: "29", sample: "29" },
  MAJOR: { pattern: number, example: "1", sample: "86420" },
  MINOR: { pattern: number, example: "1", sample: "75319" },
  MICRO: { pattern: number, example: "1", sample: "64208" },
  MODIFIER: { pattern: "[A-Za-z][A-Za-z0-9.]*", example: "rc1", sample: "rc53197" },
};

const PIECE = new RegExp(`${Object.keys(tokens).join("|")}|[[\\].-]`, "y");

/** What a version of a format says: its parts in their order, text for `MODIFIER`, numbers for all others. */
export type CalendarParts = ReadonlyMap<string, number | string>;

/** A calendar's form of versions. */
export interface CalendarFormat {
  /** undefined for what is not of the format, or of a day that there is not. */
  readonly read: (version: string) => CalendarParts | undefined;
  /** Whether it says a whole day, and nothing but a day. */
  readonly isDay: boolean;
  readonly ofDay: (date: Date) => string;
  /** Without what may be left out, and with it. */
  readonly examples: readonly [string, string];
  readonly samples: readonly [string, string];
}

/**
 * Understands `YYYY.0M.0D` and `YY.0M[.MICRO][-MODIFIER]`.
 * @throws RangeError for what is no format
 */
export function calendarFormat(format: string): CalendarFormat {
  const pieces = piecesOf(format);
  const names = pieces.filter((piece) => piece in tokens);
  const problem = problemOf(pieces, names);
  if (problem !== undefined) throw new RangeError(`calendar: the format "${format}" ${problem}`);
  const pattern = new RegExp(`^${pieces.map(patternOf).join("")}$`);
  const whole = pieces.filter((piece) => piece !== "[" && piece !== "]");
  const written = (textOf: (token: Token) => string, of = whole): string =>
    of.map((piece) => (piece in tokens ? textOf(tokens[piece] as Token) : piece)).join("");
  const bare = withoutOptional(pieces);
  return {
    read: (version) => {
      const match = pattern.exec(version);
      if (match === null) return undefined;
      const found = names.flatMap((name, index) => {
        const text = match[index + 1];
        return text === undefined ? [] : [[name, name === "MODIFIER" ? text : Number(text)] as const];
      });
      const read = new Map<string, number | string>(found);
      return isRealDay(read) ? read : undefined;
    },
    isDay: [/Y/, /M$/, /D$/].every((part) => names.some((name) => part.test(name))) && names.length === 3,
    ofDay: (date) => {
      const [year = "", month = "", day = ""] = dateParts(date);
      return written(({ ofDay, example }) => ofDay?.({ year, month, day }) ?? example);
    },
    examples: [written(({ example }) => example, bare), written(({ example }) => example)],
    samples: [written(({ sample }) => sample, bare), written(({ sample }) => sample)],
  };
}

function piecesOf(format: string): string[] {
  const pieces: string[] = [];
  PIECE.lastIndex = 0;
  for (let match = PIECE.exec(format); match !== null; match = PIECE.exec(format)) pieces.push(match[0]);
  return pieces.join("") === format ? pieces : [];
}

function problemOf(pieces: readonly string[], names: readonly string[]): string | undefined {
  if (names.length === 0) return `must consist of ${Object.keys(tokens).join(", ")}, dots, dashes and [ ]`;
  if (!/Y/.test(pieces[0] ?? "")) return "must begin with a year";
  if (new Set(names).size < names.length) return "names a part twice";
  if (names.includes("MODIFIER") && !/\[-?MODIFIER\]$/.test(pieces.join(""))) return "must end with [-MODIFIER]";
  const depths = pieces.map((_, index) => depthAt(pieces.slice(0, index + 1)));
  if (depths.some((depth) => depth < 0 || depth > 1) || depths.at(-1) !== 0) return "has a bracket too many";
  return undefined;
}

const depthAt = (pieces: readonly string[]): number =>
  pieces.filter((piece) => piece === "[").length - pieces.filter((piece) => piece === "]").length;

const withoutOptional = (pieces: readonly string[]): string[] =>
  pieces.filter((piece, index) => piece !== "]" && depthAt(pieces.slice(0, index + 1)) === 0);

function patternOf(piece: string): string {
  if (piece === "[") return "(?:";
  if (piece === "]") return ")?";
  return piece in tokens ? `(${tokens[piece]?.pattern})` : `\\${piece}`;
}

function isRealDay(read: CalendarParts): boolean {
  const numberOf = (...names: string[]) => names.map((name) => read.get(name)).find((value) => value !== undefined);
  const [year = 2000, month, day] = [numberOf("YYYY", "YY", "0Y"), numberOf("0M", "MM"), numberOf("0D", "DD")].map(
    (value) => (value === undefined ? undefined : Number(value)),
  );
  if (month === undefined || day === undefined) return true;
  const date = new Date(Date.UTC(year < 100 ? 2000 + year : year, month - 1, day));
  return date.getUTCMonth() === month - 1;
}
