import { expect, test } from "vitest";
import { shortenJson } from "./shorten-json.ts";

test("a text that has room stays as it is", () => {
  expect(shortenJson("abc", 3)).toBe("abc");
  expect(shortenJson("", 0)).toBe("");
});

test.each([
  ["abcdefgh", 6, "abc…"],
  ['""""""', 7, '""…'],
  ["🌊🌊🌊", 11, "🌊🌊…"],
  ["\n\n\n\n", 6, "\n…"],
])("%j in %i bytes is %j", (text, bytes, expected) => {
  expect(shortenJson(text, bytes)).toBe(expected);
});

test("where not one character has room, nothing is left", () => {
  expect(shortenJson("abcdefgh", 3)).toBe("");
  expect(shortenJson("abcdefgh", -10)).toBe("");
});
