import { expect, test } from "vitest";
import { compileRule, RuleError } from "./choice-rule.ts";
import type { Json, JsonObject } from "./json.ts";
import { RuntimeError } from "./state-error.ts";

function holds(rule: Json, input: Json): boolean {
  return compileRule(rule)({ input, context: () => ({ Name: "run" }), random: () => 0, variables: undefined });
}

const values: Record<string, Json> = {
  null: null,
  number: 5,
  string: "m",
  boolean: true,
  timestamp: "2026-01-31T12:00:00Z",
  list: [],
  object: {},
};

test.each<[string, JsonObject, readonly string[]]>([
  ["StringLessThan", { StringLessThan: "n" }, ["string", "timestamp"]],
  ["StringGreaterThanEquals", { StringGreaterThanEquals: "m" }, ["string"]],
  ["NumericEquals", { NumericEquals: 5.0 }, ["number"]],
  ["NumericGreaterThan", { NumericGreaterThan: 4 }, ["number"]],
  ["BooleanEquals", { BooleanEquals: true }, ["boolean"]],
  ["TimestampLessThanEquals", { TimestampLessThanEquals: "2026-01-31T13:00:00+01:00" }, ["timestamp"]],
  ["StringMatches", { StringMatches: "*" }, ["string", "timestamp"]],
  ["IsNull", { IsNull: true }, ["null"]],
  ["IsNumeric", { IsNumeric: true }, ["number"]],
  ["IsString", { IsString: true }, ["string", "timestamp"]],
  ["IsBoolean", { IsBoolean: true }, ["boolean"]],
  ["IsTimestamp", { IsTimestamp: true }, ["timestamp"]],
  ["IsPresent", { IsPresent: true }, Object.keys(values)],
])("%s holds for values of its type alone", (_operator, rule, expected) => {
  const found = Object.keys(values).filter((name) => holds({ Variable: `$.${name}`, ...rule }, values));
  expect(found).toEqual(expected);
});

test.each<[string, string, boolean]>([
  ["a*c", "abc", true],
  ["a*c", "abcd", false],
  ["*.txt", "a\nb.txt", true],
  ["a\\*c", "a*c", true],
  ["a\\*c", "abc", false],
  ["a\\\\*", "a\\b", true],
  ["a.c", "abc", false],
  ["", "", true],
])("%s matches %j: %s", (pattern, text, expected) => {
  expect(holds({ Variable: "$", StringMatches: pattern }, text)).toBe(expected);
});

test("rules combine, and stop as soon as they are decided", () => {
  const missing = { Variable: "$.none", IsNull: true };
  const yes = { Variable: "$.a", NumericEquals: 1 };
  expect(holds({ Or: [yes, missing] }, { a: 1 })).toBe(true);
  expect(holds({ And: [{ Not: yes }, missing] }, { a: 1 })).toBe(false);
  expect(() => holds({ And: [yes, missing] }, { a: 1 })).toThrow(RuntimeError);
});

test("both sides of a path comparison are read", () => {
  expect(holds({ Variable: "$.a", NumericLessThanPath: "$.b" }, { a: 1, b: 2 })).toBe(true);
  expect(holds({ Variable: "$.a", NumericLessThanPath: "$.b" }, { a: 1, b: "2" })).toBe(false);
  expect(holds({ Variable: "$$.Name", StringEqualsPath: "$" }, "run")).toBe(true);
});

test("presence is asked of every kind of path", () => {
  const isPresent = (Variable: string) => holds({ Variable, IsPresent: true }, { a: null, list: [1] });
  expect(["$.a", "$.b", "$.list[0]", "$.list[1]", "$.list[*]", "$.list[?(@ > 1)]", "$nobody"].map(isPresent)).toEqual([
    true,
    false,
    true,
    false,
    true,
    false,
    false,
  ]);
});

test.each<[Json, string]>([
  [null, ""],
  [{}, ""],
  [{ Variable: "$.a", IsNull: true, IsString: true }, ""],
  [{ IsNull: true }, "/Variable"],
  [{ Variable: "$[", IsNull: true }, "/Variable"],
  [{ Variable: "$.a", IsNull: "yes" }, "/IsNull"],
  [{ Variable: "$.a", NumericEquals: "1" }, "/NumericEquals"],
  [{ Variable: "$.a", NumericEqualsPath: 1 }, "/NumericEqualsPath"],
  [{ Variable: "$.a", BooleanLessThan: true }, "/BooleanLessThan"],
  [{ And: [{ Not: { Variable: "$.a", Contains: 1 } }] }, "/And/0/Not/Contains"],
  [{ Or: [] }, "/Or"],
])("%j does not compile, and the error says where", (rule, location) => {
  expect(() => compileRule(rule)).toThrow(RuleError);
  expect(() => compileRule(rule)).toThrow(expect.objectContaining({ location }));
});
