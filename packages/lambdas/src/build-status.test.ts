import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { announcingPipeline } from "../test/example-pipeline.ts";
import { launchWorld } from "../test/launch-world.ts";
import type { VersionMatrix } from "./deciding/version-matrix.ts";

type World = Awaited<ReturnType<typeof launchWorld>>;
const put = (world: World, Bucket: string, Key: string) =>
  world.clients.s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));

test("the matrix of a version says for each artifact how far it has come, and why", async () => {
  await using world = await launchWorld();
  await put(world, "scratch", "example-1.2.3.tar.gz");
  await put(world, "scratch", "1.2.3/debian-12-bookworm/example.deb");
  await put(world, "scratch", "1.2.3/debian-13-trixie/example.deb");
  await put(world, "downloads", "pool/debian-13-trixie/example_1.2.3.deb");
  const { cells } = (await world.call("BuildStatus", { version: "1.2.3" })) as VersionMatrix;
  expect(
    cells.map(({ activity, status, ...cell }) => [activity, "platform" in cell ? cell.platform : undefined, status]),
  ).toEqual([
    ["MakeSourceTarball", undefined, "succeeded"],
    ["MakeBinaryPackage", "debian-12-bookworm", "built_not_published"],
    ["MakeBinaryPackage", "debian-13-trixie", "succeeded"],
    ["MakeBinaryPackage", "ubuntu-24.04-noble", "not_built"],
  ]);
  expect(cells.at(-1)?.evidence).toEqual(["s3://scratch/1.2.3/ubuntu-24.04-noble/example.deb"]);
});

test("what is not a version has no matrix", async () => {
  await using world = await launchWorld();
  await expect(world.call("BuildStatus", { version: "latest" })).rejects.toThrow('"latest" is not a version');
});

test("the matrix of a version shows a build's own step as a build of that version alone would leave it", async () => {
  await using world = await launchWorld({ pipeline: announcingPipeline() });
  await put(world, "downloads", "announced/1.2.3");
  const cell = async (version: string) =>
    ((await world.call("BuildStatus", { version })) as VersionMatrix).cells.at(-1);
  expect(await cell("1.2.3")).toEqual({
    activity: "Announce",
    per: "build",
    status: "succeeded",
    evidence: ["s3://downloads/announced/1.2.3"],
  });
  expect(await cell("1.2.4")).toMatchObject({ status: "not_built", evidence: ["s3://downloads/announced/1.2.4"] });
});
