import { expect, test } from "vitest";
import type { Json } from "./json.ts";
import { compileReferencePath, insertAt } from "./reference-path.ts";
import { StateError } from "./state-error.ts";

test.each<[string, Json, Json]>([
  ["$", { a: 1 }, "new"],
  ["$.b", { a: 1 }, { a: 1, b: "new" }],
  ["$.a", { a: { c: 1 } }, { a: "new" }],
  ["$.x.y.z", {}, { x: { y: { z: "new" } } }],
  ["$['a b']", {}, { "a b": "new" }],
  ["$.list[1]", { list: [1, 2, 3] }, { list: [1, "new", 3] }],
  ["$.__proto__", {}, JSON.parse('{"__proto__":"new"}')],
])("%s puts the value into its place", (path, document, expected) => {
  expect(insertAt(document, compileReferencePath(path), "new")).toEqual(expected);
});

test("what is not on the way is shared, and the document itself is left alone", () => {
  const document = { kept: { large: [1, 2, 3] }, changed: { a: 1 } };
  const result = insertAt(document, compileReferencePath("$.changed.b"), 2);
  expect(document).toEqual({ kept: { large: [1, 2, 3] }, changed: { a: 1 } });
  expect((result as typeof document).kept).toBe(document.kept);
});

test.each<[string, Json]>([
  ["$.a.b", { a: 1 }],
  ["$.a", [1]],
  ["$.list[3]", { list: [] }],
  ["$.list[0]", { list: {} }],
])("%s does not fit %j", (path, document) => {
  expect(() => insertAt(document, compileReferencePath(path), 1)).toThrow(StateError);
});

test.each(["$.a[*]", "$..a", "$.a[0:1]", "$.a[?(@.b)]", "$$.a", "$.a[-1]", "$.a.length()"])(
  "%s is no reference path",
  (path) => {
    expect(() => compileReferencePath(path)).toThrow(SyntaxError);
  },
);
