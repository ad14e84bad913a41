import type { GlobalValues } from "./global-arguments.ts";

/** A command for the user to type next, with the options that say where this one works: `muster logs … --pipeline ./pipeline.ts`. */
export function nextCommand(
  { pipeline, stage, stateDir }: Partial<Omit<GlobalValues, "json">>,
  words: readonly string[],
): string {
  const options = Object.entries({ "--pipeline": pipeline, "--stage": stage, "--state-dir": stateDir }).flatMap(
    ([option, value]) => (value === undefined ? [] : [option, value]),
  );
  return ["muster", ...words, ...options].map(quote).join(" ");
}

const quote = (word: string): string => (/^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
