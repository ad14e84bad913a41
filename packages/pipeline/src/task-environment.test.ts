import { expect, test } from "vitest";
import { exampleActivity, referencePipeline } from "../testing/example-pipeline.ts";
import type { Activity } from "./activity.ts";
import { aptPackage } from "./artifacts.ts";
import type { BuildInput } from "./build-input.ts";
import { flagInput, numberInput, textInput } from "./input.ts";
import { inputsOf } from "./inputs-of-build.ts";
import type { Place } from "./place.ts";
import { downloads } from "./s3-object.ts";
import { taskEnvironment } from "./task-environment.ts";
import { taskAt } from "./tasks-of.ts";
import { debianVersions } from "./versions/debian-versions.ts";
import { releasesAndNightlies } from "./versions/releases-and-nightlies.ts";
import { semver } from "./versions/semver.ts";
import type { VersionScheme } from "./versions/version-scheme.ts";

const buckets = { assets: "hhvm-assets", scratch: "hhvm-scratch", downloads: "hhvm-downloads", state: "hhvm-state" };
const build = { versions: ["4.28.2"], platforms: [], activities: [], debug: "" } as const;
const platforms = ["debian-11-bullseye", "ubuntu-18.04-bionic"];
const buildPlatforms = ["debian-11-bullseye"];
const make = exampleActivity("Make");
const makePackage = exampleActivity("MakePackage", { per: "platform" });

const environment = (activity: Activity, place: Place, debug: "" | "test_build" = "") =>
  taskEnvironment(
    referencePipeline,
    taskAt(activity, place, { platforms, buildPlatforms, versions: build.versions, failedVersions: [] }),
    {
      build: { ...build, versions: [...build.versions], platforms: [], activities: [], debug },
      buckets,
    },
  );

test("a release starts from scratch, and a version's task knows all its platforms, and those of the build", () => {
  expect(environment(make, { per: "version", version: "4.28.2" })).toEqual({
    VERSION: "4.28.2",
    PLATFORMS: "debian-11-bullseye ubuntu-18.04-bionic",
    BUILD_PLATFORMS: "debian-11-bullseye",
    IS_NIGHTLY: "false",
    SCRATCH_BUCKET: "hhvm-scratch",
    DOWNLOADS_BUCKET: "hhvm-downloads",
    S3_BUCKET: "hhvm-scratch",
    S3_PATH: "hhvm-4.28.2.tar.gz",
    S3_SOURCE: "s3://hhvm-scratch/hhvm-4.28.2.tar.gz",
    PACKAGING_BRANCH: "HHVM-4.28",
  });
});

test("a nightly starts from where users download, and a platform's task knows its platform", () => {
  expect(environment(makePackage, { per: "platform", version: "2026.11.24", platform: "debian-11-bullseye" })).toEqual({
    VERSION: "2026.11.24",
    DISTRO: "debian-11-bullseye",
    IS_NIGHTLY: "true",
    SCRATCH_BUCKET: "hhvm-scratch",
    DOWNLOADS_BUCKET: "hhvm-downloads",
    S3_BUCKET: "hhvm-downloads",
    S3_PATH: "source/nightlies/hhvm-nightly-2026.11.24.tar.gz",
    S3_SOURCE: "s3://hhvm-downloads/source/nightlies/hhvm-nightly-2026.11.24.tar.gz",
    PACKAGING_BRANCH: "master",
  });
});

test("a build's own task knows its versions, those of which a step failed apart, and nothing that is a version's", () => {
  const announce = exampleActivity("Announce", {
    per: "build",
    env: ({ versions }) => ({ COUNT: `${versions.length}` }),
  });
  const around = {
    platforms: [],
    buildPlatforms: [],
    versions: ["4.28.2", "4.28.3", "4.29.0"],
    failedVersions: ["4.28.3"],
  };
  const input = { versions: around.versions, platforms: [], activities: [], debug: "" as const };
  const task = taskAt(announce, { per: "build" }, around);
  expect(taskEnvironment(referencePipeline, task, { build: input, buckets })).toEqual({
    VERSIONS: "4.28.2 4.29.0",
    FAILED_VERSIONS: "4.28.3",
    SCRATCH_BUCKET: "hhvm-scratch",
    DOWNLOADS_BUCKET: "hhvm-downloads",
    COUNT: "2",
  });
});

test("an activity's own variables come last, and may depend on the build", () => {
  const activity = exampleActivity("Make", {
    env: ({ build, version }) => ({
      PACKAGING_BRANCH: `mine-${version}`,
      ...(build.debug === "test_build" ? { SKIP_PUBLISH: "1" } : {}),
    }),
  });
  expect(environment(activity, { per: "version", version: "4.28.2" })).toMatchObject({
    PACKAGING_BRANCH: "mine-4.28.2",
  });
  expect(environment(activity, { per: "version", version: "4.28.2" })).not.toHaveProperty("SKIP_PUBLISH");
  expect(environment(activity, { per: "version", version: "4.28.2" }, "test_build")).toMatchObject({
    SKIP_PUBLISH: "1",
  });
});

test("a version's task knows the version's channel, and what it takes its products from where they expired", () => {
  const channels = [{ name: "release", includes: releasesAndNightlies().isRelease }];
  const around = { platforms, buildPlatforms, versions: ["4.28.2"], failedVersions: [] };
  const task = taskAt(make, { per: "version", version: "4.28.2" }, around);
  const input = { ...build, versions: ["4.28.2"], platforms: [], activities: [] };
  const restore = [downloads("source/a.tar.gz"), downloads("source/a.tar.gz.sig")];
  expect(taskEnvironment({ ...referencePipeline, channels }, task, { build: input, buckets, restore })).toMatchObject({
    CHANNEL: "release",
    RESTORE_FROM: "s3://hhvm-downloads/source/a.tar.gz s3://hhvm-downloads/source/a.tar.gz.sig",
  });
});

test("where the pipeline names its scheme, a version's task knows what its packages are called", () => {
  const namesWith = (versions: VersionScheme, version: string) => {
    const around = { platforms, buildPlatforms, versions: [version], failedVersions: [] };
    const task = taskAt(make, { per: "version", version }, around);
    const input = { ...build, versions: [version], platforms: [], activities: [] };
    return taskEnvironment({ ...referencePipeline, versions }, task, { build: input, buckets });
  };
  expect(namesWith(semver(), "1.0.0-rc1_2")).toMatchObject({
    VERSION: "1.0.0-rc1_2",
    IS_NIGHTLY: "false",
    IS_RELEASE: "false",
    UPSTREAM_VERSION: "1.0.0-rc1",
    REVISION: "2",
    EPOCH: "",
    DEBIAN_VERSION: "1.0.0~rc1-2",
    RPM_VERSION: "1.0.0~rc1",
    RPM_RELEASE: "2",
  });
  expect(namesWith(debianVersions(), "1:2.4-3")).toMatchObject({
    VERSION: "1:2.4-3",
    IS_RELEASE: "true",
    UPSTREAM_VERSION: "2.4",
    REVISION: "3",
    EPOCH: "1",
    DEBIAN_VERSION: "1:2.4-3",
    RPM_VERSION: "2.4",
    RPM_RELEASE: "3",
  });
});

test("every task knows the build's inputs, those of a build that began before they were declared by their defaults", () => {
  const inputs = {
    target: textInput({ summary: "Where it goes", default: "staging" }),
    dry_run: flagInput({ summary: "Whether nothing is sent" }),
    jobs: numberInput({ summary: "At once", default: 4 }),
  };
  const pipeline = {
    ...referencePipeline,
    inputs,
    env: ({ build: of }: { build: BuildInput }) => ({ TO: inputsOf(inputs, of).target }),
  };
  const around = { platforms, buildPlatforms, versions: ["4.28.2"], failedVersions: [] };
  const announce = exampleActivity("Announce", { per: "build" });
  const input = { ...build, versions: ["4.28.2"], platforms: [], activities: [] };
  const told = { ...input, inputs: { target: "production", dry_run: true, jobs: 8 } };
  for (const task of [
    taskAt(make, { per: "version", version: "4.28.2" }, around),
    taskAt(makePackage, { per: "platform", version: "4.28.2", platform: "debian-11-bullseye" }, around),
    taskAt(announce, { per: "build" }, around),
  ]) {
    expect(taskEnvironment(pipeline, task, { build: told, buckets })).toMatchObject({
      INPUT_TARGET: "production",
      INPUT_DRY_RUN: "true",
      INPUT_JOBS: "8",
      ...(task.activity.per !== "build" && { TO: "production" }),
    });
    expect(taskEnvironment(pipeline, task, { build: input, buckets })).toMatchObject({
      INPUT_TARGET: "staging",
      INPUT_DRY_RUN: "false",
      INPUT_JOBS: "4",
    });
  }
});

test("a task of a build that began before an input was declared which needs a value is refused by its name", () => {
  const pipeline = { ...referencePipeline, inputs: { ticket: textInput({ summary: "Whose release it is" }) } };
  const around = { platforms, buildPlatforms, versions: ["4.28.2"], failedVersions: [] };
  const task = taskAt(make, { per: "version", version: "4.28.2" }, around);
  const input = { ...build, versions: ["4.28.2"], platforms: [], activities: [] };
  expect(() => taskEnvironment(pipeline, task, { build: input, buckets })).toThrow(
    "the input ticket has no value: Whose release it is",
  );
});

test("a task that takes a version back knows the objects that users shall not have", () => {
  const publish = exampleActivity("Publish", {
    publishes: ({ version }) => [
      downloads(`${version}.tar`),
      aptPackage({ suite: "debian/dists/bookworm", package: "a", version }),
      downloads(`${version}.sig`),
    ],
    withdraw: { kind: "script", script: "withdraw.sh" },
  });
  const place = { per: "version", version: "4.28.2" } as const;
  const task = taskAt(publish, place, { platforms, buildPlatforms, versions: ["4.28.2"], failedVersions: [] });
  const asked: BuildInput = {
    versions: ["4.28.2"],
    platforms: [],
    activities: [],
    debug: "",
    withdraw: { by: "alice" },
  };
  expect(taskEnvironment(referencePipeline, task, { build: asked, buckets }).TAKE_BACK).toBe(
    "s3://hhvm-downloads/4.28.2.tar s3://hhvm-downloads/4.28.2.sig",
  );
  expect(environment(publish, place)).not.toHaveProperty("TAKE_BACK");
});
