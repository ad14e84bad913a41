import { PutObjectCommand } from "@aws-sdk/client-s3";
import { outages } from "@muster/local";
import { activity, fixedPlatforms, forEachPlatform, forEachVersion, hours, listedPlatforms } from "@muster/pipeline";
import { stateKey } from "@muster/records";
import { expect, test } from "vitest";
import { examplePipeline } from "../test/example-pipeline.ts";
import { launchWorld } from "../test/launch-world.ts";

type World = Awaited<ReturnType<typeof launchWorld>>;
const listed = () =>
  launchWorld({
    pipeline: examplePipeline({ platforms: listedPlatforms({ url: (version) => `s3://scratch/${version}/TARGETS` }) }),
  });
const putList = (world: World, version: string, text: string) =>
  world.clients.s3.send(new PutObjectCommand({ Bucket: "scratch", Key: `${version}/TARGETS`, Body: text }));
const platforms = (world: World, version: string, named: string[] = [], versions = [version]) =>
  world.call("GetPlatformsForVersion", {
    version,
    buildInput: { versions, platforms: named, activities: [], debug: "" },
    execution: world.context("build-1"),
  });

test("a build that names no platform makes all that the version has, in the list's order", async () => {
  await using world = await listed();
  await putList(world, "4.1.0", "# supported\nubuntu-20.04-focal\n\ndebian-11-bullseye # newest\n");
  expect(await platforms(world, "4.1.0")).toEqual(["ubuntu-20.04-focal", "debian-11-bullseye"]);
});

test("a build that names platforms keeps those that the version has, in the list's order", async () => {
  await using world = await listed();
  await putList(world, "4.1.0", "ubuntu-20.04-focal\ndebian-11-bullseye\ndebian-10-buster\n");
  await putList(world, "4.0.0", "debian-9-stretch\n");
  const named = ["debian-10-buster", "ubuntu-20.04-focal", "debian-9-stretch"];
  expect(await platforms(world, "4.1.0", named, ["4.1.0", "4.0.0"])).toEqual([
    "ubuntu-20.04-focal",
    "debian-10-buster",
  ]);
});

test("a platform that none of the build's versions has is refused by name", async () => {
  await using world = await listed();
  await putList(world, "4.1.0", "debian-11-bullseye\n");
  await putList(world, "4.0.0", "debian-9-stretch\n");
  await expect(platforms(world, "4.1.0", ["debian-8-jessie"], ["4.1.0", "4.0.0"])).rejects.toMatchObject({
    name: "Muster.InvalidInput",
    message: "none of 4.1.0, 4.0.0 has the platform debian-8-jessie (4.1.0 has debian-11-bullseye)",
  });
});

test("a version without a list is refused with the address; an empty list is a matter of configuration", async () => {
  await using world = await listed();
  await expect(platforms(world, "4.1.0")).rejects.toMatchObject({
    name: "Muster.InvalidInput",
    message: "there is nothing at s3://scratch/4.1.0/TARGETS (check the version)",
  });
  await putList(world, "4.1.0", "# none yet\n");
  await expect(platforms(world, "4.1.0")).rejects.toMatchObject({ name: "Muster.InvalidConfiguration" });
});

test("fixed platforms need no list", async () => {
  await using world = await launchWorld();
  expect(await platforms(world, "4.1.0", ["ubuntu-24.04-noble"])).toEqual(["ubuntu-24.04-noble"]);
  await expect(platforms(world, "4.1.0", ["debian-8-jessie"])).rejects.toThrow(
    "4.1.0 does not have the platform debian-8-jessie",
  );
});

test.each(Object.entries(outages))("a %s says nothing of a version's list: it is worth a retry", async (_, fault) => {
  await using world = await listed();
  await putList(world, "4.1.0", "debian-11-bullseye\n");
  const heal = world.aws.failCalls({ service: "s3", operation: "GetObject" }, fault);
  await expect(platforms(world, "4.1.0")).rejects.toMatchObject({ name: expect.not.stringMatching(/^Muster\./) });
  heal();
  expect(await platforms(world, "4.1.0")).toEqual(["debian-11-bullseye"]);
});

test.each(Object.entries(outages))("a %s of another version's list condemns no platform", async (_, fault) => {
  await using world = await listed();
  await putList(world, "4.1.0", "debian-11-bullseye\n");
  const ofOther = (input: unknown) => (input as { Key: string }).Key.startsWith("4.0.0/");
  world.aws.failCalls({ service: "s3", operation: "GetObject", when: ofOther }, fault);
  expect(await platforms(world, "4.1.0", ["debian-9-stretch"], ["4.1.0", "4.0.0"])).toEqual([]);
});

const step = (name: string, per: "version" | "platform") =>
  activity({ name, per, script: "make.sh", timeout: hours(1), worker: { instanceTypes: ["t3.micro"] } });
const flow = forEachVersion(
  step("Source", "version"),
  forEachPlatform(step("Package", "platform"), step("Test", "platform")),
  step("Publish", "version"),
);

test.each([
  ["as many tasks as one history holds", 10, undefined],
  ["more", 11, true],
])("a build of %s: each platform has an execution of its own or none has", async (_, versions, distributed) => {
  const names = Array.from({ length: 49 }, (__, index) => `debian-${index}-x`);
  await using world = await launchWorld({
    pipeline: examplePipeline({ platforms: fixedPlatforms(...names), flow }),
  });
  const answer = await world.call("GetPlatformsForVersion", {
    version: "1.0.0",
    buildInput: {
      versions: Array.from({ length: versions }, (__, index) => `1.${index}.0`),
      platforms: [],
      activities: [],
      debug: "",
    },
    execution: world.context("build-1"),
    answer: "both",
  });
  expect(answer).toEqual({ all: names, ofBuild: names, ...(distributed && { distributed, atOnce: 36 }) });
});

test("where the stage's policy says so, the platform that took longest is begun first", async () => {
  const pipeline = examplePipeline({ platforms: fixedPlatforms("debian-1-x", "debian-2-y", "debian-3-z") });
  await using world = await launchWorld({ pipeline, stage: { policy: { order: "longest-first" } } });
  const all = ["debian-1-x", "debian-2-y", "debian-3-z"];
  expect(await platforms(world, "1.2.3")).toEqual(all);
  const tasks = {
    MakeBinaryPackage: { "debian-1-x": [100, 110, 90], "debian-2-y": [50], "debian-3-z": [300, 20, 400] },
  };
  const put = (Body: string) =>
    world.clients.s3.send(new PutObjectCommand({ Bucket: "state", Key: stateKey.durations, Body }));
  await put(JSON.stringify({ builds: ["build-0"], boots: [], tasks }));
  expect(await platforms(world, "1.2.3")).toEqual(["debian-3-z", "debian-1-x", "debian-2-y"]);
  expect(await platforms(world, "1.2.3", ["debian-2-y", "debian-1-x"])).toEqual(["debian-1-x", "debian-2-y"]);
  // What cannot be read keeps no build from its platforms.
  await put("damaged");
  expect(await platforms(world, "1.2.3")).toEqual(all);
});
