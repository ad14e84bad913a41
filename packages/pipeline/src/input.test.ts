import { expect, expectTypeOf, test } from "vitest";
import { exampleActivity, examplePipeline } from "../testing/example-pipeline.ts";
import type { Question } from "./activity.ts";
import type { BuildInput } from "./build-input.ts";
import type { InvalidPipelineError } from "./check-pipeline.ts";
import { flagInput, type Input, inputVariable, numberInput, textInput, understandValue, valuesOf } from "./input.ts";
import { describeInputs, inputsOf } from "./inputs-of-build.ts";

const summary = "What it decides";
const target = textInput({ summary, oneOf: ["staging", "production"], default: "staging" });

test.each<[string, Input, unknown, unknown]>([
  ["text as it is", textInput({ summary }), "two words = one", "two words = one"],
  ["text of one of its values", target, "production", "production"],
  ["text that matches as a whole", textInput({ summary, pattern: /\d+|x/ }), "12", "12"],
  ["a pattern with a state", textInput({ summary, pattern: /a/g }), "a", "a"],
  ["nothing, where it may be empty", textInput({ summary }), "", ""],
  ["true", flagInput({ summary }), "true", true],
  ["JSON's false", flagInput({ summary }), false, false],
  ["a number", numberInput({ summary }), "-3.25", -3.25],
  ["JSON's number", numberInput({ summary, whole: true, min: 1, max: 10 }), 10, 10],
  ["a number with zeros before it", numberInput({ summary }), "007", 7],
])("an input may be %s", (_, input, said, value) => {
  expect(understandValue(input, said)).toBe(value);
});

test.each<[string, Input, unknown]>([
  ["another text than its values", target, "prod"],
  ["text of which a part matches", textInput({ summary, pattern: /\d+|x/ }), "12y"],
  ["two lines", textInput({ summary }), "one\ntwo"],
  ["what a terminal obeys", textInput({ summary }), "\u001b[31m"],
  ["more than a thousand characters", textInput({ summary }), "x".repeat(1001)],
  ["JSON's number for text", textInput({ summary }), 1.1],
  ["another word than true or false", flagInput({ summary }), "yes"],
  ["a number in another notation", numberInput({ summary }), "0x10"],
  ["a number with a power", numberInput({ summary }), 1e21],
  ["more digits than a number keeps", numberInput({ summary }), "1234567890123456"],
  ["no number", numberInput({ summary }), ""],
  ["a part of a whole", numberInput({ summary, whole: true }), "1.5"],
  ["too little", numberInput({ summary, min: 1 }), "0"],
  ["too much", numberInput({ summary, max: 1 }), "2"],
  ["a list", textInput({ summary }), ["a"]],
  ["nothing of JSON", flagInput({ summary }), null],
])("an input cannot be %s", (_, input, said) => {
  expect(understandValue(input, said)).toBeUndefined();
});

test.each<[string, Input]>([
  ["staging|production", target],
  ["text", textInput({ summary })],
  ["\\d+", textInput({ summary, pattern: /\d+/ })],
  ["true|false", flagInput({ summary })],
  ["number", numberInput({ summary })],
  ["1 to 10", numberInput({ summary, min: 1, max: 10 })],
  ["1 or more", numberInput({ summary, min: 1 })],
  ["10 or less", numberInput({ summary, max: 10 })],
])("help shows %s", (shown, input) => {
  expect(valuesOf(input)).toBe(shown);
});

test("a definition reads a build's inputs by their types", () => {
  const inputs = {
    target,
    announce: flagInput({ summary }),
    jobs: numberInput({ summary, default: 4 }),
    note: textInput({ summary }),
  };
  const build = { inputs: { target: "production", announce: true, jobs: 8, note: "" } };
  const read = inputsOf(inputs, build);
  expectTypeOf(read.target).toEqualTypeOf<"staging" | "production">();
  expectTypeOf(read.announce).toEqualTypeOf<boolean>();
  expectTypeOf(read.jobs).toEqualTypeOf<number>();
  expectTypeOf(read.note).toEqualTypeOf<string>();
  // @ts-expect-error one of its values is the default
  textInput({ summary, oneOf: ["a", "b"], default: "c" });
  expectTypeOf<Question["build"]>().toEqualTypeOf<BuildInput>();
  expect(read).toEqual(build.inputs);
  expect(describeInputs(build)).toBe("target=production, announce=true, jobs=8, note=");
});

test("an input that was declared after a build had begun has its default there, or is refused by name", () => {
  expect(inputsOf({ target, late: flagInput({ summary }) }, {})).toEqual({ target: "staging", late: false });
  expect(() => inputsOf({ toString: textInput({ summary }) }, { inputs: {} })).toThrow(
    "the input toString has no value: What it decides",
  );
});

test("scripts know an input by a name of their kind", () => {
  expect(inputVariable("release_notes")).toBe("INPUT_RELEASE_NOTES");
});

const problemsOf = (inputs: unknown): readonly string[] => {
  try {
    examplePipeline([exampleActivity("Make")], { inputs: inputs as Record<string, Input> });
    return [];
  } catch (error) {
    return (error as InvalidPipelineError).problems;
  }
};

test.each<[string, unknown, string]>([
  [
    "a name with a dash",
    { "dry-run": flagInput({ summary }) },
    'the input "dry-run": a name is lower-case letters, digits and underscores',
  ],
  ["a name with a capital", { Target: target }, 'the input "Target": a name is lower-case'],
  ["a declaration that is none", { target: "staging" }, "inputs.target"],
  ["nothing", { target: undefined }, "inputs has no target"],
  ["no summary", { target: textInput({} as never) }, "inputs.target has no summary"],
  [
    "no values",
    { target: textInput({ summary, oneOf: [] }) },
    "inputs.target.oneOf: an empty list is not a list of texts",
  ],
  [
    "a value of two lines",
    { target: textInput({ summary, oneOf: ["a\nb"] }) },
    'the input "target": its oneOf has "a\\nb", which is no line of text',
  ],
  [
    "values and a pattern",
    { target: textInput({ summary, oneOf: ["a"], pattern: /a/ }) },
    'the input "target": it has oneOf and pattern',
  ],
  [
    "a pattern that is text",
    { target: textInput({ summary, pattern: "a" as never }) },
    'inputs.target.pattern: "a" is not a regular expression',
  ],
  [
    "a range of nothing",
    { jobs: numberInput({ summary, min: 2, max: 1 }) },
    'the input "jobs": its min 2 is more than its max 1',
  ],
  [
    "a default that is none of its values",
    { target: textInput({ summary, oneOf: ["a"], default: "b" as never }) },
    'the input "target": its default "b" is none of its values: a',
  ],
  [
    "a default of another type",
    { jobs: numberInput({ summary, default: "4" as never }) },
    'inputs.jobs.default: "4" is not a number',
  ],
])("%s is refused when the definition is loaded", (_, inputs, problem) => {
  expect(problemsOf(inputs)).toEqual([expect.stringContaining(problem)]);
});

test("inputs that are right are refused nowhere", () => {
  expect(
    problemsOf({ target, dry_run: flagInput({ summary }), jobs: numberInput({ summary, default: 0, whole: true }) }),
  ).toEqual([]);
});
