import { expect, test } from "vitest";
import { exampleActivity, examplePipeline } from "../../testing/example-pipeline.ts";
import { channelOf } from "../channel.ts";
import { forEachPlatform } from "../flow.ts";
import { parseBuildInput, wordsOf } from "../parse-build-input.ts";
import { fixedPlatforms, listedPlatforms } from "../platform.ts";
import { calendar } from "./calendar.ts";
import { debianVersions } from "./debian-versions.ts";
import { pattern } from "./pattern.ts";
import { releasesAndNightlies } from "./releases-and-nightlies.ts";
import { parseVersion } from "./scheme-of.ts";
import { semver } from "./semver.ts";
import type { VersionScheme } from "./version-scheme.ts";
import { withRevisions } from "./with-revisions.ts";

const today = new Date("2026-11-29T23:59:59Z");
const make = forEachPlatform(exampleActivity("Make", { per: "platform" }));
const pipelineWith = (versions: VersionScheme, platforms = fixedPlatforms("debian-12-bookworm")) =>
  examplePipeline([make], { versions, platforms });
const parse = (words: string, pipeline = pipelineWith(semver())) => parseBuildInput(words, pipeline, { today });

const oneNumber = pattern(/^(?<version>\d+\.\d+)(-(?<prerelease>rc\d+))?$/, { examples: ["2.10"] });

test.each<[string, VersionScheme, string]>([
  ["2.10", oneNumber, "2.10"],
  ["1.0.0-rc1", semver(), "1.0.0-rc1"],
  ["v2.10.0", semver(), "2.10.0"],
  ["2.10-3", debianVersions(), "2.10-3"],
  ["1:2.4", debianVersions(), "1:2.4"],
  ["26.04.1", calendar({ releases: "YY.0M[.MICRO]" }), "26.04.1"],
  ["1.2.3_2", withRevisions(releasesAndNightlies()), "1.2.3_2"],
])("a build of %s is one where the pipeline's scheme has it", (word, scheme, version) => {
  const input = parse(`${word} debian-12-bookworm Make`, pipelineWith(scheme));
  expect(input).toMatchObject({ versions: [version], platforms: ["debian-12-bookworm"], activities: ["Make"] });
  expect(parse(wordsOf(input).join(" "), pipelineWith(scheme))).toEqual(input);
});

test.each(["2.10", "1.0.0-rc1", "v2.10.0", "2.10-3", "1:2.4", "1.2.3_2"])(
  "%s is no version of a pipeline that names no scheme",
  (word) => {
    expect(() => parse(word, examplePipeline([make]))).toThrow(
      expect.objectContaining({
        message: `"${word}" is not a version`,
        hint: "a version is N.N.N (a release) or YYYY.MM.DD (a nightly)",
      }),
    );
  },
);

test("two spellings of one version are one", () => {
  expect(parse("v1.2.3 1.2.3").versions).toEqual(["1.2.3"]);
});

test("what is no version of the scheme is told with what is one", () => {
  expect(() => parse("2.10")).toThrow(
    expect.objectContaining({
      message: '"2.10" is not a version',
      hint: expect.stringContaining("N.N.N-pre.release"),
    }),
  );
});

test("a build without a version is today's nightly, or refused where there are none", () => {
  expect(parse("", pipelineWith(semver({ nightlyOf: "1.3.0" }))).versions).toEqual(["1.3.0-nightly.20261129"]);
  expect(() => parse("Make")).toThrow(
    expect.objectContaining({
      name: "Muster.InvalidInput",
      message: "no version is named, and the pipeline example has no nightlies",
      hint: expect.stringContaining("name one, like 1.2.3"),
    }),
  );
});

const anyWord = pattern(/^[\w.-]+$/, { examples: ["2.10"] });
const smallWord = pattern(/^[a-z0-9.-]+$/, { examples: ["2.10"] });
const listed = listedPlatforms({ url: (version) => `https://example.org/${version}` });

test.each([
  ["debian-12-bookworm", "a platform"],
  ["--skip-ec2", "an option"],
  ["test", "an option"],
])("%s, which is a version and %s, is refused", (word, other) => {
  expect(() => parse(word, pipelineWith(smallWord, listed))).toThrow(
    expect.objectContaining({
      name: "Muster.InvalidInput",
      message: `"${word}" is ambiguous: it is a version and ${other}`,
    }),
  );
});

test("a pipeline whose steps or platforms are versions is refused when it is loaded", () => {
  expect(() => pipelineWith(anyWord, listed)).toThrow("Make is ambiguous: it is a step and a version");
  expect(() => pipelineWith(smallWord)).toThrow('the platform "debian-12-bookworm" must be letters, digits');
});

test.each<[string, unknown, string]>([
  ["a name", "semver", 'versions: "semver" is not a scheme of versions: semver(), debianVersions(), calendar(…)'],
  ["a scheme that was not called", semver, "versions: a function is not a scheme of versions"],
  ["an example that is none", { ...semver(), examples: ["1.2"] }, 'versions: "1.2" must be a version, and parse to'],
  ["a nightly that is none", { ...semver(), nightlyOf: () => "1.2.3" }, 'versions: "1.2.3" must be a nightly'],
])("%s in the place of a scheme is refused", (_, versions, problem) => {
  expect(() => pipelineWith(versions as VersionScheme)).toThrow(problem);
});

test("a version that names of tasks, keys and tags could not hold is refused", () => {
  const long = `1.0.0-${"a".repeat(75)}`;
  expect(() => parseVersion(long, { versions: semver() })).toThrow(`the version "${long}" cannot be part of names`);
  expect(() => parse(long)).toThrow(expect.objectContaining({ hint: expect.stringContaining("at most 80") }));
  expect(() => parseVersion("a/b", { versions: pattern(/^\w+(\/\w+)?$/, { examples: ["a"] }) })).toThrow(
    'the version "a/b" cannot be part of names',
  );
});

test("one channel cannot have a scheme's releases and nightlies", () => {
  const all = [{ name: "all", includes: () => true }];
  const define = (versions: VersionScheme) =>
    examplePipeline([make], { versions, platforms: fixedPlatforms("debian-12-bookworm"), channels: all });
  expect(() => define(calendar({ releases: "YY.0M", nightlies: "YYYY.0M.0D" }))).toThrow(
    "the channel all has releases and nightlies",
  );
  expect(channelOf(define(debianVersions()).channels ?? [], "1:2.4").name).toBe("all");
});
