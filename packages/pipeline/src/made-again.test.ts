import { expect, test } from "vitest";
import { exampleActivity, examplePipeline, referencePipeline } from "../testing/example-pipeline.ts";
import { approval, downloads, fixedPlatforms, forEachPlatform, InvalidInputError, parallel, scratch } from "./index.ts";
import { parseBuildInput, wordsOf } from "./parse-build-input.ts";

const today = new Date("2026-11-24T12:00:00Z");
const parse = (words: unknown, pipeline = referencePipeline) => parseBuildInput(words, pipeline, { today });
const again = (words: unknown, pipeline = referencePipeline) => parse(words, pipeline).rerun;

function refusal(words: unknown, pipeline = referencePipeline): [message: string, hint: string | undefined] {
  try {
    parse(words, pipeline);
  } catch (error) {
    if (error instanceof InvalidInputError) return [error.message, error.hint];
    throw error;
  }
  throw new Error(`${JSON.stringify(words)} was not refused`);
}

test("what nobody says is apart follows in the order of the flow, and what stands beside or before does not", () => {
  expect(again("1.2.3 --rerun MakeBinaryPackage")).toEqual({
    MakeBinaryPackage: [],
    PublishBinaryPackages: ["MakeBinaryPackage"],
    PublishSourceTarball: ["MakeBinaryPackage"],
    PublishDockerImages: ["MakeBinaryPackage"],
  });
  expect(again("1.2.3 --rerun PublishSourceTarball")).toEqual({ PublishSourceTarball: [] });
  expect(again("1.2.3")).toBeUndefined();
});

test.each([
  ["1.2.3 --rerun MakeSourceTarball --rerun PublishDockerImages"],
  [["--rerun", "PublishDockerImages", "1.2.3", "--rerun=MakeSourceTarball"]],
  [{ words: ["1.2.3"], more: "--rerun MakeSourceTarball --rerun PublishDockerImages --rerun MakeSourceTarball" }],
])("%j names two, one of which follows the other", (words) => {
  expect(again(words)).toMatchObject({
    MakeSourceTarball: [],
    MakeBinaryPackage: ["MakeSourceTarball"],
    PublishDockerImages: [],
  });
});

test("of the steps that a build was asked for only those follow, also where what lies between was not", () => {
  expect(again("1.2.3 MakeBinaryPackage PublishDockerImages --rerun MakeBinaryPackage")).toEqual({
    MakeBinaryPackage: [],
    PublishDockerImages: ["MakeBinaryPackage"],
  });
});

test("the words of such a build mean it again", () => {
  for (const words of ["1.2.3 --force", "1.2.3 MakeBinaryPackage --rerun MakeBinaryPackage --test-build"]) {
    expect(parse(wordsOf(parse(words)))).toEqual(parse(words));
  }
  expect(parse("1.2.3 force")).toEqual(parse("1.2.3 --force"));
});

const tarball = { produces: () => [scratch("source/a.tar")] };
const Make = exampleActivity("Make", {
  per: "platform",
  access: { reads: [scratch("source/")], writes: ({ platform }) => [scratch(`built/${platform}/`)] },
});
const Publish = exampleActivity("Publish", {
  access: { reads: [scratch("built/debian-12-bookworm/x")], writes: [downloads("debian/")] },
});
const PublishTarball = exampleActivity("PublishTarball", {
  access: { reads: [scratch("source/a")], writes: [downloads("source/")] },
});
const Test = exampleActivity("Test", { access: { reads: [downloads("debian/dists/")] } });
const Push = exampleActivity("Push", { access: { reads: [scratch("source/")] } });
const Unsaid = exampleActivity("Unsaid");
const flow = [
  exampleActivity("Source", tarball),
  forEachPlatform(Make),
  Publish,
  parallel(PublishTarball, Test, Push),
  Unsaid,
] as const;
const pipeline = examplePipeline([...flow], { platforms: fixedPlatforms("debian-12-bookworm", "debian-13-trixie") });

test("a step follows where its access lets it read what another writes, itself or by what lies between", () => {
  expect(again("1.2.3 --rerun Make", pipeline)).toEqual({
    Make: [],
    Publish: ["Make"],
    Test: ["Make"],
    Unsaid: ["Make"],
  });
  expect(again("1.2.3 --rerun Source", pipeline)).toMatchObject({
    Make: ["Source"],
    Publish: ["Source"],
    PublishTarball: ["Source"],
    Push: ["Source"],
  });
  expect(again("1.2.3 --rerun Publish", pipeline)).toEqual({ Publish: [], Test: ["Publish"], Unsaid: ["Publish"] });
});

test("a build of one platform has only that one made, and what gets nothing of it is left out", () => {
  expect(again("1.2.3 debian-13-trixie --rerun Make", pipeline)).toEqual({ Make: [], Unsaid: ["Make"] });
});

test("where a definition's own answer is not to be had, a step follows", () => {
  const throwing = exampleActivity("Make", {
    per: "platform",
    access: {
      writes: () => {
        throw new RangeError("no such platform");
      },
    },
  });
  const listed = examplePipeline([forEachPlatform(Make), Push]);
  expect(again("1.2.3 --rerun Make", listed)).toEqual({ Make: [], Push: ["Make"] });
  const fixed = examplePipeline([forEachPlatform(throwing), Push], { platforms: fixedPlatforms("debian-12-bookworm") });
  expect(again("1.2.3 --rerun Make", fixed)).toEqual({ Make: [], Push: ["Make"] });
  // What leaves nothing in the stage's buckets leaves it elsewhere.
  const silent = examplePipeline([Unsaid, Push]);
  expect(again("1.2.3 --rerun Unsaid", silent)).toEqual({ Unsaid: [], Push: ["Unsaid"] });
});

test("what cannot be made again is refused by name, with what to do", () => {
  const gated = examplePipeline([Unsaid, approval({ name: "MayGoOn", summary: "Is it good?" }), Push]);
  expect(refusal("1.2.3 --rerun MakeBinaryPakage")).toEqual([
    'there is no step "MakeBinaryPakage" that could be made again',
    "did you mean MakeBinaryPackage?",
  ]);
  expect(refusal("1.2.3 --rerun zzz", gated)).toEqual([
    'there is no step "zzz" that could be made again',
    "the steps are Unsaid, Push",
  ]);
  expect(refusal("1.2.3 --rerun MayGoOn", gated)).toEqual([
    "MayGoOn waits for a person, and makes nothing that could be made again",
    "name the steps behind it",
  ]);
  expect(refusal("1.2.3 MakeSourceTarball --rerun MakeBinaryPackage")).toEqual([
    "MakeBinaryPackage is to be made again, and this build runs only MakeSourceTarball",
    "name MakeBinaryPackage among the steps, or leave --rerun MakeBinaryPackage out",
  ]);
  expect(refusal("1.2.3 --test-build --rerun MakeSourceTarball")[0]).toBe(
    "MakeSourceTarball is to be made again, and this build runs only MakeBinaryPackage",
  );
  expect(refusal("1.2.3 --rerun")).toEqual(["--rerun names no step", "say --rerun <step>, once for each"]);
  expect(refusal("1.2.3 --rerum MakeBinaryPackage")[1]).toBe("did you mean --rerun?");
});
