import type { Context } from "./context.ts";

export interface Flag {
  readonly kind: "flag";
  /** One letter: `f` for `-f`. */
  readonly short?: string;
  readonly summary: string;
}

export interface Option {
  readonly kind: "option";
  /** What its value is, as help shows it: `name|file`. */
  readonly value: string;
  readonly summary: string;
}

export interface Positional {
  readonly kind: "positional";
  readonly summary: string;
  readonly required: boolean;
}

export interface Words {
  readonly kind: "words";
  readonly summary: string;
  /** Words that look like options, `--skip-ec2`: they stay words. */
  readonly options: readonly string[];
}

export type Argument = Flag | Option | Positional | Words;
export type Arguments = Readonly<Record<string, Argument>>;

/** What a command gets for each of its arguments. */
export type Values<A extends Arguments> = {
  readonly [Name in keyof A]: A[Name] extends Flag
    ? boolean
    : A[Name] extends Words
      ? readonly string[]
      : A[Name] extends { required: true }
        ? string
        : string | undefined;
};

/** 0 done, 1 the build failed, 2 the command could not be carried out, 130 interrupted by Ctrl-C. */
export type ExitCode = 0 | 1 | 2 | 130;

export interface CommandDefinition<A extends Arguments> {
  readonly name: string;
  readonly summary: string;
  readonly args: A;
  /** Whole command lines, without `muster`. */
  readonly examples?: readonly string[];

  run(values: Values<A>, context: Context): Promise<ExitCode>;
}

/** A command whose arguments' types are its own business. */
export type Command = CommandDefinition<Arguments>;

/** Declares a command; the names of arguments are camelCase here and `--kebab-case` on the command line. */
export function command<const A extends Arguments>(definition: CommandDefinition<A>): Command {
  return { ...definition, run: (values, context) => definition.run(values as Values<A>, context) };
}

/** `flag("-f", "Until it ends")`, or without a letter `flag("Until it ends")`. */
export function flag(...parts: [short: `-${string}`, summary: string] | [summary: string]): Flag {
  return parts.length === 1
    ? { kind: "flag", summary: parts[0] }
    : { kind: "flag", short: parts[0].slice(1), summary: parts[1] };
}

export function option(value: string, summary: string): Option {
  return { kind: "option", value, summary };
}

export function positional(summary: string): Positional & { required: true } {
  return { kind: "positional", summary, required: true };
}

export function optional(summary: string): Positional & { required: false } {
  return { kind: "positional", summary, required: false };
}

export function words(summary: string, options: readonly string[]): Words {
  return { kind: "words", summary, options };
}
