import type { ParseArgsConfig } from "node:util";
import { nearestWord } from "@muster/pipeline/nearest-word";
import { type Argument, type Arguments, optionName } from "./arguments.ts";
import type { Command } from "./command.ts";
import { type GlobalValues, globalArguments } from "./global-arguments.ts";
import { unknownCommand } from "./unknown-command.ts";
import { UsageError } from "./usage-error.ts";

// An import would read every name of the module, and load what stands behind them.
const { parseArgs } = process.getBuiltinModule("node:util");

export type CommandLine =
  | { readonly kind: "help"; readonly command: Command | undefined; readonly globals: GlobalValues }
  | { readonly kind: "version" }
  | {
      readonly kind: "run";
      readonly command: Command;
      readonly values: Readonly<Record<string, unknown>>;
      readonly globals: GlobalValues;
    };

/**
 * Understands a command line; options and words come in any order, the first word names the command.
 * @throws UsageError naming the first thing that is wrong, with the nearest known word
 */
export function parseCommandLine(argv: readonly string[], commands: readonly Command[]): CommandLine {
  const command = commandIn(argv, commands);
  const args: Arguments = { ...command?.args, ...globalArguments };
  const { values, rest } = readTokens(argv, args);
  const globals = pickGlobals(values);
  if (values.version === true) return { kind: "version" };
  if (values.help === true || command === undefined) return { kind: "help", command, globals };
  return { kind: "run", command, values: { ...values, ...placeWords(command, rest.slice(1)) }, globals };
}

/** The global options among words of which the last may be only begun; what cannot be understood does not matter yet. */
export function globalsAmong(words: readonly string[]): GlobalValues {
  const { values } = parseArgs({ args: [...words], options: parserOptions(globalArguments), strict: false });
  const text = (name: string) => (typeof values[name] === "string" ? values[name] : undefined);
  return pickGlobals({ pipeline: text("pipeline"), stage: text("stage"), stateDir: text("state-dir") });
}

/** The command is the first word that is neither an option nor a global option's value. */
function commandIn(argv: readonly string[], commands: readonly Command[]): Command | undefined {
  const { positionals } = parseArgs({
    args: [...argv],
    options: parserOptions(globalArguments),
    strict: false,
    allowPositionals: true,
  });
  const [name] = positionals;
  if (name === undefined) return undefined;
  const found = commands.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  throw unknownCommand(
    name,
    commands.map((candidate) => candidate.name),
  );
}

function parserOptions(args: Arguments): NonNullable<ParseArgsConfig["options"]> {
  const options: NonNullable<ParseArgsConfig["options"]> = {};
  for (const [key, argument] of Object.entries(args)) {
    if (argument.kind === "option" || argument.kind === "list") options[optionName(key)] = { type: "string" };
    if (argument.kind !== "flag") continue;
    options[optionName(key)] = { type: "boolean", ...(argument.short !== undefined && { short: argument.short }) };
  }
  return options;
}

function readTokens(argv: readonly string[], args: Arguments) {
  const byName = new Map(Object.entries(args).map(([key, argument]) => [optionName(key), { key, argument }]));
  const wordOptions = Object.values(args).flatMap((argument) => (argument.kind === "words" ? argument.options : []));
  const { tokens } = parseArgs({
    args: [...argv],
    options: parserOptions(args),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, unknown> = Object.fromEntries(
    Object.entries(args).map(([key, argument]) => [key, unsaid(argument)]),
  );
  const rest: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") rest.push(token.value);
    if (token.kind !== "option") continue;
    const known = byName.get(token.name);
    if (known?.argument.kind === "flag") {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`);
      values[known.key] = true;
    } else if (known?.argument.kind === "option" || known?.argument.kind === "list") {
      if (token.value === undefined || token.value === "") {
        throw new UsageError(`${token.rawName} needs a value: ${token.rawName} <${known.argument.value}>`);
      }
      const { key, argument } = known;
      values[key] = argument.kind === "list" ? [...(values[key] as string[]), token.value] : token.value;
    } else if (wordOptions.includes(token.rawName.replaceAll("_", "-"))) rest.push(token.rawName);
    else throw unknownOption(token.rawName, [...byName.keys()].map((name) => `--${name}`).concat(wordOptions));
  }
  return { values, rest };
}

/** The value of an argument that the command line does not mention. */
function unsaid({ kind }: Argument): unknown {
  if (kind === "flag") return false;
  return kind === "list" ? [] : undefined;
}

function unknownOption(name: string, known: readonly string[]): UsageError {
  const nearest = nearestWord(name, known);
  return new UsageError(`"${name}" is not an option of this command`, {
    hint: nearest === undefined ? "muster help <command> lists its options" : `did you mean ${nearest}?`,
  });
}

function placeWords({ name, args }: Command, rest: readonly string[]): Record<string, unknown> {
  const slots = Object.entries(args).filter(([, { kind }]) => kind === "positional" || kind === "words");
  const values: Record<string, unknown> = {};
  let left = rest;
  for (const [key, argument] of slots) {
    if (argument.kind === "words") {
      values[key] = left;
      left = [];
    } else {
      if (left[0] === undefined && argument.kind === "positional" && argument.required) {
        throw new UsageError(`muster ${name} needs a ${key}`, { hint: uncapitalized(argument.summary) });
      }
      values[key] = left[0];
      left = left.slice(1);
    }
  }
  if (left[0] !== undefined) {
    throw new UsageError(`"${left[0]}" is one word too many for muster ${name}`, {
      hint: `muster help ${name} shows what it takes`,
    });
  }
  return values;
}

/** A summary within a sentence; abbreviations stay as they are. */
const uncapitalized = (text: string): string =>
  text.replace(/^(?:[A-Z](?=[a-z])|A(?= ))/, (letter) => letter.toLowerCase());

function pickGlobals(values: Readonly<Record<string, unknown>>): GlobalValues {
  return {
    pipeline: values.pipeline as string | undefined,
    stage: values.stage as string | undefined,
    stateDir: values.stateDir as string | undefined,
    json: values.json === true,
    quiet: values.quiet === true,
    noColor: values.noColor === true,
  };
}
