import type { BuildInput } from "./build-input.ts";
import {
  type Input,
  type Inputs,
  type InputValue,
  inputVariable,
  LONGEST_TEXT,
  understandValue,
  type ValueOf,
  valuesOf,
} from "./input.ts";
import { InvalidInputError } from "./muster-error.ts";
import { nearestWord } from "./nearest-word.ts";

/** What a build was told, name by name, as it was said. */
export type SaidInputs = readonly (readonly [name: string, value: unknown])[];

/**
 * The value of every input: what was said of it, or its default. Nothing for a pipeline that declares none.
 * @throws InvalidInputError naming the first that is not declared, is said twice, cannot have its value, or has none
 */
export function readInputs(said: SaidInputs, inputs: Inputs = {}): Pick<BuildInput, "inputs"> {
  const values = new Map<string, InputValue>();
  for (const [name, value] of said) {
    const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (input === undefined) throw unknownInput(name, Object.keys(inputs));
    const understood = understandValue(input, value);
    if (understood === undefined) throw wrongValue(name, input, value);
    const known = values.get(name);
    if (known !== undefined && known !== understood) {
      throw new InvalidInputError(`the input ${name} is said twice: ${known} and ${understood}`, {
        hint: "name one of them",
      });
    }
    values.set(name, understood);
  }
  const all = Object.entries(inputs).map(([name, input]) => [name, values.get(name) ?? valueUnsaid(name, input)]);
  return all.length === 0 ? {} : { inputs: Object.fromEntries(all) };
}

/** The same of a build that began under another definition, as far as this one knows: what does not fit is left out. */
export function readKnownInputs(said: SaidInputs, inputs: Inputs = {}): Pick<BuildInput, "inputs"> {
  const known = Object.entries(inputs).flatMap(([name, input]) => {
    const named = said.findLast(([candidate]) => candidate === name);
    const value = (named && understandValue(input, named[1])) ?? input.default;
    return value === undefined ? [] : [[name, value] as const];
  });
  return known.length === 0 ? {} : { inputs: Object.fromEntries(known) };
}

/**
 * A build's inputs with the types of their declarations: `inputsOf(inputs, build).target`. One that was declared after
 * the build had begun has its default.
 * @throws InvalidInputError naming one that has neither value nor default
 */
export function inputsOf<const D extends Inputs>(
  inputs: D,
  build: Pick<BuildInput, "inputs">,
): { readonly [Name in keyof D]: ValueOf<D[Name]> } {
  const told = build.inputs ?? {};
  const values = Object.entries(inputs).map(([name, input]) => [
    name,
    Object.hasOwn(told, name) ? told[name] : valueUnsaid(name, input),
  ]);
  return Object.fromEntries(values);
}

/** The inputs of a build as its scripts get them. */
export function inputVariables(inputs: Inputs | undefined, build: Pick<BuildInput, "inputs">): Record<string, string> {
  const values = Object.entries(inputsOf(inputs ?? {}, build));
  return Object.fromEntries(values.map(([name, value]) => [inputVariable(name), String(value)]));
}

/** `target=production, dry_run=false`; empty where a build has none. */
export function describeInputs({ inputs = {} }: Pick<BuildInput, "inputs">): string {
  return Object.entries(inputs)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");
}

function valueUnsaid(name: string, input: Input): InputValue {
  if (input.default !== undefined) return input.default;
  throw new InvalidInputError(`the input ${name} has no value: ${input.summary}`, {
    hint: `say --input ${name}=<${valuesOf(input)}>`,
  });
}

function unknownInput(name: string, known: readonly string[]): InvalidInputError {
  const nearest = nearestWord(name, known);
  const all = known.length === 0 ? "this pipeline has none" : `known are ${known.join(", ")}`;
  return new InvalidInputError(`there is no input "${name}"`, {
    hint: nearest === undefined ? all : `did you mean ${nearest}?`,
  });
}

function wrongValue(name: string, input: Input, value: unknown): InvalidInputError {
  const text = JSON.stringify(value) ?? String(value);
  const shown = text.length > MOST_SHOWN ? `${[...text].slice(0, MOST_SHOWN).join("")}…` : text;
  return new InvalidInputError(`the input ${name} cannot be ${shown}`, { hint: remedy(input, value) });
}
const MOST_SHOWN = 80;

function remedy(input: Input, value: unknown): string {
  switch (input.kind) {
    case "text": {
      if (typeof value !== "string") return "it is text: put it into quotes";
      const nearest = nearestWord(value, input.oneOf ?? []);
      if (nearest !== undefined) return `did you mean ${nearest}?`;
      if (input.oneOf !== undefined) return `it is one of ${input.oneOf.join(", ")}`;
      if (input.pattern === undefined || value.length > LONGEST_TEXT)
        return `it is one line of at most ${LONGEST_TEXT} characters`;
      return `it matches ${input.pattern}, as a whole`;
    }
    case "flag":
      return "it is true or false";
    case "number": {
      const range = valuesOf(input);
      return `it is a ${input.whole ? "whole " : ""}number${range === "number" ? "" : `, ${range}`}`;
    }
  }
}
