import { expect, test } from "vitest";
import { compileIntrinsic } from "./intrinsic.ts";
import type { Json } from "./json.ts";
import { jsonText, parseJson } from "./json-text.ts";
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
  ["States.Base64Decode('aGFsbG8=')", "hallo"],
  ["States.Base64Decode('aGFsbG8')", "hallo"],
  ["States.Base64Decode('')", ""],
  ["States.Hash('', 'MD5')", "d41d8cd98f00b204e9800998ecf8427e"],
])("%s", (text, expected) => {
  expect(run(text)).toEqual(expected);
});

test("numbers are printed as they were written, and computed with as what they are", () => {
  const input = parseJson('{"n":1.50,"big":12345678901234567890,"same":[1,1.0,2],"o":{"b":0.0,"1":1}}');
  expect(run("States.Format('{} {} {}', $.n, $.big, $.o)", input)).toBe("1.50 12345678901234567890 {b=0.0, 1=1}");
  expect(run("States.JsonToString($.o)", input)).toBe('{"b":0.0,"1":1}');
  expect(jsonText(run('States.StringToJson(\'[0.0,{"2":1e2,"1":1}]\')'))).toBe('[0.0,{"2":1e2,"1":1}]');
  expect(run("States.MathAdd($.n, 1)", input)).toBe(3);
  expect(run("States.ArrayContains($.same, 1.0)", input)).toBe(true);
  expect(jsonText(run("States.ArrayUnique($.same)", input))).toBe("[1,2]");
  expect(jsonText(run("States.JsonMerge($.o, $.o, false)", input))).toBe('{"b":0.0,"1":1}');
  expect(jsonText(run("States.Array(1.0, 1e400)"))).toBe("[1.0,1e400]");
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
  ["States.Base64Decode('Not base64!')", {}],
  ["States.Base64Decode('aGFsb')", {}],
  ["States.Base64Decode('aGFsbG8==')", {}],
  ["States.Base64Decode('aG=sbG8=')", {}],
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
