import {
  activity,
  approval,
  definePipeline,
  downloads,
  fixedPlatforms,
  flagInput,
  forEachPlatform,
  forEachVersion,
  hours,
  inputsOf,
  minutes,
  scratch,
  sequence,
} from "@muster/pipeline";
import { machineWorld, type WorldOptions } from "@muster/simulation";
import { expect, test } from "vitest";

const worker = { instanceTypes: ["t3.micro"] as const };
const inputs = { hurried: flagInput({ summary: "Whether nobody is asked" }) };

const Make = activity({
  name: "Make",
  per: "platform",
  script: "make.sh",
  timeout: minutes(10),
  worker,
  produces: ({ version, platform }) => [scratch(`${version}/${platform}`)],
  testBuild: true,
});
const Publish = activity({
  name: "Publish",
  per: "version",
  script: "publish.sh",
  timeout: minutes(10),
  worker,
  publishes: ({ version }) => [downloads(version)],
});
const Announce = activity({
  name: "Announce",
  per: "build",
  script: "announce.sh",
  timeout: minutes(10),
  worker,
  publishes: ({ versions }) => versions.map((version) => downloads(`announced/${version}`)),
});
const ApproveRelease = approval({
  name: "ApproveRelease",
  summary: "Whether users get it",
  timeout: hours(2),
  neededFor: ({ build }) => !inputsOf(inputs, build).hurried,
});
const ApproveAnnouncement = approval({ name: "ApproveAnnouncement", summary: "Whether users hear of it" });

const pipeline = definePipeline({
  name: "asking",
  summary: "Asks before it publishes",
  inputs,
  platforms: fixedPlatforms("debian-12-bookworm", "debian-13-trixie"),
  flow: sequence(forEachVersion(forEachPlatform(Make), ApproveRelease, Publish), ApproveAnnouncement, Announce),
  image: "/image",
  dummyScript: "dummy.sh",
  invalidates: [],
});

const asking = (says?: WorldOptions["says"]) =>
  machineWorld(pipeline, {
    work: () => ({ seconds: 60 }),
    leaves: (task) => {
      if (task.per === "platform") return [scratch(`${task.version}/${task.platform}`)];
      return task.per === "version" ? [downloads(task.version)] : [];
    },
    ...(says && { says }),
  });

const decision = { by: "alice", at: expect.stringMatching(/^2026-/), reason: "looked at" };

test("what follows an approval waits for a person, and results say who it was and when", async () => {
  await using world = await asking(() => ({ seconds: minutes(30), approved: true }));
  const built = await world.build("1.2.3");
  expect(built).toMatchObject({ status: "SUCCEEDED", seconds: expect.closeTo(hours(1), -3) });
  expect(world.asked).toEqual(["ApproveRelease-1.2.3", "ApproveAnnouncement"]);
  expect(world.worked.map(({ task }) => task).sort()).toEqual([
    "Announce",
    "Make-1.2.3-debian-12-bookworm",
    "Make-1.2.3-debian-13-trixie",
    "Publish-1.2.3",
  ]);
  expect(built.output).toMatchObject({
    ForEachVersion: { "1.2.3": { ApproveRelease: { success: decision } } },
    ApproveAnnouncement: { success: decision },
  });
});

test("what is rejected is not done, fails by name, and concerns one version", async () => {
  await using world = await asking(({ per, ...place }) => ({
    seconds: 60,
    approved: !("version" in place && place.version === "1.2.3"),
  }));
  const built = await world.build("1.2.3 1.2.4");
  expect(built).toMatchObject({ status: "FAILED", error: "StepsFailed" });
  expect(built.message?.split("\n").slice(1)).toEqual([
    expect.stringMatching(/^ApproveRelease 1\.2\.3 Muster\.Rejected, by alice at 2026-\S+: looked at$/),
  ]);
  const done = world.worked.map(({ task }) => task);
  expect(done).toContain("Publish-1.2.4");
  expect(done).toContain("Announce");
  expect(done).not.toContain("Publish-1.2.3");
});

test("where nobody answers in time nothing is done, and that fails by name", async () => {
  await using world = await asking();
  const built = await world.build("1.2.3");
  expect(built).toMatchObject({ status: "FAILED", seconds: expect.closeTo(hours(2), -3) });
  expect(built.message?.split("\n").slice(1)).toEqual([
    "ApproveRelease 1.2.3 Muster.NotApproved, nobody answered within 2 hours",
  ]);
  expect(world.asked).toEqual(["ApproveRelease-1.2.3"]);
  expect(built.states).not.toContain("PrepareToPublish");
});

test("nobody is asked where nothing that follows would run, and none of it runs", async () => {
  await using world = await asking(() => ({ seconds: 60, approved: true }));
  await world.build("1.2.3");
  const again = await world.build("1.2.3 Publish");
  expect(again).toMatchObject({ status: "SUCCEEDED" });
  expect(again.output).toMatchObject({
    ForEachVersion: {
      "1.2.3": {
        ApproveRelease: {
          skip: true,
          endsHere: true,
          reason: "nothing that follows it would run: s3://downloads/1.2.3 exists",
        },
      },
    },
    ApproveAnnouncement: {
      skip: true,
      reason: "nothing that follows it would run: not asked for: this build runs Publish",
    },
  });
  expect(world.asked).toEqual(["ApproveRelease-1.2.3", "ApproveAnnouncement"]);
  expect(again.states).not.toContain("PrepareToPublish");
});

test("a build that names a guarded step alone asks for it all the same", async () => {
  await using world = await asking(() => ({ seconds: 60, approved: false }));
  const built = await world.build("1.2.3 Publish");
  expect(built).toMatchObject({ status: "FAILED" });
  expect(world.worked).toEqual([]);
});

test("a build that needs none asks nobody and does everything; fake and test builds publish nothing, and need none", async () => {
  await using world = await asking();
  const hurried = await world.build({ version: "1.2.3", input: { hurried: true }, step: ["Make", "Publish"] });
  expect(hurried.output).toMatchObject({
    ForEachVersion: { "1.2.3": { ApproveRelease: { skip: true, reason: "not needed" } } },
  });
  expect(world.worked.map(({ task }) => task)).toContain("Publish-1.2.3");
  expect((await world.build("1.2.4 --fake-ec2")).output).toMatchObject({
    ForEachVersion: { "1.2.4": { ApproveRelease: { skip: true, reason: "fake-ec2 builds ask nobody" } } },
    ApproveAnnouncement: { skip: true, reason: "fake-ec2 builds ask nobody" },
  });
  expect((await world.build("1.2.5 --test-build")).output).toMatchObject({
    ForEachVersion: { "1.2.5": { ApproveRelease: { skip: true, reason: "test-build builds ask nobody" } } },
  });
  expect(world.asked).toEqual([]);
});

test("an announcement of versions that all have failed asks nobody", async () => {
  await using world = await asking(() => ({ seconds: 60, approved: false }));
  const built = await world.build("1.2.3");
  expect(world.asked).toEqual(["ApproveRelease-1.2.3"]);
  expect(built.results).toMatchObject({
    ApproveAnnouncement: { reason: "nothing that follows it would run: a step of every version failed: 1.2.3" },
  });
});
