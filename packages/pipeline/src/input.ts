import * as z from "zod";

/** What an input of a build holds. */
export const InputValue = z.union([z.string(), z.number(), z.boolean()]);
export type InputValue = z.infer<typeof InputValue>;

/** One line of text, of at most `LONGEST_TEXT` characters. */
export interface TextInput<T extends string = string> {
  readonly kind: "text";
  /** What it decides, for whoever starts a build. */
  readonly summary: string;
  /** A build must name a value where absent. */
  readonly default?: T;
  /** The only values that there are. */
  readonly oneOf?: readonly T[];
  /** What a value looks like, as a whole. It does not count where `oneOf` is there. */
  readonly pattern?: RegExp;
}

/** True or false. */
export interface FlagInput {
  readonly kind: "flag";
  /** What it decides, for whoever starts a build. */
  readonly summary: string;
  /** Where a build says nothing. Default false. */
  readonly default: boolean;
}

/** A number of at most 15 digits, six of them after the point. */
export interface NumberInput {
  readonly kind: "number";
  /** What it decides, for whoever starts a build. */
  readonly summary: string;
  /** A build must name a value where absent. */
  readonly default?: number;
  /** The least value; none where absent. */
  readonly min?: number;
  /** The greatest value; none where absent. */
  readonly max?: number;
  /** Whether it has nothing after the point. */
  readonly whole?: boolean;
}

/** What a build is told beyond its versions, platforms and steps. It is seen by whoever sees the build: no place for a secret. */
export type Input = TextInput | FlagInput | NumberInput;

/** Inputs by name: lower-case letters, digits and underscores. */
export type Inputs = Readonly<Record<string, Input>>;

export type ValueOf<I extends Input> = I extends { kind: "flag" }
  ? boolean
  : I extends { kind: "number" }
    ? number
    : I extends TextInput<infer T>
      ? T
      : never;

/** What `textInput` is told. */
export interface TextInputOptions<T extends string> extends Omit<TextInput<T>, "kind" | "default"> {
  /** One of `oneOf` where that is there. A build must name a value where absent. */
  readonly default?: NoInfer<T>;
}

/** An input that is one line of text, of at most 1,000 characters. */
export function textInput<const T extends string = string>(definition: TextInputOptions<T>): TextInput<T> {
  return { ...definition, kind: "text" };
}

/** What `flagInput` is told. */
export type FlagInputOptions = Pick<FlagInput, "summary"> & Partial<Pick<FlagInput, "default">>;

/** An input that is true or false. */
export function flagInput(definition: FlagInputOptions): FlagInput {
  return { default: false, ...definition, kind: "flag" };
}

/** What `numberInput` is told. */
export type NumberInputOptions = Omit<NumberInput, "kind">;

/** An input that is a number of at most 15 digits, six of them after the point. */
export function numberInput(definition: NumberInputOptions): NumberInput {
  return { ...definition, kind: "number" };
}

/** The variable in which scripts get it. */
export const inputVariable = (name: string): string => `INPUT_${name.toUpperCase()}`;

/** Characters. */
export const LONGEST_TEXT = 1000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal would obey.
const ONE_LINE = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/;
const NUMBER = /^-?\d+(\.\d{1,6})?$/;
const MOST_DIGITS = 15;

/** The value that a word, or JSON, means for an input; undefined where it cannot have it. */
export function understandValue(input: Input, said: unknown): InputValue | undefined {
  switch (input.kind) {
    case "text":
      return typeof said === "string" && isText(input, said) ? said : undefined;
    case "flag":
      if (typeof said === "boolean") return said;
      return said === "true" || said === "false" ? said === "true" : undefined;
    case "number":
      return understandNumber(input, said);
  }
}

function isText({ oneOf, pattern }: TextInput, text: string): boolean {
  if (text.length > LONGEST_TEXT || !ONE_LINE.test(text)) return false;
  return oneOf === undefined ? isWhole(pattern, text) : oneOf.includes(text);
}

const isWhole = (pattern: RegExp | undefined, text: string): boolean =>
  pattern === undefined || new RegExp(`^(?:${pattern.source})$`, pattern.flags.replaceAll(/[gy]/g, "")).test(text);

function understandNumber({ min, max, whole }: NumberInput, said: unknown): number | undefined {
  if (typeof said !== "number" && typeof said !== "string") return undefined;
  const text = String(said);
  if (!NUMBER.test(text) || text.replaceAll(/\D/g, "").length > MOST_DIGITS) return undefined;
  const value = Number(text);
  const fits = value >= (min ?? -Infinity) && value <= (max ?? Infinity) && (!whole || Number.isInteger(value));
  return fits ? value : undefined;
}

/** What its values are, as help shows them: `staging|production`, `true|false`, `1 to 10`, `text`. */
export function valuesOf(input: Input): string {
  switch (input.kind) {
    case "text":
      return input.oneOf?.join("|") ?? input.pattern?.source ?? "text";
    case "flag":
      return "true|false";
    case "number": {
      const { min, max } = input;
      if (min !== undefined && max !== undefined) return `${min} to ${max}`;
      if (min !== undefined) return `${min} or more`;
      return max === undefined ? "number" : `${max} or less`;
    }
  }
}
