import { expect, test } from "vitest";
import { statesFixture } from "./states-fixture.ts";

const MANY = ["$.none[*]", "$.none[1:3].name", "$..none", "$.none[?(@.price > 3)].name"];
const pass = (fields: object) => ({ A: { Type: "Pass", End: true, ...fields } });

test.each(MANY)("%s of nothing is an empty list in every field that takes a path", async (path) => {
  await using aws = statesFixture();
  const output = async (definition: object, input: unknown = { there: 1 }) => {
    const ended = await aws.end(await aws.start(definition, input));
    expect(ended.error).toBeUndefined();
    return JSON.parse(ended.output ?? "");
  };
  expect(await output(pass({ InputPath: path }))).toEqual([]);
  expect(await output(pass({ OutputPath: path }))).toEqual([]);
  expect(await output(pass({ Parameters: { "found.$": path } }))).toEqual({ found: [] });
  expect(await output(pass({ Parameters: { "count.$": `States.ArrayLength(${path})` } }))).toEqual({ count: 0 });
  expect(
    await output({
      A: {
        Type: "Map",
        ItemsPath: path,
        End: true,
        ItemProcessor: { StartAt: "B", States: { B: { Type: "Pass", End: true } } },
      },
    }),
  ).toEqual([]);
  const choice = (rule: object) => ({
    A: { Type: "Choice", Choices: [{ Variable: path, ...rule, Next: "Yes" }], Default: "No" },
    Yes: { Type: "Pass", Result: "yes", End: true },
    No: { Type: "Pass", Result: "no", End: true },
  });
  expect(await output(choice({ IsNull: true }))).toBe("no");
  expect(await output(choice({ StringEquals: "x" }))).toBe("no");
});

test.each([
  { InputPath: "$.none" },
  { OutputPath: "$.none.deeper" },
  { Parameters: { "found.$": "$.none[0]" } },
  { Parameters: { "found.$": "States.ArrayLength($.none)" } },
])("a path that names one place and finds nothing fails the state: %j", async (fields) => {
  await using aws = statesFixture();
  const { status, error } = await aws.end(await aws.start(pass(fields), { there: 1 }));
  expect([status, error]).toEqual(["FAILED", "States.Runtime"]);
});
