import { ExactNumber, NotPlainError } from "./exact-number.ts";
import { entriesOf, isArray, isObject, type Json, objectOf } from "./json.ts";

/**
 * What JavaScript might not give back as it was: numbers that end in a zero after the point, have an exponent, many digits or a leading run of
 * zeros after the point, or are `-0`; keys that are array indices. It may find some inside of strings, which costs time and nothing else.
 */
const NOT_PLAIN =
  /(?:^|[[:,\s])-?(?:\d+\.\d*0(?!\d)|\d[\d.]*[eE]|\d[\d.]{15}|0\.000000)|-0(?=[\s,\]}]|$)|"\d{1,10}"\s*:/;

/**
 * Parses JSON so that `jsonText` gives it back: numbers with their text (`0.0` as recorded on AWS), keys in their order. Throws SyntaxError.
 */
export function parseJson(text: string): Json {
  const value: Json = JSON.parse(text);
  return NOT_PLAIN.test(text) ? readValue({ text, position: 0 }) : value;
}

/** The JSON text of a value, without spaces. */
export function jsonText(value: Json): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof NotPlainError)) throw error;
    return writeValue(value);
  }
}

function writeValue(value: Json): string {
  if (value instanceof ExactNumber) return value.text;
  if (isArray(value)) return `[${value.map(writeValue).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = entriesOf(value).flatMap(([key, part]) =>
    part === undefined ? [] : `${JSON.stringify(key)}:${writeValue(part)}`,
  );
  return `{${members.join(",")}}`;
}

/** A place in a text that is known to be JSON. */
interface Place {
  readonly text: string;
  position: number;
}

const TOKEN = /[\s,:]*(?:([[{\]}])|("[^"\\]*(?:\\.[^"\\]*)*")|([^\s,:[\]{}"]+))/y;

function next(at: Place): RegExpExecArray {
  TOKEN.lastIndex = at.position;
  const token = TOKEN.exec(at.text);
  if (token === null) throw new SyntaxError(`no token at position ${at.position}`);
  at.position = TOKEN.lastIndex;
  return token;
}

const readValue = (at: Place): Json => readToken(at, next(at));

function readToken(at: Place, [, bracket, string, word = ""]: RegExpExecArray): Json {
  if (string !== undefined) return JSON.parse(string) as string;
  if (bracket === "[") return [...items(at)];
  if (bracket === "{") return objectOf(members(at));
  // AWS's integers have no negative zero.
  if (word === "-0") return 0;
  const value: Json = JSON.parse(word);
  return typeof value === "number" && JSON.stringify(value) !== word ? new ExactNumber(word) : value;
}

function* items(at: Place): Generator<Json> {
  for (let token = next(at); token[1] !== "]"; token = next(at)) yield readToken(at, token);
}

function* members(at: Place): Generator<[string, Json]> {
  for (let token = next(at); token[1] !== "}"; token = next(at)) yield [JSON.parse(token[2] as string), readValue(at)];
}
