import { ExactNumber, NotPlainError } from "./exact-number.ts";

/** Execution data: parsed JSON that nobody changes, so that states, events and branches share it instead of copying it. */
export type Json = null | boolean | number | ExactNumber | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export function isArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** The number that comparisons and functions compute with; undefined for what is no number. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return value instanceof ExactNumber ? value.value : undefined;
}

/** Own properties only: a document may well hold a key named `constructor`. */
export function member(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Of an object whose keys JavaScript would put into another order than its text has. */
const KEYS = Symbol("keys in the order of the text");

const orderedPrototype = Object.create(null, {
  toJSON: {
    value(): never {
      throw new NotPlainError("an object's keys have an order of their own");
    },
  },
}) as object;

export function keysOf(object: JsonObject): readonly string[] {
  return (object as { [KEYS]?: readonly string[] })[KEYS] ?? Object.keys(object);
}

export function entriesOf(object: JsonObject): [string, Json][] {
  return keysOf(object).map((key) => [key, object[key] as Json]);
}

export function valuesOf(object: JsonObject): Json[] {
  return keysOf(object).map((key) => object[key] as Json);
}

/** An object with these members in this order; of members with the same key the last counts, at the place of the first. */
export function objectOf(entries: Iterable<readonly [string, Json]>): JsonObject {
  const object: Record<string, Json> = {};
  const keys: string[] = [];
  for (const [key, value] of entries) {
    if (!Object.hasOwn(object, key)) keys.push(key);
    setMember(object, key, value);
  }
  return keys.some(isIndex) && Object.keys(object).some((key, place) => key !== keys[place])
    ? withOrder(object, keys)
    : object;
}

/** JavaScript puts keys that are array indices first, in ascending order. */
export function isIndex(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= 0x30 && first <= 0x39 && /^(?:0|[1-9]\d{0,9})$/.test(key);
}

function withOrder(members: Record<string, Json>, keys: readonly string[]): JsonObject {
  const object = Object.create(orderedPrototype, { [KEYS]: { value: keys } }) as Record<string, Json>;
  for (const key of keys) setMember(object, key, members[key] as Json);
  return object;
}

/** A copy of `object` with one member set; `__proto__` becomes a plain member, as JSON.parse makes it. */
export function withMember(object: JsonObject, key: string, value: Json): JsonObject {
  if (isIndex(key) || KEYS in object) return objectOf([...entriesOf(object), [key, value]]);
  const copy: Record<string, Json> = { ...object };
  setMember(copy, key, value);
  return copy;
}

function setMember(object: Record<string, Json>, key: string, value: Json): void {
  if (key === "__proto__")
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  else object[key] = value;
}

export function deepEqual(a: Json, b: Json): boolean {
  if (a === b) return true;
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined || right !== undefined) return left === right;
  if (isArray(a))
    return isArray(b) && a.length === b.length && a.every((item, index) => deepEqual(item, b[index] as Json));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && deepEqual(a[key] as Json, b[key] as Json))
  );
}
