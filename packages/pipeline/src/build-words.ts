import type { SaidInputs } from "./inputs-of-build.ts";
import { InvalidInputError } from "./muster-error.ts";

/** What was said of a build, taken apart. */
export interface BuildWords {
  /** Versions, platforms, steps and options, in their order. */
  readonly words: readonly string[];
  readonly inputs: SaidInputs;
}

const INPUT = "--input";
/** In JSON: `{ "input": { "target": "production" } }`. */
const INPUT_KEY = "input";

type Said = string | { readonly name: string; readonly value: unknown };

/**
 * Takes apart any nesting of strings, lists and maps. Strings are split at white space, all but what follows `--input`
 * as an item of a list: `["1.2.3", "--input", "summary=two words"]`.
 * @throws InvalidInputError naming what is neither
 */
export function buildWords(said: unknown): BuildWords {
  const words: string[] = [];
  const inputs: [string, unknown][] = [];
  let awaited = false;
  for (const each of saidIn(said)) {
    if (typeof each !== "string") inputs.push([each.name, each.value]);
    else if (awaited) inputs.push(nameAndValue(each));
    else if (each.startsWith(`${INPUT}=`)) inputs.push(nameAndValue(each.slice(INPUT.length + 1)));
    else if (each !== INPUT) words.push(each);
    awaited = !awaited && each === INPUT;
  }
  if (awaited) throw withoutValue(INPUT);
  return { words, inputs };
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
