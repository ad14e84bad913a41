import { createHash } from "node:crypto";
import { ExactNumber } from "./exact-number.ts";
import { deepEqual, entriesOf, isArray, isObject, type Json, type JsonObject, numberOf, objectOf } from "./json.ts";
import { jsonText, parseJson } from "./json-text.ts";

/** An intrinsic function was called with what it does not take; becomes States.IntrinsicFailure. */
export class IntrinsicError extends Error {
  override readonly name = "IntrinsicError";
}

/** Where MathRandom and UUID take their chance from: numbers in [0, 1). */
export type Random = () => number;

export interface IntrinsicFunction {
  readonly least: number;
  readonly most: number;
  readonly call: (args: readonly Json[], random: Random) => Json;
}

const LONGEST_ENCODED = 10_000;
const LONGEST_RANGE = 1000;

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html */
export const INTRINSIC_FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  "States.Format": {
    least: 1,
    most: Number.POSITIVE_INFINITY,
    call: ([template, ...values]) => format(text(template), values),
  },
  "States.StringToJson": { least: 1, most: 1, call: ([value]) => stringToJson(text(value)) },
  "States.JsonToString": { least: 1, most: 1, call: ([value]) => jsonText(value as Json) },
  "States.Array": { least: 0, most: Number.POSITIVE_INFINITY, call: (args) => args },
  "States.ArrayPartition": { least: 2, most: 2, call: ([list, size]) => partition(array(list), integer(size)) },
  "States.ArrayContains": {
    least: 2,
    most: 2,
    call: ([list, value]) => array(list).some((item) => deepEqual(item, value as Json)),
  },
  "States.ArrayRange": { least: 3, most: 3, call: (args) => range(...(args.map(integer) as [number, number, number])) },
  "States.ArrayGetItem": { least: 2, most: 2, call: ([list, index]) => item(array(list), integer(index)) },
  "States.ArrayLength": { least: 1, most: 1, call: ([list]) => array(list).length },
  "States.ArrayUnique": { least: 1, most: 1, call: ([list]) => unique(array(list)) },
  "States.Base64Encode": { least: 1, most: 1, call: ([value]) => Buffer.from(short(value)).toString("base64") },
  "States.Base64Decode": { least: 1, most: 1, call: ([value]) => decodeBase64(short(value)) },
  "States.Hash": { least: 2, most: 2, call: ([value, algorithm]) => hash(value as Json, text(algorithm)) },
  "States.JsonMerge": { least: 3, most: 3, call: ([left, right, deep]) => merge(left, right, deep) },
  "States.MathRandom": {
    least: 2,
    most: 3,
    call: ([from, to, seed], random) =>
      between(integer(from), integer(to), seed === undefined ? random : seeded(integer(seed))),
  },
  "States.MathAdd": { least: 2, most: 2, call: ([a, b]) => integer(a) + integer(b) },
  "States.StringSplit": { least: 2, most: 2, call: ([value, delimiters]) => split(text(value), text(delimiters)) },
  "States.UUID": { least: 0, most: 0, call: (_args, random) => uuid(random) },
};

function text(value: Json | undefined): string {
  if (typeof value !== "string") throw new IntrinsicError(`expected a string, got ${jsonText(value as Json)}`);
  return value;
}

function short(value: Json | undefined): string {
  const string = text(value);
  if (string.length > LONGEST_ENCODED)
    throw new IntrinsicError(`a string of at most ${LONGEST_ENCODED} characters is allowed`);
  return string;
}

/** Four characters to three bytes; the padding of the last ones may be left out. */
function decodeBase64(value: string): string {
  const [, digits = "", padding = ""] = /^([A-Za-z0-9+/]*)(={0,2})$/.exec(value) ?? [undefined, "?"];
  const fits = padding === "" ? digits.length % 4 !== 1 : (digits.length + padding.length) % 4 === 0;
  if (digits === "?" || !fits)
    throw new IntrinsicError(`the string ${JSON.stringify(value.slice(0, 100))} is not valid Base64`);
  return Buffer.from(digits, "base64").toString("utf8");
}

/** A fraction is rounded half up; the sum of rounded values, not the rounded sum, is what AWS's MathAdd gives. */
function integer(value: Json | undefined): number {
  const number = numberOf(value);
  if (number === undefined) throw new IntrinsicError(`expected a number, got ${jsonText(value as Json)}`);
  return Math.round(number) + 0;
}

function array(value: Json | undefined): readonly Json[] {
  if (!isArray(value)) throw new IntrinsicError(`expected an array, got ${jsonText(value as Json)}`);
  return value;
}

/** Objects and arrays are printed as Java prints them: `{Id=…, Name=…}`, `[1, 2]`. */
function javaText(value: Json): string {
  if (isArray(value)) return `[${value.map(javaText).join(", ")}]`;
  if (isObject(value))
    return `{${entriesOf(value)
      .map(([key, member]) => `${key}=${javaText(member)}`)
      .join(", ")}}`;
  return value instanceof ExactNumber ? value.text : String(value);
}

function format(template: string, values: readonly Json[]): string {
  let next = 0;
  const formatted = template.replace(/\\([{}])|\{\}/g, (_match, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    const value = values[next++];
    return value === undefined ? "" : javaText(value);
  });
  if (next !== values.length) {
    throw new IntrinsicError(`the template has ${next} occurrences of {}, but ${values.length} values were given`);
  }
  return formatted;
}

function stringToJson(value: string): Json {
  if (value.trim() === "") return null;
  try {
    return parseJson(value);
  } catch {
    throw new IntrinsicError(`the string ${JSON.stringify(value.slice(0, 100))} is not valid JSON`);
  }
}

function partition(list: readonly Json[], size: number): Json {
  if (size < 1) throw new IntrinsicError("the chunk size must be a positive number");
  const chunks: Json[] = [];
  for (let start = 0; start < list.length; start += size) chunks.push(list.slice(start, start + size));
  return chunks;
}

function range(first: number, last: number, step: number): Json {
  if (step === 0) throw new IntrinsicError("the step of a range must not be 0");
  const length = Math.floor((last - first) / step) + 1;
  if (length > LONGEST_RANGE) throw new IntrinsicError(`a range has at most ${LONGEST_RANGE} items`);
  return Array.from({ length: Math.max(0, length) }, (_, index) => first + index * step);
}

function item(list: readonly Json[], index: number): Json {
  const found = index < 0 ? undefined : list[index];
  if (found === undefined) throw new IntrinsicError(`index ${index} is out of bounds for an array of ${list.length}`);
  return found;
}

function unique(list: readonly Json[]): Json {
  const seen = new Set<string>();
  return list.filter((value) => {
    const key = canonical(value);
    return !seen.has(key) && seen.add(key);
  });
}

/** The same text for equal values, whatever the order of their keys and the way in which a number is written. */
function canonical(value: Json): string {
  if (isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(numberOf(value) ?? value);
  const members = entriesOf(value).map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`);
  return `{${members.sort().join(",")}}`;
}

const HASHES: Readonly<Record<string, string>> = {
  MD5: "md5",
  "SHA-1": "sha1",
  "SHA-256": "sha256",
  "SHA-384": "sha384",
  "SHA-512": "sha512",
};

function hash(value: Json, algorithm: string): string {
  const name = HASHES[algorithm];
  if (name === undefined) throw new IntrinsicError(`${algorithm} is none of ${Object.keys(HASHES).join(", ")}`);
  return createHash(name)
    .update(short(typeof value === "string" ? value : jsonText(value)))
    .digest("hex");
}

function merge(left: Json | undefined, right: Json | undefined, deep: Json | undefined): JsonObject {
  if (!isObject(left) || !isObject(right)) throw new IntrinsicError("only objects can be merged");
  if (deep !== false) throw new IntrinsicError("only the shallow merge (false) is supported");
  return objectOf([...entriesOf(left), ...entriesOf(right)]);
}

function between(from: number, to: number, random: Random): number {
  if (to <= from) throw new IntrinsicError("the end of the range must be greater than its start");
  return from + Math.floor(random() * (to - from));
}

/** mulberry32: enough for a seed to give the same number each time. */
function seeded(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Each character of `delimiters` separates, and nothing is left between two separators. */
function split(value: string, delimiters: string): Json {
  const separators = new Set(delimiters);
  const parts: string[] = [];
  let part = "";
  for (const character of value) {
    if (!separators.has(character)) part += character;
    else if (part !== "") {
      parts.push(part);
      part = "";
    }
  }
  if (part !== "") parts.push(part);
  return parts;
}

function uuid(random: Random): string {
  const bytes = Buffer.from(Array.from({ length: 16 }, () => Math.floor(random() * 256)));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
