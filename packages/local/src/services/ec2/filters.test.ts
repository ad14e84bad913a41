import { expect, test } from "vitest";
import { passesFilters, tagFilterValues } from "./filters.ts";

const passes = (pattern: string, value: string) => passesFilters([{ Name: "x", Value: [pattern] }], () => [value]);

test.each([
  ["ww-*", "ww-0-Make", true],
  ["ww-?-Make", "ww-0-Make", true],
  ["ww-?-Make", "ww-10-Make", false],
  ["WW-*", "ww-0", false],
  ["a.b", "axb", false],
  ["a\\*b", "a*b", true],
  ["a\\*b", "axb", false],
  ["(x)[y]", "(x)[y]", true],
  ["*", "", true],
])("%j against %j is %j", (pattern, value, expected) => {
  expect(passes(pattern, value)).toBe(expected);
});

test("filters must all pass, and any value of each may", () => {
  const values = (name: string) => (name === "state" ? ["running"] : tagFilterValues(name, { Name: "ww-0" }));
  const state = { Name: "state", Value: ["pending", "running"] };
  expect(passesFilters([state, { Name: "tag:Name", Value: ["ww-*"] }], values)).toBe(true);
  expect(passesFilters([state, { Name: "tag:Name", Value: ["wa-*"] }], values)).toBe(false);
  expect(passesFilters([state, { Name: "tag-key", Value: ["Name"] }], values)).toBe(true);
  expect(passesFilters([state, { Name: "tag:constructor", Value: ["*"] }], values)).toBe(false);
  expect(() => passesFilters([{ Name: "colour", Value: ["red"] }], values)).toThrow("The filter 'colour' is invalid");
});
