import { expect, test } from "vitest";
import { ExactNumber } from "./exact-number.ts";
import { entriesOf, type JsonObject, keysOf, withMember } from "./json.ts";
import { jsonSize } from "./json-size.ts";
import { jsonText, parseJson } from "./json-text.ts";

const NUMBERS = ["0.0", "1.10", "-0.0", "1e400", "1E2", "12345678901234567890", "0.1234567890123456789", "0.00000001"];

test.each(NUMBERS)("%s is given back as it was, wherever it stands", (number) => {
  for (const text of [number, `[${number}]`, `{"a":{"b":[1,${number},"x"]}}`]) {
    expect(jsonText(parseJson(text))).toBe(text);
    expect(jsonSize(parseJson(text))).toBe(text.length);
  }
});

test("numbers that JavaScript gives back are plain numbers, and -0 is an integer without a sign, as recorded", () => {
  expect(parseJson("[0,1,-5,0.5,1.25,9007199254740991]")).toEqual([0, 1, -5, 0.5, 1.25, 9007199254740991]);
  expect(parseJson("1.0")).toBeInstanceOf(ExactNumber);
  expect(jsonText(parseJson("[-0, 1.0]"))).toBe("[0,1.0]");
});

test("keys keep their order, also those that JavaScript would sort, through changes of the object", () => {
  const text = '{"b":1,"2":{"10":true,"9":null},"a":3,"1":4}';
  const object = parseJson(text) as JsonObject;
  expect(jsonText(object)).toBe(text);
  expect(keysOf(object)).toEqual(["b", "2", "a", "1"]);
  expect(jsonText(withMember(object, "0", "new"))).toBe('{"b":1,"2":{"10":true,"9":null},"a":3,"1":4,"0":"new"}');
  expect(jsonText(withMember(object, "2", "other"))).toBe('{"b":1,"2":"other","a":3,"1":4}');
  expect(jsonText(withMember({ x: 1 }, "7", 0.5))).toBe('{"x":1,"7":0.5}');
  expect(jsonSize(object)).toBe(text.length);
});

test("strings and keys may hold anything that looks like a number or a bracket", () => {
  const value = { "1.0": 'a "quoted" 1.0 [,]{}:\\', "": "\u2028\ud83d\ude00 -0", __proto__x: ["1e400"], "3": "0.0" };
  const text = `{"__proto__":1.0,"z":${JSON.stringify(value)}}`;
  expect(jsonText(parseJson(text))).toBe(text);
  expect(entriesOf(parseJson(text) as JsonObject)[0]?.[0]).toBe("__proto__");
});

test("what is no JSON is a SyntaxError", () => {
  for (const text of ["", "1.0.0", "{1.0}", "[0.0,]", "01.0", '{"1":}'])
    expect(() => parseJson(text)).toThrow(SyntaxError);
});

test("random documents come back letter by letter", () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const scalar = () => [...NUMBERS, "0", "-3", "true", "null", '"x"', '"1.0"', '"2\\n"'][random(15)] as string;
  const document = (depth: number): string => {
    if (depth === 0 || random(3) === 0) return scalar();
    const parts = Array.from({ length: random(5) }, () => document(depth - 1));
    if (random(2) === 0) return `[${parts.join(",")}]`;
    const keys = [...new Set(parts.map(() => `${["k", "", "00"][random(3)]}${random(30)}`))];
    return `{${keys.map((key, index) => `"${key}":${parts[index]}`).join(",")}}`;
  };
  for (let round = 0; round < 2000; round++) {
    const text = document(5);
    expect(jsonText(parseJson(text))).toBe(text);
  }
});
