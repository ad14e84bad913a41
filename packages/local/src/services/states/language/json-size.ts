import { ExactNumber } from "./exact-number.ts";
import { isArray, type Json, type JsonObject } from "./json.ts";

/**
 * The most bytes a state's input or output may have, as UTF-8 JSON.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const DATA_LIMIT_BYTES = 262_144;

/** Smaller values are measured anew each time: that costs less than remembering them. */
const WORTH_REMEMBERING_BYTES = 512;
const sizes = new WeakMap<object, number>();

/**
 * Bytes of a value's JSON text. Large values are measured once, however many documents share them,
 * so that checking a state's output costs what the state added and not what it carried along.
 */
export function jsonSize(value: Json): number {
  switch (typeof value) {
    case "string":
      return stringSize(value);
    case "number":
      return Number.isInteger(value) && value >= 0 && value < 10 ? 1 : JSON.stringify(value).length;
    case "boolean":
      return value ? 4 : 5;
    default:
      if (value === null) return 4;
      return value instanceof ExactNumber ? value.text.length : containerSize(value);
  }
}

function containerSize(value: readonly Json[] | JsonObject): number {
  const known = sizes.get(value);
  if (known !== undefined) return known;
  let bytes: number;
  let members = 0;
  if (isArray(value)) {
    bytes = 2;
    for (const item of value) bytes += jsonSize(item);
    members = value.length;
  } else {
    bytes = 2;
    for (const key in value) {
      bytes += stringSize(key) + 1 + jsonSize(value[key] as Json);
      members++;
    }
  }
  if (members > 1) bytes += members - 1;
  if (bytes >= WORTH_REMEMBERING_BYTES) sizes.set(value, bytes);
  return bytes;
}

/** Plain ASCII, which nearly every string is, needs no encoder. */
function stringSize(text: string): number {
  if (text.length > 200) return Buffer.byteLength(JSON.stringify(text));
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return Buffer.byteLength(JSON.stringify(text));
  }
  return text.length + 2;
}
