import { describe, expect, test } from "vitest";
import { exampleActivity, examplePipeline, referencePipeline } from "../testing/example-pipeline.ts";
import { BuildInput } from "./build-input.ts";
import { forEachPlatform } from "./flow.ts";
import { InvalidInputError } from "./muster-error.ts";
import { buildOptions, parseBuildInput, wordsOf } from "./parse-build-input.ts";
import { fixedPlatforms } from "./platform.ts";

const today = new Date("2026-11-24T23:59:59Z");
const parse = (input: unknown, pipeline = referencePipeline) => parseBuildInput(input, pipeline, { today });

function refusal(input: unknown, pipeline = referencePipeline): { message: string; hint: string | undefined } {
  try {
    parse(input, pipeline);
  } catch (error) {
    if (error instanceof InvalidInputError) return { message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error(`${JSON.stringify(input)} was not refused`);
}

const nothing = { versions: ["2026.11.24"], platforms: [], activities: [], debug: "" };

test.each<[unknown, Partial<BuildInput>]>([
  [{}, {}],
  ["", {}],
  [undefined, {}],
  [null, {}],
  [
    "4.26.1 ubuntu-19.04-disco --skip-ec2 debian-9-stretch",
    { versions: ["4.26.1"], platforms: ["ubuntu-19.04-disco", "debian-9-stretch"], debug: "skip_ec2" },
  ],
  [{ inputs: ["--fake-ec2"] }, { debug: "fake_ec2" }],
  ["4.42.4242 --test-build", { versions: ["4.42.4242"], debug: "test_build", activities: ["MakeBinaryPackage"] }],
  ["MakeBinaryPackage test", { debug: "test_build", activities: ["MakeBinaryPackage"] }],
  [
    { a: ["1.2.3", { b: "PublishDockerImages  2026.01.31\n" }] },
    { versions: ["1.2.3", "2026.01.31"], activities: ["PublishDockerImages"] },
  ],
  ["1.2.3 1.2.3 debian-9-stretch debian-9-stretch", { versions: ["1.2.3"], platforms: ["debian-9-stretch"] }],
  ["--keep-failed allow_overlap", { keepFailed: true, allowOverlap: true }],
])("%j is understood", (input, expected) => {
  expect(parse(input)).toEqual({ ...nothing, ...expected });
  expect(BuildInput.parse(parse(input))).toEqual(parse(input));
});

test.each(["test", "--test", "test_build", "--test_build", "test-build", "--test-build"])(
  "%s asks for a test build",
  (word) => {
    expect(parse(word)).toMatchObject({ debug: "test_build", activities: ["MakeBinaryPackage"] });
  },
);

test.each(["skip_ec2", "skip-ec2", "--skip-ec2", "fake_ec2", "fake-ec2", "--fake-ec2"])(
  "%s is a debug mode",
  (word) => {
    expect(parse(word).debug).toBe(word.replace("--", "").replace("-", "_"));
  },
);

test("the order of words does not matter", () => {
  const words = ["4.26.1", "2026.11.23", "debian-9-stretch", "MakeSourceTarball", "--fake-ec2", "--keep-failed"];
  const expected = parse(words);
  for (let shift = 1; shift < words.length; shift++) {
    const rotated = parse([...words.slice(shift), ...words.slice(0, shift)]);
    expect({ ...rotated, versions: rotated.versions.toSorted() }).toEqual({
      ...expected,
      versions: expected.versions.toSorted(),
    });
  }
});

test("the words of a build's input mean that input again, for every combination", () => {
  for (const debug of ["", "skip_ec2", "fake_ec2", "test_build"] as const) {
    for (const keepFailed of [true, undefined]) {
      for (const allowOverlap of [true, undefined]) {
        const input: BuildInput = {
          versions: ["4.26.1", "2026.11.23"],
          platforms: ["debian-9-stretch"],
          activities: ["MakeBinaryPackage"],
          debug,
          ...(keepFailed && { keepFailed }),
          ...(allowOverlap && { allowOverlap }),
        };
        expect(parse(wordsOf(input))).toEqual(input);
      }
    }
  }
});

test("every option that help shows is understood", () => {
  for (const option of buildOptions) expect(parse(option)).not.toEqual(nothing);
});

test("today is the UTC date", () => {
  const late = new Date("2026-11-24T23:30:00-02:00");
  expect(parseBuildInput({}, referencePipeline, { today: late }).versions).toEqual(["2026.11.25"]);
});

describe("what is refused, with what to do", () => {
  test.each<[unknown, string, string | RegExp]>([
    [
      "MakeBinaryPakage",
      '"MakeBinaryPakage" is not a version, platform, step or option',
      "did you mean MakeBinaryPackage?",
    ],
    [
      "makebinarypackage",
      '"makebinarypackage" is not a version, platform, step or option',
      "did you mean MakeBinaryPackage?",
    ],
    ["--skip-ec3", '"--skip-ec3" is not a version, platform, step or option', "did you mean --skip-ec2?"],
    [
      "zzzzzzzz",
      '"zzzzzzzz" is not a version, platform, step or option',
      /^known are MakeSourceTarball, .*--allow-overlap, --force, --republish, --rerun$/,
    ],
    ["toString", '"toString" is not a version, platform, step or option', /./],
    ["__proto__", '"__proto__" is not a version, platform, step or option', /./],
    ["2026.02.30", '"2026.02.30" is not a version', "a version is N.N.N (a release) or YYYY.MM.DD (a nightly)"],
    ["4.28", '"4.28" is not a version', "a version is N.N.N (a release) or YYYY.MM.DD (a nightly)"],
    [{ version: 4.28 }, "4.28 is not a version, platform, step or option", "input is text, lists and maps of text"],
    [[true], "true is not a version, platform, step or option", "input is text, lists and maps of text"],
    ["--skip-ec2 --fake-ec2", "skip_ec2 and fake_ec2 exclude each other", "name one of them"],
    [
      "4.42.4242 --test PublishSourceTarball",
      "PublishSourceTarball is not a valid test build step",
      "a test build may run MakeBinaryPackage",
    ],
  ])("%j", (input, message, hint) => {
    expect(refusal(input)).toEqual({ message, hint: typeof hint === "string" ? hint : expect.stringMatching(hint) });
  });

  test("the first word that cannot be understood is the one that is named", () => {
    expect(refusal("1.2.3 frist secnod").message).toContain('"frist"');
  });

  test("a platform that a fixed list does not have", () => {
    const pipeline = examplePipeline([forEachPlatform(exampleActivity("Make", { per: "platform" }))], {
      platforms: fixedPlatforms("debian-12-bookworm"),
    });
    expect(parse("debian-12-bookworm", pipeline).platforms).toEqual(["debian-12-bookworm"]);
    expect(refusal("debian-12-bokworm", pipeline).hint).toBe("did you mean debian-12-bookworm?");
    expect(refusal("ubuntu-24.04-noble", pipeline)).toEqual({
      message: `"ubuntu-24.04-noble" is not a platform of the pipeline ${pipeline.name}`,
      hint: "its platforms are debian-12-bookworm",
    });
    expect(refusal("--test", pipeline).message).toBe("no step of this pipeline may run in a test build");
    expect(refusal("--test Make", pipeline)).toEqual({
      message: "Make is not a valid test build step",
      hint: "this pipeline has no test build",
    });
  });
});

test("a map may say what it retries, and what cannot be that is refused", () => {
  const retry = { build: "first", again: ["MakeSourceTarball-2026.11.24"], waited: [] };
  expect(parse({ inputs: ["2026.11.24"], retry })).toEqual({ ...nothing, retry });
  const damaged = { ...retry, again: "all" };
  expect(refusal(Object.fromEntries([["retry", damaged]]))).toEqual({
    message: expect.stringContaining("what the build retries cannot be understood: again"),
    hint: "muster retry <build> writes it",
  });
  expect(parse({ retry: "2026.11.24" })).toEqual(nothing);
});

test("a map may say that its versions are taken back, and for whom", () => {
  const withdraw = { by: "alice", reason: "crashes on start" };
  expect(parse({ inputs: ["2026.11.24"], withdraw })).toEqual({ ...nothing, withdraw });
  expect(refusal({ withdraw: { by: 7 } })).toEqual({
    message: expect.stringMatching(/^what the build withdraws cannot be understood: by/),
    hint: "muster withdraw <version> writes it",
  });
  expect(parse({ withdraw: "2026.11.24" })).toEqual(nothing);
});
