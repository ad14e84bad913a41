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

/** An option that may be given again and again. */
export interface List {
  readonly kind: "list";
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

export type Argument = Flag | Option | List | Positional | Words;
export type Arguments = Readonly<Record<string, Argument>>;

/** What a command gets for each of its arguments. */
export type Values<A extends Arguments> = {
  readonly [Name in keyof A]: A[Name] extends Flag
    ? boolean
    : A[Name] extends Words | List
      ? readonly string[]
      : A[Name] extends { required: true }
        ? string
        : string | undefined;
};

/** `flag("-f", "Until it ends")`, or without a letter `flag("Until it ends")`. */
export function flag(...parts: [short: `-${string}`, summary: string] | [summary: string]): Flag {
  return parts.length === 1
    ? { kind: "flag", summary: parts[0] }
    : { kind: "flag", short: parts[0].slice(1), summary: parts[1] };
}

export function option(value: string, summary: string): Option {
  return { kind: "option", value, summary };
}

export function list(value: string, summary: string): List {
  return { kind: "list", value, summary };
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

/** `noFollow` → `no-follow`. */
export const optionName = (key: string): string => key.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
