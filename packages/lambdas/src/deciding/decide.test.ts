import {
  activity,
  type BuildInput,
  type BuildSubject,
  downloads,
  evidenceText,
  type PlatformSubject,
  type Published,
  scratch,
  type VersionSubject,
} from "@muster/pipeline";
import { expect, test } from "vitest";
import {
  Announce,
  MakeBinaryPackage,
  MakeSourceTarball,
  PublishBinaryPackages,
  PublishDockerImages,
} from "../../test/example-pipeline.ts";
import { decide } from "./decide.ts";

const buckets = { assets: "assets", scratch: "scratch", downloads: "downloads", state: "state" };
const build: BuildInput = { versions: ["1.2.3"], platforms: [], activities: [], debug: "" };
const options = (existing: string[], overrides: Partial<BuildInput> = {}) => ({
  build: { ...build, ...overrides },
  buckets,
  now: () => new Date(Date.UTC(2026, 0, 1)),
  validUntil: async () => new Date(Date.UTC(2026, 0, 11)),
  isThere: async (evidence: Published) => existing.includes(evidenceText(evidence, buckets)),
});
const subject: VersionSubject = {
  per: "version",
  version: "1.2.3",
  platforms: ["debian-12-bookworm", "debian-13-trixie"],
  buildPlatforms: ["debian-12-bookworm", "debian-13-trixie"],
};
const onPlatform: PlatformSubject = { ...subject, per: "platform", platform: "debian-12-bookworm" };
const built = "s3://scratch/1.2.3/debian-12-bookworm/example.deb";
const published = "s3://downloads/pool/debian-12-bookworm/example_1.2.3.deb";

test("a step whose artifact is built or published is done, and the evidence is named", async () => {
  expect(await decide({ activity: MakeBinaryPackage, subject: onPlatform }, options([built]))).toEqual({
    run: false,
    reason: `${built} exists`,
  });
  expect(await decide({ activity: MakeBinaryPackage, subject: onPlatform }, options([published]))).toEqual({
    run: false,
    reason: `${published} exists`,
  });
  expect(await decide({ activity: MakeBinaryPackage, subject: onPlatform }, options([]))).toEqual({
    run: true,
    reason: `${built} does not exist`,
  });
});

test("an activity's own rule sees the status of others", async () => {
  expect(await decide({ activity: PublishBinaryPackages, subject }, options([built]))).toEqual({
    run: true,
    reason: "to publish: debian-12-bookworm",
  });
  expect(await decide({ activity: PublishBinaryPackages, subject }, options([built, published]))).toMatchObject({
    run: false,
  });
});

test("a step that leaves nothing behind runs in every build", async () => {
  expect(await decide({ activity: PublishDockerImages, subject }, options([]))).toEqual({
    run: true,
    reason: "it runs in every build",
  });
});

test("a build that names steps runs no other, in any mode", async () => {
  const asked = { activities: ["MakeBinaryPackage"] };
  expect(await decide({ activity: MakeSourceTarball, subject }, options([], asked))).toEqual({
    run: false,
    reason: "not asked for: this build runs MakeBinaryPackage",
  });
  expect(
    await decide({ activity: MakeSourceTarball, subject }, options([], { ...asked, debug: "fake_ec2" })),
  ).toMatchObject({
    run: false,
  });
});

test("fake and skip builds skip nothing as done, test builds do", async () => {
  for (const debug of ["fake_ec2", "skip_ec2"] as const) {
    expect(
      await decide({ activity: MakeBinaryPackage, subject: onPlatform }, options([built], { debug })),
    ).toMatchObject({ run: true });
  }
  expect(
    await decide({ activity: MakeBinaryPackage, subject: onPlatform }, options([built], { debug: "test_build" })),
  ).toMatchObject({
    run: false,
  });
});

test("a build's own step is skipped when a step of every version failed, whatever its rule and mode say", async () => {
  const announce = activity({ ...Announce, shouldRun: async () => ({ run: true, reason: "always" }) });
  const none: BuildSubject = { per: "build", versions: [], failedVersions: ["1.2.3", "1.2.4"] };
  const skipped = { run: false, reason: "a step of every version failed: 1.2.3, 1.2.4" };
  for (const debug of ["", "fake_ec2", "skip_ec2", "test_build"] as const) {
    expect(await decide({ activity: Announce, subject: none }, options([], { debug }))).toEqual(skipped);
    expect(await decide({ activity: announce, subject: none }, options([], { debug }))).toEqual(skipped);
  }
});

test("a build's own step is done when its artifacts for the versions that are left are there", async () => {
  const some: BuildSubject = { per: "build", versions: ["1.2.3"], failedVersions: ["1.2.4"] };
  const announced = "s3://downloads/announced/1.2.3";
  expect(await decide({ activity: Announce, subject: some }, options([announced]))).toEqual({
    run: false,
    reason: `${announced} exists`,
  });
  const all: BuildSubject = { ...some, versions: ["1.2.3", "1.2.4"], failedVersions: [] };
  expect(await decide({ activity: Announce, subject: all }, options([announced]))).toEqual({
    run: true,
    reason: "s3://downloads/announced/1.2.4 does not exist",
  });
});

test("a step that is about other platforms than the build's is skipped, in any mode, and says so", async () => {
  const ofImages = { activity: { ...PublishDockerImages, worksOn: () => ["debian-12-bookworm"] }, subject };
  const narrowed = { ...subject, buildPlatforms: ["debian-13-trixie"] };
  const asked = { platforms: ["debian-13-trixie"] };
  const skipped = { run: false, reason: "it works on debian-12-bookworm, and this build is of debian-13-trixie" };
  expect(await decide({ ...ofImages, subject: narrowed }, options([], asked))).toEqual(skipped);
  expect(await decide({ ...ofImages, subject: narrowed }, options([], { ...asked, debug: "fake_ec2" }))).toEqual(
    skipped,
  );
  expect(await decide(ofImages, options([]))).toMatchObject({ run: true });
  expect(await decide(ofImages, options([], { platforms: ["debian-12-bookworm"] }))).toMatchObject({ run: true });
  const unknown = { ...subject, platforms: [], buildPlatforms: [] };
  expect(await decide({ ...ofImages, subject: unknown }, options([], asked))).toMatchObject({ run: true });
  const ofNone = { activity: { ...PublishDockerImages, worksOn: () => [] }, subject: narrowed };
  expect(await decide(ofNone, options([], asked))).toEqual({
    run: false,
    reason: "it works on no platform of this version, and this build is of debian-13-trixie",
  });
});

test("what expired and was published is taken from there; what was not is made anew", async () => {
  const MakeTarball = activity({
    name: "MakeTarball",
    per: "version",
    script: "make.sh",
    timeout: 600,
    worker: { instanceTypes: ["t3.micro"] },
    produces: ({ version }) => [scratch(`${version}.tar.gz`)],
    restoredFrom: ({ version }) => [downloads(`${version}.tar.gz`), downloads(`${version}.tar.gz.sig`)],
  });
  const task = { activity: MakeTarball, subject };
  const kept = ["s3://downloads/1.2.3.tar.gz", "s3://downloads/1.2.3.tar.gz.sig"];
  expect(await decide(task, options(kept))).toEqual({
    run: true,
    reason: `s3://scratch/1.2.3.tar.gz does not exist, and is taken from what was published: ${kept.join(", ")}`,
    restore: [downloads("1.2.3.tar.gz"), downloads("1.2.3.tar.gz.sig")],
  });
  expect(await decide(task, options(kept.slice(1)))).toEqual({
    run: true,
    reason: "s3://scratch/1.2.3.tar.gz does not exist",
  });
});

test("where an activity's own rule answers nothing, its artifacts decide, with the evidence that they do", async () => {
  const shouldRun = async ({ version }: { version: string }) =>
    version === "1.2.2" ? { run: false, reason: "1.2.2 is withdrawn" } : undefined;
  const task = { activity: activity({ ...MakeBinaryPackage, shouldRun }), subject: onPlatform };
  expect(await decide(task, options([built]))).toEqual({ run: false, reason: `${built} exists` });
  expect(await decide(task, options([]))).toEqual({ run: true, reason: `${built} does not exist` });
  const withdrawn = { ...task, subject: { ...onPlatform, version: "1.2.2" } };
  expect(await decide(withdrawn, options([]))).toEqual({ run: false, reason: "1.2.2 is withdrawn" });
});

test("an activity's own rule may ask how long an index is valid", async () => {
  const renewed = activity({
    ...PublishBinaryPackages,
    shouldRun: async ({ daysValid }) => ({
      run: true,
      reason: `valid for ${await daysValid("debian/dists/bookworm")}`,
    }),
  });
  expect(await decide({ activity: renewed, subject }, options([]))).toEqual({ run: true, reason: "valid for 10" });
});

test("a build that retries another does again what failed there, whatever is there, and leaves alone what was done", async () => {
  const retrying = (existing: string[], again: string[], waited: string[] = [], more: Partial<BuildInput> = {}) => {
    const retry = { build: "first", again, waited };
    return options(existing, { ...more, retry });
  };
  const packages = { activity: MakeBinaryPackage, subject: onPlatform };
  const name = "MakeBinaryPackage-1.2.3-debian-12-bookworm";
  expect(await decide(packages, retrying([built], [name]))).toEqual({
    run: true,
    reason: `again after first, although ${built} exists`,
  });
  // Named for all its platforms.
  expect(await decide(packages, retrying([built], ["MakeBinaryPackage-1.2.3"]))).toMatchObject({ run: true });
  expect(await decide(packages, retrying([built], ["MakeBinaryPackage-1.2"]))).toMatchObject({ run: false });
  // What waited goes by what is there, and so does what was done and is gone since.
  expect(await decide(packages, retrying([built], [], [name]))).toEqual({ run: false, reason: `${built} exists` });
  expect(await decide(packages, retrying([], [], [name]))).toEqual({ run: true, reason: `${built} does not exist` });
  expect(await decide(packages, retrying([], []))).toEqual({ run: true, reason: `${built} does not exist` });

  const images = { activity: PublishDockerImages, subject };
  expect(await decide(images, retrying([], []))).toEqual({ run: false, reason: "done in first" });
  expect(await decide(images, retrying([], [], ["PublishDockerImages-1.2.3"]))).toMatchObject({ run: true });
  const own = { activity: PublishBinaryPackages, subject };
  expect(await decide(own, retrying([built], []))).toEqual({ run: false, reason: "done in first" });
  expect(await decide(own, retrying([built], [], ["PublishBinaryPackages"]))).toMatchObject({ run: true });
  const fake = retrying([], [name], [], { debug: "fake_ec2" });
  expect(await decide(packages, fake)).toMatchObject({ run: true });
  expect(await decide(images, fake)).toEqual({ run: false, reason: "done in first" });
  // What the build was not asked for stays so.
  const narrow = retrying([], [name], [], { activities: ["MakeSourceTarball"] });
  expect(await decide(packages, narrow)).toMatchObject({ run: false });
});
