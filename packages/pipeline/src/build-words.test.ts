import { describe, expect, test } from "vitest";
import { exampleActivity, examplePipeline } from "../testing/example-pipeline.ts";
import { BuildInput } from "./build-input.ts";
import { flagInput, numberInput, textInput } from "./input.ts";
import { InvalidInputError } from "./muster-error.ts";
import { parseBuildInput, wordsOf } from "./parse-build-input.ts";

const pipeline = examplePipeline([exampleActivity("Make")], {
  inputs: {
    target: textInput({ summary: "Where it goes", oneOf: ["staging", "production"], default: "staging" }),
    note: textInput({ summary: "What is new", default: "" }),
    dry_run: flagInput({ summary: "Whether nothing is sent" }),
    jobs: numberInput({ summary: "At once", default: 4, min: 1, max: 16, whole: true }),
  },
});
const needing = examplePipeline([exampleActivity("Make")], {
  inputs: { ticket: textInput({ summary: "Whose release it is", pattern: /[A-Z]+-\d+/ }) },
});

const parse = (input: unknown, of = pipeline) =>
  parseBuildInput(input, of, { today: new Date("2026-11-24T12:00:00Z") });
const defaults = { target: "staging", note: "", dry_run: false, jobs: 4 };

test.each<[unknown, object]>([
  ["1.2.3", {}],
  ["--input target=production 1.2.3", { target: "production" }],
  ["1.2.3 --input=target=production --input dry_run=true", { target: "production", dry_run: true }],
  [{ inputs: "1.2.3 --input jobs=8" }, { jobs: 8 }],
  [["1.2.3", "--input", "note=two words, a = b"], { note: "two words, a = b" }],
  [["1.2.3", "--input=note=two words"], { note: "two words" }],
  [["1.2.3", "--input", "note="], { note: "" }],
  [["1.2.3", "--input", "note=--input"], { note: "--input" }],
  [
    { version: "1.2.3", input: { target: "production", dry_run: true, jobs: 8 } },
    { target: "production", dry_run: true, jobs: 8 },
  ],
  [{ words: ["1.2.3"], input: { jobs: "8", dry_run: "false" } }, { jobs: 8 }],
  [{ input: "1.2.3" }, {}],
  ["1.2.3 --input target=production --input target=production", { target: "production" }],
])("%j names inputs", (input, said) => {
  const parsed = parse(input);
  expect(parsed).toMatchObject({ versions: ["1.2.3"], activities: [], platforms: [] });
  expect(parsed.inputs).toEqual({ ...defaults, ...said });
  expect(BuildInput.parse(parsed)).toEqual(parsed);
  expect(parse(wordsOf(parsed))).toEqual(parsed);
});

test("a pipeline without inputs has none in its builds", () => {
  expect(parse("1.2.3", examplePipeline([exampleActivity("Make")]))).not.toHaveProperty("inputs");
});

describe("what is refused, with what to do", () => {
  const refusal = (input: unknown, of = pipeline) => {
    try {
      parse(input, of);
    } catch (error) {
      if (error instanceof InvalidInputError) return { message: error.message, hint: error.hint };
      throw error;
    }
    throw new Error("nothing was refused");
  };

  test.each<[unknown, string, string]>([
    ["--input tarket=production", 'there is no input "tarket"', "did you mean target?"],
    ["--input zzzzzzzzz=1", 'there is no input "zzzzzzzzz"', "known are target, note, dry_run, jobs"],
    [
      { input: JSON.parse('{ "__proto__": 1 }') },
      'there is no input "__proto__"',
      "known are target, note, dry_run, jobs",
    ],
    [{ input: { toString: 1 } }, 'there is no input "toString"', "known are target, note, dry_run, jobs"],
    ["--input target=prod", 'the input target cannot be "prod"', "it is one of staging, production"],
    ["--input target=stagin", 'the input target cannot be "stagin"', "did you mean staging?"],
    [["--input", "note=a\nb"], 'the input note cannot be "a\\nb"', "it is one line of at most 1000 characters"],
    [
      ["--input", `note=${"x".repeat(1001)}`],
      `the input note cannot be "${"x".repeat(79)}…`,
      "it is one line of at most 1000 characters",
    ],
    [{ input: { note: 1.1 } }, "the input note cannot be 1.1", "it is text: put it into quotes"],
    [{ input: { note: null } }, "the input note cannot be null", "it is text: put it into quotes"],
    ["--input dry_run=yes", 'the input dry_run cannot be "yes"', "it is true or false"],
    ["--input jobs=99", 'the input jobs cannot be "99"', "it is a whole number, 1 to 16"],
    ["--input jobs", "--input jobs says no value", "say --input name=value"],
    ["1.2.3 --input", "--input says no value", "say --input name=value"],
    [
      "--input target=staging --input target=production",
      "the input target is said twice: staging and production",
      "name one of them",
    ],
    [
      "target=production",
      '"target=production" is not a version, platform, step or option',
      "an input's value is said by --input target=production",
    ],
  ])("%j", (input, message, hint) => {
    expect(refusal(input)).toEqual({ message, hint });
  });

  test("an input that needs a value", () => {
    expect(refusal("1.2.3", needing)).toEqual({
      message: "the input ticket has no value: Whose release it is",
      hint: "say --input ticket=<[A-Z]+-\\d+>",
    });
    expect(refusal("--input ticket=abc", needing)).toEqual({
      message: 'the input ticket cannot be "abc"',
      hint: "it matches /[A-Z]+-\\d+/, as a whole",
    });
    expect(parse("--input ticket=REL-12", needing).inputs).toEqual({ ticket: "REL-12" });
  });

  test("an input of a pipeline that has none", () => {
    expect(refusal("--input a=b", examplePipeline([exampleActivity("Make")]))).toEqual({
      message: 'there is no input "a"',
      hint: "this pipeline has none",
    });
  });
});
