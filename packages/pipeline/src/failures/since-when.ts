import { placeWords } from "../place.ts";
import { type FailureGroup, sameness } from "./group-failures.ts";

/** A build that ended before this one. */
export interface EarlierBuild {
  readonly name: string;
  /** Its failed steps, a line each, as its execution's cause names them; none of a build that succeeded. */
  readonly failures: readonly string[];
}

/** @param cause of its execution: Lambda puts what a function throws into JSON */
export function failuresOfCause(cause: string): string[] {
  return (messageIn(cause) ?? cause).split("\n");
}

function messageIn(cause: string): string | undefined {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === "string" ? errorMessage : undefined;
  } catch {
    return undefined;
  }
}

/** Which of them failed of the same. */
export function failedAlike(group: FailureGroup, earlier: readonly EarlierBuild[]): boolean[] {
  return earlier.map(({ failures }) => failures.some((line) => isAlike(line, group)));
}

const INSTANCE = /^i-[0-9a-f]+$/;

/** @param line as `failureLine` writes it: step, place, instance, error, time, what the log says */
function isAlike(line: string, { step, sameness: wanted, first }: FailureGroup): boolean {
  const words = line.split(" ");
  if (words[0] !== step) return false;
  const { step: _, failure: __, ...place } = first.failed;
  const names = placeWords(place).length;
  const from = 1 + names + (INSTANCE.test(words[1 + names] ?? "") ? 1 : 0);
  const error = words
    .slice(from)
    .join(" ")
    .replace(/, after \d+ s(?=:|$)/, "");
  const said = sameness(error, words.slice(1, 1 + names));
  // Of many failures a cause tells the beginnings.
  return said.endsWith("…") ? wanted.startsWith(said.slice(0, -1)) : said === wanted || wanted.startsWith(`${said}: `);
}

/** Since when it is so, as a sentence goes on: `in the 3 builds before too`, `not in the build before`; nothing where there were none. */
export function sinceWhen(alike: readonly boolean[], earlier: readonly EarlierBuild[]): string {
  if (alike.length === 0) return "";
  const builds = (count: number) => (count === 1 ? "the build before" : `the ${count} builds before`);
  const first = alike.indexOf(false);
  const inARow = first < 0 ? alike.length : first;
  if (inARow === alike.length) return `in ${builds(inARow)} too`;
  if (inARow > 0) return `in ${builds(inARow)} too, since ${earlier[inARow - 1]?.name}`;
  const last = alike.indexOf(true);
  return last < 0 ? `not in ${builds(alike.length)}` : `not in the build before, but in ${earlier[last]?.name}`;
}
