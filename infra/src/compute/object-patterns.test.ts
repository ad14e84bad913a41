import {
  activity,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  isNightly,
  minutes,
  scratch,
} from "@muster/pipeline";
import { expect, test } from "vitest";
import { objectPatterns } from "./object-patterns.ts";

const machine = { instanceTypes: ["t3.micro"] } as const;

function pipelineOf(definition: Parameters<typeof activity>[0]) {
  const made = activity(definition);
  const pipeline = definePipeline({
    name: "sample",
    summary: "",
    platforms: fixedPlatforms("debian-12-bookworm", "macos"),
    flow: forEachVersion(made.per === "platform" ? forEachPlatform(made) : made),
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
  });
  return objectPatterns(made, pipeline);
}

test("any version may stand where the definition puts one, and nothing else changes", () => {
  const patterns = pipelineOf({
    name: "Make",
    per: "version",
    script: "make.sh",
    timeout: minutes(10),
    worker: machine,
    produces: ({ version }) => [
      scratch(`${isNightly(version) ? "nightly" : version.split(".").slice(0, 2).join(".")}/thing-${version}.tar.gz`),
    ],
  });
  expect(patterns).toEqual([
    { bucket: "scratch", key: "*/thing-*.tar.gz" },
    { bucket: "scratch", key: "nightly/thing-*.tar.gz" },
  ]);
});

test("a platform's family and fixed text stay, its release and codename do not", () => {
  const patterns = pipelineOf({
    name: "Make",
    per: "platform",
    script: "make.sh",
    timeout: minutes(10),
    worker: machine,
    publishes: ({ version, platform = "" }) => {
      const codename = platform.split("-")[2];
      return [downloads(codename ? `${platform.split("-")[0]}/x_${version}~${codename}.deb` : `${platform}/x.pkg`)];
    },
  });
  expect(patterns).toEqual([
    { bucket: "downloads", key: "debian/x_*~*.deb" },
    { bucket: "downloads", key: "macos/x.pkg" },
  ]);
});
