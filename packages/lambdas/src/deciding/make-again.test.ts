import {
  activity,
  aptPackage,
  type BuildInput,
  downloads,
  evidenceText,
  type PlatformSubject,
  type Published,
  scratch,
  type VersionSubject,
} from "@muster/pipeline";
import { expect, test } from "vitest";
import { MakeBinaryPackage, PublishBinaryPackages, PublishDockerImages } from "../../test/example-pipeline.ts";
import { decide } from "./decide.ts";

const buckets = { assets: "assets", scratch: "scratch", downloads: "downloads", state: "state" };
const options = (existing: string[], build: Partial<BuildInput>) => ({
  build: { versions: ["1.2.3"], platforms: [], activities: [], debug: "" as const, ...build },
  buckets,
  now: () => new Date(Date.UTC(2026, 0, 1)),
  validUntil: async () => undefined,
  isThere: async (evidence: Published) => existing.includes(evidenceText(evidence, buckets)),
});
const subject: VersionSubject = {
  per: "version",
  version: "1.2.3",
  platforms: ["debian-12-bookworm"],
  buildPlatforms: ["debian-12-bookworm"],
};
const onPlatform: PlatformSubject = { ...subject, per: "platform", platform: "debian-12-bookworm" };
const built = "s3://scratch/1.2.3/debian-12-bookworm/example.deb";
const published = "s3://downloads/pool/debian-12-bookworm/example_1.2.3.deb";
const packages = { activity: MakeBinaryPackage, subject: onPlatform };
const publishing = { activity: PublishBinaryPackages, subject };
const rerun = { MakeBinaryPackage: [], PublishBinaryPackages: ["MakeBinaryPackage"] };
const name = "MakeBinaryPackage-1.2.3-debian-12-bookworm";

test.each<[why: string, Partial<BuildInput>]>([
  ["made again (--rerun)", { rerun }],
  ["made again (--force)", { force: true }],
  ["made again (--force)", { force: true, rerun }],
])("what is there is %s, and the reason says both", async (why, build) => {
  expect(await decide(packages, options([built], build))).toEqual({
    run: true,
    reason: `${why}, although ${built} exists`,
    again: true,
  });
  expect(await decide(packages, options([], build))).toEqual({
    run: true,
    reason: `${built} does not exist`,
    again: true,
  });
});

test("what gets it is made again too, though its own rule says that all is published; a step beside is left alone", async () => {
  expect(await decide(publishing, options([built, published], { rerun }))).toEqual({
    run: true,
    reason: "made again after MakeBinaryPackage (--rerun), although to publish: nothing",
    again: true,
  });
  expect(await decide(packages, options([built], { rerun: { PublishBinaryPackages: [] } }))).toEqual({
    run: false,
    reason: `${built} exists`,
  });
});

test("a rule of an activity's own that is not about what is there stays: such a step is not about this version", async () => {
  const nightlies = activity({
    ...MakeBinaryPackage,
    shouldRun: async () => ({ run: false, reason: "only of nightlies" }),
  });
  const task = { activity: nightlies, subject: onPlatform };
  expect(await decide(task, options([built, published], { rerun }))).toEqual({
    run: false,
    reason: "not made again (--rerun): only of nightlies",
  });
  expect(await decide(task, options([built, published], { force: true }))).toEqual({
    run: false,
    reason: "not made again (--force): only of nightlies",
  });
});

test("a test of what is published is done again while that is there, and not where it is not", async () => {
  const offered = aptPackage({ suite: "debian/dists/bookworm", package: "p", version: "1" });
  const Test = activity({
    name: "Test",
    per: "platform",
    script: "test.sh",
    timeout: 600,
    worker: { instanceTypes: ["t3.micro"] },
    produces: ({ version }) => [scratch(`tested/${version}`)],
    shouldRun: async ({ status }) =>
      (await status({ publishes: () => [offered] })) === "succeeded"
        ? undefined
        : { run: false, reason: "not published" },
  });
  const task = { activity: Test, subject: onPlatform };
  const tested = "s3://scratch/tested/1.2.3";
  const there = evidenceText(offered, buckets);
  expect(await decide(task, options([tested, there], { rerun: { Test: [] } }))).toMatchObject({ run: true });
  expect(await decide(task, options([tested], { rerun: { Test: [] } }))).toEqual({
    run: false,
    reason: "not made again (--rerun): not published",
  });
});

test("what is made again is not put back from where it was published", async () => {
  const MakeTarball = activity({
    name: "MakeTarball",
    per: "version",
    script: "make.sh",
    timeout: 600,
    worker: { instanceTypes: ["t3.micro"] },
    produces: ({ version }) => [scratch(`${version}.tar.gz`)],
    restoredFrom: ({ version }) => [downloads(`${version}.tar.gz`)],
  });
  const task = { activity: MakeTarball, subject };
  const kept = "s3://downloads/1.2.3.tar.gz";
  expect(await decide(task, options([kept], { rerun: { MakeTarball: [] } }))).toEqual({
    run: true,
    reason: "made again (--rerun)",
    again: true,
  });
  expect(await decide(task, options([kept, "s3://scratch/1.2.3.tar.gz"], { force: true }))).toEqual({
    run: true,
    reason: "made again (--force), although s3://scratch/1.2.3.tar.gz exists",
    again: true,
  });
  expect(await decide(task, options([kept], {}))).toMatchObject({ restore: [downloads("1.2.3.tar.gz")] });
});

test("what was not asked for, what is about nothing, and what a failure leaves out are not made again", async () => {
  const narrow = { rerun, force: true, activities: ["MakeSourceTarball"] } as const;
  expect(await decide(packages, options([built], { ...narrow, activities: ["MakeSourceTarball"] }))).toMatchObject({
    run: false,
    reason: /^not asked for/,
  });
  const careful = activity({ ...PublishBinaryPackages, runsWhen: "predecessors-succeeded" });
  const before = [{ MakeBinaryPackage: { failure: { Error: "Muster.ScriptFailed", Cause: "{}" } } }];
  expect(await decide({ activity: careful, subject }, { ...options([built], { rerun }), before })).toMatchObject({
    run: false,
    reason: "MakeBinaryPackage failed",
  });
});

test("fake and skip builds skip nothing anyway, and a step that runs in every build has no evidence to speak of", async () => {
  expect(await decide(packages, options([built], { rerun, debug: "fake_ec2" }))).toEqual({
    run: true,
    reason: "fake-ec2 builds skip nothing",
  });
  const images = { activity: PublishDockerImages, subject };
  expect(await decide(images, options([], { rerun: { PublishDockerImages: [] } }))).toEqual({
    run: true,
    reason: "it runs in every build",
    again: true,
  });
});

test("a retry makes again what its own words say, and of what the other build was to make again only what waited in it", async () => {
  const retry = { build: "first", again: [], waited: [] };
  const waited = { ...retry, waited: [name], rerun };
  expect(await decide(packages, options([built], { retry: waited }))).toMatchObject({
    run: true,
    reason: `made again (--rerun), although ${built} exists`,
  });
  expect(
    await decide(packages, options([built], { retry: { ...waited, rerun: undefined, force: true } })),
  ).toMatchObject({ run: true, reason: `made again (--force), although ${built} exists` });
  // Made again by the first build already.
  const done = { ...retry, rerun, force: true } as const;
  expect(await decide(packages, options([built], { retry: done }))).toMatchObject({ run: false });
  const images = { activity: PublishDockerImages, subject };
  expect(await decide(images, options([], { retry: done }))).toMatchObject({ run: false, reason: "done in first" });
  // The retry's own words.
  expect(await decide(images, options([], { retry, rerun: { PublishDockerImages: [] } }))).toMatchObject({
    run: true,
    reason: "made again (--rerun), although done in first",
  });
  const fake = options([], { retry, rerun: { PublishDockerImages: [] }, debug: "fake_ec2" });
  expect(await decide(images, fake)).toMatchObject({ run: true });
});
