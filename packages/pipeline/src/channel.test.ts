import { expect, test } from "vitest";
import { referencePipeline } from "../testing/example-pipeline.ts";
import { type Channel, channelOf, checkDebianOrder } from "./channel.ts";
import { definePipeline } from "./define-pipeline.ts";
import { parseBuildInput } from "./parse-build-input.ts";
import { releasesAndNightlies } from "./versions/releases-and-nightlies.ts";

const { isNightly, isRelease } = releasesAndNightlies();
const release: Channel = { name: "release", includes: isRelease };
const nightly: Channel = { name: "nightly", includes: isNightly, suite: (codename) => `${codename}-nightly` };

test("a version is of the first channel that includes it", () => {
  const candidate: Channel = { name: "candidate", includes: (version) => version.endsWith(".0"), packageName: "next" };
  const channels = [candidate, release, nightly];
  expect(["1.2.0", "1.2.1", "2026.11.29"].map((version) => channelOf(channels, version).name)).toEqual([
    "candidate",
    "release",
    "nightly",
  ]);
});

test("a version of no channel is refused with those that there are, when its build is asked for", () => {
  const pipeline = definePipeline({ ...referencePipeline, channels: [release] });
  expect(() => parseBuildInput("2026.11.29", pipeline, { today: new Date(0) })).toThrow("2026.11.29 is of no channel");
  expect(() => channelOf([release], "2026.11.29")).toThrow(
    expect.objectContaining({ hint: "the pipeline has the channels release" }),
  );
  expect(parseBuildInput("1.2.3", pipeline, { today: new Date(0) }).versions).toEqual(["1.2.3"]);
});

test.each<[string, Channel[]]>([
  [
    "the channels release and nightly have package and suite in common",
    [release, { ...nightly, suite: (name) => name }],
  ],
  [
    "have package and suite in common",
    [release, { name: "nightly", includes: isNightly, packageName: referencePipeline.name }],
  ],
  ["the channel release is there twice", [release, { ...nightly, name: "release" }]],
  ["the channel all has releases and nightlies", [{ name: "all", includes: () => true }]],
  ["it has no channel", []],
])("%s: such a pipeline is refused", (problem, channels) => {
  expect(() => definePipeline({ ...referencePipeline, channels })).toThrow(problem);
});

test("channels may differ by suite, or by package", () => {
  definePipeline({ ...referencePipeline, channels: [release, nightly] });
  definePipeline({
    ...referencePipeline,
    channels: [release, { name: "nightly", includes: isNightly, packageName: "n" }],
  });
});

test("an order that dpkg contradicts is refused, naming both", () => {
  checkDebianOrder(["0.1.1-1", "0.1.2-1", "0.1.2-1", "0.10.0-1"]);
  expect(() => checkDebianOrder(["2026.11.29-1", "0.1.2-1"])).toThrow(
    "0.1.2-1 comes after 2026.11.29-1, and is the older one to dpkg",
  );
});
