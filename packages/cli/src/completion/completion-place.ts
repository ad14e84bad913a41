import { type Argument, type Arguments, optionName } from "../arguments.ts";
import type { Command } from "../command.ts";
import { globalArguments } from "../global-arguments.ts";

/** What may stand at a place of a command line, told by the name that the command gives the place. */
export type WordKind =
  | "command"
  | "build"
  | "task"
  | "log"
  | "step"
  | "activity"
  | "version"
  | "words"
  | "shell"
  | "file";

/** Where the last word of a command line stands. */
export interface CompletionPlace {
  readonly command: Command | undefined;
  /** What the word may be; undefined where only its author knows. */
  readonly kind: WordKind | undefined;
  /** Whether the word may be an option of the command, too. */
  readonly takesOptions: boolean;
  /** Words of the same argument that stand before it. */
  readonly before: readonly string[];
}

const kinds: Readonly<Record<string, WordKind>> = {
  command: "command",
  build: "build",
  task: "task",
  step: "step",
  rerun: "activity",
  version: "version",
  versions: "version",
  words: "words",
  shell: "shell",
  stateDir: "file",
  pipeline: "file",
  dir: "file",
  html: "file",
  durations: "file",
  key: "file",
};

/** What has a log is not only a task. */
const kindAt = ({ name }: Command, key: string): WordKind | undefined =>
  name === "logs" && key === "task" ? "log" : kinds[key];

/** Finds out what the last of these words is, which may be empty or only begun; `muster` itself is not among them. */
export function completionPlace(typed: readonly string[], commands: readonly Command[]): CompletionPlace {
  const [complete, last] = [typed.slice(0, -1), typed.at(-1) ?? ""];
  const command = commandOf(complete, commands);
  const args: Arguments = { ...command?.args, ...globalArguments };
  const option = optionBefore(complete, args);
  if (option !== undefined) return { command, kind: kinds[option], takesOptions: false, before: [] };
  if (command === undefined) return { command, kind: "command", takesOptions: last.startsWith("-"), before: [] };
  const words = wordsIn(complete, args).slice(1);
  const [key, argument] = slotOf(command, words.length) ?? [];
  return {
    command,
    kind: key === undefined ? undefined : kindAt(command, key),
    takesOptions: true,
    before: argument?.kind === "words" ? words : [],
  };
}

const takesValue = (argument: Argument | undefined): boolean =>
  argument?.kind === "option" || argument?.kind === "list";

/** The option whose value comes next. */
function optionBefore(complete: readonly string[], args: Arguments): string | undefined {
  const last = complete.at(-1);
  return Object.keys(args).find((key) => takesValue(args[key]) && last === `--${optionName(key)}`);
}

/** Without options and their values. */
function wordsIn(complete: readonly string[], args: Arguments): string[] {
  return complete.filter(
    (word, index) => !word.startsWith("-") && optionBefore(complete.slice(0, index), args) === undefined,
  );
}

function commandOf(complete: readonly string[], commands: readonly Command[]): Command | undefined {
  const [name] = wordsIn(complete, globalArguments);
  return commands.find((command) => command.name === name);
}

/** The place for the next word after so many. */
function slotOf({ args }: Command, taken: number): [key: string, argument: Argument] | undefined {
  const slots = Object.entries(args).filter(([, { kind }]) => kind === "positional" || kind === "words");
  const many = slots.findIndex(([, { kind }]) => kind === "words");
  return slots[many === -1 ? taken : Math.min(taken, many)];
}
