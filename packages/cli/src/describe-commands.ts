import { type Arguments, optionName } from "./arguments.ts";
import type { Command } from "./command.ts";
import { globalArguments } from "./global-arguments.ts";

export interface OptionDescription {
  /** `--time-scale` */
  readonly name: string;
  /** `-f` */
  readonly short?: string;
  /** What its value is; absent for a flag. */
  readonly value?: string;
  readonly summary: string;
}

export interface PlaceDescription {
  /** `<task>` where it is needed, `[build]` where it is not. */
  readonly usage: string;
  readonly summary: string;
  /** Words that look like options. */
  readonly words: readonly string[];
}

export interface CommandDescription {
  readonly name: string;
  readonly summary: string;
  readonly places: readonly PlaceDescription[];
  readonly options: readonly OptionDescription[];
  readonly examples: readonly string[];
}

/** Whether it is for the words of a build. */
export const takesWords = ({ words }: PlaceDescription): boolean => words.length > 0;

/** What `muster help --json` prints: the manual page is made from it. */
export interface HelpJson {
  readonly commands: readonly CommandDescription[];
  /** Of every command. */
  readonly options: readonly OptionDescription[];
}

export function describeCommands(described: readonly Command[]): HelpJson {
  return {
    commands: described.map(({ name, summary, args, examples = [] }) => ({
      name,
      summary,
      places: placesOf(args),
      options: optionsOf(args),
      examples,
    })),
    options: optionsOf(globalArguments),
  };
}

function placesOf(args: Arguments): PlaceDescription[] {
  return Object.entries(args).flatMap(([key, argument]) => {
    if (argument.kind === "words") return [{ usage: `[${key} …]`, summary: argument.summary, words: argument.options }];
    if (argument.kind !== "positional") return [];
    return [{ usage: argument.required ? `<${key}>` : `[${key}]`, summary: argument.summary, words: [] }];
  });
}

function optionsOf(args: Arguments): OptionDescription[] {
  return Object.entries(args).flatMap(([key, argument]) => {
    if (argument.kind !== "option" && argument.kind !== "list" && argument.kind !== "flag") return [];
    return [
      {
        name: `--${optionName(key)}`,
        ...(argument.kind === "flag" && argument.short !== undefined && { short: `-${argument.short}` }),
        ...(argument.kind !== "flag" && { value: argument.value }),
        summary: argument.summary,
      },
    ];
  });
}
