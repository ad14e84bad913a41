import type { SaidInputs } from "./inputs-of-build.ts";
import { InvalidInputError } from "./muster-error.ts";

/** What was said of a build, taken apart. */
export interface BuildWords {
  /** Versions, platforms, steps and options, in their order. */
  readonly words: readonly string[];
  readonly inputs: SaidInputs;
  /** Steps that are to be made again, in their order. */
  readonly rerun: readonly string[];
}

const INPUT = "--input";
/** Before the name of a step that is to be made again. */
export const RERUN = "--rerun";
/** In JSON: `{ "input": { "target": "production" } }`. */
const INPUT_KEY = "input";

type Said = string | { readonly name: string; readonly value: unknown };

/**
 * Takes apart any nesting of strings, lists and maps. Strings are split at white space, all but what follows `--input`
 * as an item of a list: `["1.2.3", "--input", "summary=two words"]`. What follows `--rerun` is a step that is made again.
 * @throws InvalidInputError naming what is neither
 */
export function buildWords(said: unknown): BuildWords {
  const words: string[] = [];
  const inputs: [string, unknown][] = [];
  const rerun: string[] = [];
  const take = (option: string, value: string) => {
    if (option === INPUT) inputs.push(nameAndValue(value));
    else rerun.push(value);
  };
  let awaited: string | undefined;
  for (const each of saidIn(said)) {
    const option: string | undefined = awaited;
    awaited = undefined;
    if (typeof each !== "string") inputs.push([each.name, each.value]);
    else if (option !== undefined) take(option, each);
    else if (each === INPUT || each === RERUN) awaited = each;
    else if (each.startsWith(`${INPUT}=`)) take(INPUT, each.slice(INPUT.length + 1));
    else if (each.startsWith(`${RERUN}=`)) take(RERUN, each.slice(RERUN.length + 1));
    else words.push(each);
  }
  if (awaited === RERUN) throw withoutStep();
  if (awaited !== undefined) throw withoutValue(awaited);
  return { words, inputs, rerun };
}

/** The words of an input's value. */
export const inputWords = (name: string, value: unknown): [string, string] => [INPUT, `${name}=${value}`];

function nameAndValue(word: string): [name: string, value: string] {
  const at = word.indexOf("=");
  if (at < 0) throw withoutValue(`${INPUT} ${word}`);
  return [word.slice(0, at), word.slice(at + 1)];
}

const withoutValue = (said: string): InvalidInputError =>
  new InvalidInputError(`${said} says no value`, { hint: `say ${INPUT} name=value` });

const withoutStep = (): InvalidInputError =>
  new InvalidInputError(`${RERUN} names no step`, { hint: `say ${RERUN} <step>, once for each` });

function* saidIn(said: unknown): Generator<Said> {
  if (typeof said === "string") yield* said.split(/\s+/).filter((word) => word !== "");
  else if (Array.isArray(said)) yield* saidInList(said);
  else if (typeof said === "object" && said !== null) {
    for (const [key, value] of Object.entries(said)) yield* isInputs(key, value) ? inputsIn(value) : saidIn(value);
  } else if (said !== null && said !== undefined) {
    throw new InvalidInputError(`${JSON.stringify(said)} is not a version, platform, step or option`, {
      hint: "input is text, lists and maps of text",
    });
  }
}

function* saidInList(items: readonly unknown[]): Generator<Said> {
  for (const [index, item] of items.entries()) {
    const isWhole = items[index - 1] === INPUT || (typeof item === "string" && item.startsWith(`${INPUT}=`));
    if (isWhole && typeof item === "string") yield item;
    else yield* saidIn(item);
  }
}

const isInputs = (key: string, value: unknown): value is object =>
  key === INPUT_KEY && typeof value === "object" && value !== null && !Array.isArray(value);

function* inputsIn(inputs: object): Generator<Said> {
  for (const [name, value] of Object.entries(inputs)) yield { name, value };
}
