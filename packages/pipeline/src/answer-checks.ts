import { shown } from "./shown.ts";

/** What is wrong with a value, from the place within it: `[0].key: 3 is not text`. Undefined where it is right. */
export interface Check<T> {
  (value: unknown): string | undefined;
  /** What passes; nothing has it. */
  readonly passes?: T;
}

const is =
  <T>(noun: string, test: (value: unknown) => boolean): Check<T> =>
  (value) =>
    test(value) ? undefined : `: ${shown(value)} is not ${noun}`;

export const text = is<string>("text", (value) => typeof value === "string");

export const filledText = is<string>("a text that says anything", (value) => typeof value === "string" && value !== "");

export const flag = is<boolean>("true or false", (value) => typeof value === "boolean");

export const number = is<number>("a number", (value) => typeof value === "number" && !Number.isNaN(value));

/** One of few words. */
export const word = <T extends string>(noun: string, words: Readonly<Record<T, true>>): Check<T> =>
  is(noun, (value) => typeof value === "string" && Object.hasOwn(words, value));

export const orNothing =
  <T>(check: Check<T>): Check<T | undefined> =>
  (value) =>
    value === undefined ? undefined : check(value);

export const list =
  <T>(noun: string, check: Check<T>): Check<readonly T[]> =>
  (value) =>
    Array.isArray(value)
      ? first(value, (each, index) => prefixed(`[${index}]`, check(each)))
      : is(noun, () => false)(value);

type Checks<T> = { readonly [K in keyof T]-?: Check<T[K]> };

/** An object of these fields and no others. */
export const object =
  <T>(noun: string, fields: Checks<T>): Check<T> =>
  (value) => {
    if (!isObject(value)) return is(noun, () => false)(value);
    const extra = Object.keys(value).find((field) => !Object.hasOwn(fields, field));
    if (extra !== undefined) return `.${extra} is no field`;
    return first(Object.entries<Check<unknown>>(fields), ([field, check]) =>
      prefixed(`.${field}`, check(value[field])),
    );
  };

/** Texts by names. */
export const texts =
  (noun: string): Check<Readonly<Record<string, string>>> =>
  (value) =>
    isObject(value)
      ? first(Object.entries(value), ([name, each]) => prefixed(`.${name}`, text(each)))
      : is(noun, () => false)(value);

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Promise);

const prefixed = (place: string, problem: string | undefined): string | undefined => problem && place + problem;

function first<T>(values: readonly T[], problem: (value: T, index: number) => string | undefined): string | undefined {
  for (const [index, value] of values.entries()) {
    const found = problem(value, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
