import {
  type Activity,
  activity,
  type BuildFlow,
  type BuildSubject,
  debianVersion,
  debianVersions,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  imageTag,
  minutes,
  type PlatformSubject,
  releasesAndNightlies,
  scratch,
  semver,
  sequence,
  type VersionScheme,
} from "@muster/pipeline";
import { expect, test } from "vitest";
import { writtenPatterns } from "./object-patterns.ts";

const machine = { instanceTypes: ["t3.micro"] } as const;

const Other = activity({ name: "Other", per: "version", script: "o.sh", timeout: minutes(10), worker: machine });

function flowOf(made: Activity): BuildFlow {
  switch (made.per) {
    case "build":
      return sequence(forEachVersion(Other), made);
    case "version":
      return forEachVersion(made);
    case "platform":
      return forEachVersion(forEachPlatform(made));
  }
}

function patternsOf(made: Activity, versions = releasesAndNightlies()) {
  const pipeline = definePipeline({
    name: "sample",
    summary: "",
    platforms: fixedPlatforms("debian-12-bookworm", "macos"),
    versions,
    flow: flowOf(made),
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
  });
  return writtenPatterns(made, pipeline);
}

test("any version may stand where the definition puts one, and nothing else changes", () => {
  const patterns = patternsOf(
    activity({
      name: "Make",
      per: "version",
      script: "make.sh",
      timeout: minutes(10),
      worker: machine,
      produces: ({ version }) => [
        scratch(
          `${releasesAndNightlies().isNightly(version) ? "nightly" : version.split(".").slice(0, 2).join(".")}/thing-${version}.tar.gz`,
        ),
      ],
    }),
  );
  expect(patterns).toEqual([
    { bucket: "scratch", key: "*/thing-*.tar.gz" },
    { bucket: "scratch", key: "nightly/thing-*.tar.gz" },
  ]);
});

test("a platform's family and fixed text stay, its release and codename do not", () => {
  const patterns = patternsOf(
    activity({
      name: "Make",
      per: "platform",
      script: "make.sh",
      timeout: minutes(10),
      worker: machine,
      publishes: ({ version, platform }) => {
        const codename = platform.split("-")[2];
        return [downloads(codename ? `${platform.split("-")[0]}/x_${version}~${codename}.deb` : `${platform}/x.pkg`)];
      },
    }),
  );
  expect(patterns).toEqual([
    { bucket: "downloads", key: "debian/x_*~*.deb" },
    { bucket: "downloads", key: "macos/x.pkg" },
  ]);
});

test("a definition that says what its tasks write says all of it", () => {
  const definition = {
    name: "Make",
    per: "platform",
    script: "make.sh",
    timeout: minutes(10),
    worker: machine,
    produces: ({ version }: { version: string }) => [scratch(`thing-${version}`)],
    publishes: ({ version }: { version: string }) => [downloads(`thing-${version}`)],
  } as const;
  expect(patternsOf(activity(definition))).toEqual([
    { bucket: "downloads", key: "thing-*" },
    { bucket: "scratch", key: "thing-*" },
  ]);
  expect(patternsOf(activity({ ...definition, access: { writes: [scratch("thing-")] } }))).toEqual([
    { bucket: "scratch", key: "thing-*" },
  ]);
  const writes = ({ version, platform }: PlatformSubject) => [scratch(`${version}/${platform}/`), scratch("logs/")];
  expect(patternsOf(activity({ ...definition, access: { writes } }))).toEqual([
    { bucket: "scratch", key: "*/*/*" },
    { bucket: "scratch", key: "*/macos/*" },
    { bucket: "scratch", key: "logs/*" },
  ]);
});

test("a build's own step may write for any versions, one or several, come through or failed", () => {
  const definition = {
    name: "Sum",
    per: "build",
    script: "sum.sh",
    timeout: minutes(10),
    worker: machine,
  } as const;
  const eachVersion = ({ versions }: BuildSubject) => versions.map((version) => downloads(`sums/${version}.txt`));
  expect(patternsOf(activity({ ...definition, publishes: eachVersion }))).toEqual([
    { bucket: "downloads", key: "sums/*.txt" },
  ]);
  const together = ({ versions }: BuildSubject) => [downloads(`sums/${versions.join("+")}.txt`)];
  expect(patternsOf(activity({ ...definition, publishes: together }))).toContainEqual({
    bucket: "downloads",
    key: "sums/*.txt",
  });
  const writes = ({ versions, failedVersions }: BuildSubject) => [
    downloads(versions.length > 1 ? "several/" : "one/"),
    ...failedVersions.map((version) => scratch(`failed/${version}/`)),
  ];
  expect(patternsOf(activity({ ...definition, access: { writes } }))).toEqual([
    { bucket: "downloads", key: "one/*" },
    { bucket: "downloads", key: "several/*" },
    { bucket: "scratch", key: "failed/*/*" },
  ]);
});

test("versions of any scheme may stand where one stands, as the definition and packages write them", () => {
  const written = (scheme: VersionScheme) =>
    patternsOf(
      activity({
        name: "Make",
        per: "version",
        script: "make.sh",
        timeout: minutes(10),
        worker: machine,
        produces: ({ version }) => [
          scratch(`${version}/x_${debianVersion(scheme, version)}~bookworm.deb`),
          scratch(`images/${imageTag(version)}/${scheme.parts(version).upstream}.json`),
          scratch(scheme.isRelease(version) ? "release" : "pre-release"),
        ],
      }),
      scheme,
    ).map(({ key }) => key);
  expect(written(semver())).toEqual([
    "*/x_*-*~bookworm.deb",
    "*/x_*-1~bookworm.deb",
    "images/*/*.json",
    "pre-release",
    "release",
  ]);
  expect(written(debianVersions())).toEqual(["*/x_*~bookworm.deb", "images/*/*.json", "pre-release", "release"]);
});
