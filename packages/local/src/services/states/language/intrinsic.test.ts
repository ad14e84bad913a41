import { expect, test } from "vitest";
import { compileIntrinsic } from "./intrinsic.ts";
import type { Json } from "./json.ts";
import { StateError } from "./state-error.ts";

let chance = 0;
function run(text: string, input: Json = {}): Json {
  return compileIntrinsic(text)({
    input,
    context: () => ({}),
    random: () => (chance = (chance + 0.37) % 1),
    variables: undefined,
  });
}

test.each<[string, Json]>([
  ["States.Format('{} {}', 'a', 'it\\'s')", "a it's"],
  ["States.Format('none')", "none"],
  ["States.Array()", []],
  ["States.Array( 1 , 'two' , null , true )", [1, "two", null, true]],
  ["States.MathRandom(1, 2)", 1],
  ["States.MathRandom(0, 1000000, 42)", run("States.MathRandom(0, 1000000, 42)")],
  ["States.ArrayRange(1, 0, 1)", []],
  ["States.StringSplit('abc', '')", ["abc"]],
  ["States.Hash('', 'MD5')", "d41d8cd98f00b204e9800998ecf8427e"],
])("%s", (text, expected) => {
  expect(run(text)).toEqual(expected);
});

test("a UUID is of version 4", () => {
  expect(run("States.UUID()")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test.each<[string, Json]>([
  ["States.Format('{}', 1, 2)", {}],
  ["States.Format('{} {}', 1)", {}],
  ["States.StringToJson('{')", {}],
  ["States.ArrayGetItem($.l, 1)", { l: [0] }],
  ["States.ArrayGetItem($.l, -1)", { l: [0] }],
  ["States.ArrayPartition($.l, 0)", { l: [0] }],
  ["States.ArrayRange(0, 1001, 1)", {}],
  ["States.ArrayRange(0, 1, 0)", {}],
  ["States.ArrayLength('text')", {}],
  ["States.JsonMerge($, $, true)", {}],
  ["States.MathAdd('1', 1)", {}],
  ["States.MathRandom(2, 1)", {}],
  ["States.Hash('a', 'SHA-3')", {}],
  ["States.Base64Encode($.t)", { t: "x".repeat(10_001) }],
])("%s fails as States.IntrinsicFailure and names the call", (text, input) => {
  const error = (() => {
    try {
      run(text, input);
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(StateError);
  expect((error as StateError).failure).toMatchObject({
    error: "States.IntrinsicFailure",
    cause: expect.stringContaining(text),
  });
});

test.each([
  "States.Nope()",
  "States.UUID(1)",
  "States.Array(",
  "States.Array(1,)",
  "States.Format('open)",
  "Format('a')",
  "States.Array(x)",
  "States.UUID() x",
])("%s does not compile", (text) => {
  expect(() => compileIntrinsic(text)).toThrow(SyntaxError);
});

test("functions nest ten deep and no deeper", () => {
  const nested = (depth: number) => `${"States.Array(".repeat(depth)}1${")".repeat(depth)}`;
  expect(() => compileIntrinsic(nested(10))).not.toThrow();
  expect(() => compileIntrinsic(nested(11))).toThrow("more than 10 nested functions");
});
