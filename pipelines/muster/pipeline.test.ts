import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { type BuildStatus, checkScripts, type Platform, parseBuildInput, taskEnvironment } from "@muster/pipeline";
import { expect, test } from "vitest";
import { binaryPackage, publishedSource, suitesOf } from "./artifacts.ts";
import pipeline, {
  MakeBinaryPackage,
  MakeSourceTarball,
  PublishBinaryPackages,
  PublishDockerImages,
} from "./pipeline.ts";

const build = parseBuildInput("1.2.3", pipeline, { today: new Date("2026-11-24T10:00:00Z") });
const platforms = ["debian-12-bookworm", "ubuntu-24.04-noble"];
const buckets = { assets: "a", scratch: "s", downloads: "d", state: "st" };

async function decide(statuses: Readonly<Record<Platform, BuildStatus>>, days: Readonly<Record<string, number>> = {}) {
  return PublishBinaryPackages.shouldRun?.({
    per: "version",
    version: "1.2.3",
    platforms,
    buildPlatforms: platforms,
    build,
    status: async (activity: object, platform: Platform = "") => {
      expect(activity).toBe(MakeBinaryPackage);
      return statuses[platform] ?? "not_built";
    },
    daysValid: async (suite) => days[suite],
  });
}

test("all scripts are there and may be executed", () => {
  checkScripts(pipeline, (path) => !existsSync(join(import.meta.dirname, path)));
  for (const { script } of pipeline.activities) accessSync(join(import.meta.dirname, script), constants.X_OK);
});

test("packages are published when a platform is built and not published, and the reason names it", async () => {
  expect(await decide({ "debian-12-bookworm": "succeeded", "ubuntu-24.04-noble": "built_not_published" })).toEqual({
    run: true,
    reason: "ubuntu-24.04-noble: built, not published",
  });
});

test("with all published, or nothing built, publishing is skipped and the reason tells which", async () => {
  expect(await decide({ "debian-12-bookworm": "succeeded", "ubuntu-24.04-noble": "not_built" })).toEqual({
    run: false,
    reason: "debian-12-bookworm: published, ubuntu-24.04-noble: not built",
  });
});

test("an index that apt will soon refuse is a reason to publish, in whichever channel", async () => {
  const statuses = { "debian-12-bookworm": "succeeded", "ubuntu-24.04-noble": "succeeded" } as const;
  const days = { "debian/dists/bookworm": 80, "debian/dists/bookworm-nightly": 12, "ubuntu/dists/noble": 31 };
  expect(await decide(statuses, days)).toEqual({
    run: true,
    reason: "debian/dists/bookworm-nightly: to be signed anew, for apt takes it for less than 30 days",
  });
  expect(await decide(statuses, { ...days, "debian/dists/bookworm-nightly": 30 })).toMatchObject({ run: false });
});

test("releases and nightlies have suites of their own", () => {
  const folderOf = (version: string) => binaryPackage({ version, platform: "debian-12-bookworm" }).published.suite.key;
  expect(["0.1.2", "2026.11.29"].map(folderOf)).toEqual(["debian/dists/bookworm", "debian/dists/bookworm-nightly"]);
  expect(suitesOf("debian-12-bookworm").map(({ folder }) => folder)).toEqual(["0.1.2", "2026.11.29"].map(folderOf));
});

test("an image is of the version's first platform, whatever the build was asked for", () => {
  const asked = { per: "version", version: "1.2.3", platforms, buildPlatforms: ["ubuntu-24.04-noble"] } as const;
  expect(PublishDockerImages.worksOn?.(asked)).toEqual(["debian-12-bookworm"]);
});

test("no image is made where none is asked for", async () => {
  const asked = (words: string) => ({
    ...({ per: "version", version: "1.2.3", platforms, buildPlatforms: platforms } as const),
    ...{ status: async () => "not_built" as const, daysValid: async () => undefined },
    build: parseBuildInput(words, pipeline, { today: new Date() }),
  });
  expect(await PublishDockerImages.shouldRun?.(asked("1.2.3 --input builder=none"))).toEqual({
    run: false,
    reason: "no image is asked for",
  });
  expect(await PublishDockerImages.shouldRun?.(asked("1.2.3 --input builder=podman"))).toBeUndefined();
});

test("a test build packages alone and is told not to publish", () => {
  const input = parseBuildInput("1.2.3 --test-build", pipeline, { today: new Date() });
  expect(input.activities).toEqual(["MakeBinaryPackage"]);
  const subject = {
    per: "platform",
    version: "1.2.3",
    platform: "debian-12-bookworm",
    platforms,
    buildPlatforms: platforms,
  } as const;
  const task = { activity: MakeBinaryPackage, subject };
  expect(taskEnvironment(pipeline, task, { build: input, buckets })).toMatchObject({
    SKIP_PUBLISH: "1",
    S3_SOURCE: "s3://s/muster-1.2.3.tar.gz",
    BUILT_PREFIX: "packages/1.2.3/debian-12-bookworm/",
  });
  expect(taskEnvironment(pipeline, task, { build, buckets })).not.toHaveProperty("SKIP_PUBLISH");
});

test("artifacts of a version lie where repositories expect them, nightlies' sources in a folder of their own", () => {
  expect(binaryPackage({ version: "2026.11.24", platform: "ubuntu-24.04-noble" })).toMatchObject({
    family: "ubuntu",
    debianVersion: "2026.11.24-1~noble",
    builtChecksum: {
      bucket: "scratch",
      key: "packages/2026.11.24/ubuntu-24.04-noble/muster_2026.11.24-1~noble.sha256",
    },
    published: {
      suite: { bucket: "downloads", key: "ubuntu/dists/noble-nightly" },
      package: "muster",
      version: "2026.11.24-1~noble",
    },
  });
  expect(publishedSource("1.2.3").signature).toEqual({ bucket: "downloads", key: "source/muster-1.2.3.tar.gz.sig" });
  expect(publishedSource("2026.11.24").tarball.key).toBe("source/nightlies/muster-2026.11.24.tar.gz");
  expect(() => binaryPackage({ version: "1.2.3", platform: "fedora-43" })).toThrow("fedora-43 is neither a Debian");
});

test("the source is done when its checksum, which is uploaded last, is there too", () => {
  expect(
    MakeSourceTarball.produces?.({ per: "version", version: "1.2.3", platforms, buildPlatforms: platforms }),
  ).toEqual([
    { bucket: "scratch", key: "muster-1.2.3.tar.gz" },
    { bucket: "scratch", key: "muster-1.2.3.tar.gz.sha256" },
  ]);
});
