import * as z from "zod";
import { nearestWord } from "./nearest-word.ts";
import { shown } from "./shown.ts";

/**
 * Schemas that a definition's tables of fields are made of. Each says of what is not right that it is not `noun`; what is
 * wrong within it says so itself.
 */

type OptionalField<T> = { [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? K : never }[keyof T];

/** A row for each field of T, no more and no fewer, so that a field that T gets does not compile until it has one here. */
export interface Fields<T> {
  readonly required: { readonly [K in Exclude<keyof T, OptionalField<T>>]: z.ZodType<T[K]> };
  readonly optional: { readonly [K in OptionalField<T>]-?: z.ZodType<Exclude<T[K], undefined>> };
}

/** What stands for a value that is not there, in an issue's message. */
export const LACKS = "lacks";

type Raw = z.core.$ZodRawIssue;

const refused = (noun: string, remedy: (input: unknown) => string = () => "") => ({
  error: ({ input }: Raw) => (input === undefined ? LACKS : `${shown(input)} is not ${noun}${remedy(input)}`),
});

/** An object of these fields; of any other one it says which was meant, a line each. */
export function objectOf<T>(noun: string, { required, optional }: Fields<T>): z.ZodType<T> {
  const rows = Object.entries<z.ZodType>(optional).map(([field, schema]) => [field, schema.optional()] as const);
  const shape = { ...(required as Record<string, z.ZodType>), ...Object.fromEntries(rows) };
  const known = Object.keys(shape);
  const unknownField = (field: string) => `${field} is no field${didYouMean(nearestWord(field, known))}`;
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? issue.keys.map(unknownField).join("\n") : refused(noun).error(issue),
  }) as unknown as z.ZodType<T>;
}

/** Objects that `kind` tells apart. */
export function oneOf<T extends { readonly kind: string }>(
  noun: string,
  kinds: { readonly [K in T["kind"]]: z.ZodType<Extract<T, { readonly kind: K }>> },
): z.ZodType<T> {
  return z.discriminatedUnion("kind", Object.values(kinds) as never, refused(noun)) as unknown as z.ZodType<T>;
}

/** One of a few words. */
export function choice<T extends string>(noun: string, words: Readonly<Record<T, true>>): z.ZodType<T> {
  const known = Object.keys(words) as T[];
  return z.enum(
    known,
    refused(noun, (input) => {
      const nearest = typeof input === "string" ? nearestWord(input, known) : undefined;
      return nearest === undefined
        ? `: ${known.map((word) => JSON.stringify(word)).join(", ")}`
        : didYouMean(JSON.stringify(nearest));
    }),
  ) as unknown as z.ZodType<T>;
}

/** The word that says what kind an object is. */
export const kind = <K extends string>(word: K): z.ZodType<K> => z.literal(word);

export const text = z.string(refused("text"));

export const filledText = text.min(1, refused("a text that says anything"));

export const flag = z.boolean(refused("true or false"));

export const number = z.number(refused("a number"));

export const count = z.int(refused("a whole number above 0")).positive(refused("a whole number above 0"));

/** In dollars. */
export const price = z.number(refused("a number, 0 or more")).nonnegative(refused("a number, 0 or more"));

export const list = <T>(noun: string, of: z.ZodType<T>): z.ZodType<T[]> => z.array(of, refused(noun));

/** At least one. */
export const filledList = <T>(noun: string, of: z.ZodType<T>): z.ZodType<[T, ...T[]]> =>
  z.array(of, refused(noun)).min(1, refused(noun)) as z.ZodType<T[]> as z.ZodType<[T, ...T[]]>;

type AnyFunction = (...asked: never[]) => unknown;

export const aFunction = <F extends AnyFunction>(): z.ZodType<F> =>
  z.custom<F>((value) => typeof value === "function", refused("a function"));

/** A value, or a function that gives one. */
export const functionOr = <T>(noun: string, schema: z.ZodType<Exclude<T, AnyFunction>>): z.ZodType<T> =>
  z.union([schema, aFunction()], refused(`${noun}, nor a function`)) as z.ZodType<unknown> as z.ZodType<T>;

export const regularExpression = z.instanceof(RegExp, refused("a regular expression"));

const didYouMean = (word: string | undefined): string => (word === undefined ? "" : `; did you mean ${word}?`);
