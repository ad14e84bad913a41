import { expect, test } from "vitest";
import type { Json } from "./json.ts";
import { compileTemplate, TemplateError } from "./payload-template.ts";
import { RuntimeError } from "./state-error.ts";

function fill(template: Json, input: Json): Json {
  return compileTemplate(template)({ input, context: () => ({ Name: "run" }), random: () => 0, variables: undefined });
}

test.each<[Json, Json]>([
  [
    { "a.$": "$.x", b: "$.x" },
    { a: 1, b: "$.x" },
  ],
  [{ deep: [{ "a.$": "$.x" }, 2] }, { deep: [{ a: 1 }, 2] }],
  [
    { "name.$": "$$.Name", "sum.$": "States.MathAdd($.x, 1)" },
    { name: "run", sum: 2 },
  ],
  ["text", "text"],
  [{ "__proto__.$": "$.x" }, JSON.parse('{"__proto__":1}')],
])("%j is filled", (template, expected) => {
  expect(fill(template, { x: 1 })).toEqual(expected);
});

test("a part without expressions is the same object each time", () => {
  const evaluate = compileTemplate({ fixed: { large: [1, 2, 3] }, "x.$": "$.x" });
  const scope = { input: { x: 1 }, context: () => null, random: () => 0, variables: undefined };
  const [first, second] = [evaluate(scope), evaluate(scope)] as { fixed: object }[];
  expect(first).not.toBe(second);
  expect(first?.fixed).toBe(second?.fixed);
});

test("a path that names nothing fails with the path, the field and the input", () => {
  expect(() => fill({ deep: { "a.$": "$.none" } }, { x: 1 })).toThrow(
    new RuntimeError(`The JSONPath '$.none' specified for the field 'a.$' could not be found in the input '{"x":1}'`),
  );
});

test.each<[Json, string]>([
  [{ a: { "b.$": 1 } }, "/a/b.$"],
  [{ "a.$": "$[" }, "/a.$"],
  [{ list: [0, { "a.$": "plain" }] }, "/list/1/a.$"],
])("%j does not compile, and the error says where", (template, location) => {
  expect(() => compileTemplate(template)).toThrow(expect.objectContaining({ name: "TemplateError", location }));
  expect(() => compileTemplate(template)).toThrow(TemplateError);
});
