import { ListObjectVersionsCommand, PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import { parseControl } from "@muster/pipeline";
import { describe, expect, test } from "vitest";
import { publicKey } from "../artifacts.ts";
import { aptOf, hasApt } from "../testing/apt-of.ts";
import { putBuiltPackage } from "../testing/built-package.ts";
import { type TaskBench, taskBench } from "../testing/task-bench.ts";

const bookworm = "debian-12-bookworm";
const env = (VERSION: string) => ({ VERSION, PLATFORMS: `${bookworm} ubuntu-24.04-noble` });
const pooled = (version: string) => `debian/pool/main/m/muster/muster_${version}-1~bookworm_amd64.deb`;
const InRelease = "debian/dists/bookworm/InRelease";

/** A repository with both versions. */
async function published(...versions: string[]): Promise<TaskBench> {
  const bench = await taskBench();
  const VersioningConfiguration = { Status: "Enabled" } as const;
  await bench.s3.send(new PutBucketVersioningCommand({ Bucket: "downloads", VersioningConfiguration }));
  for (const version of versions) {
    await putBuiltPackage(bench, { version, platform: bookworm });
    await bench.tool("publish-binary-packages", { env: env(version) });
  }
  return bench;
}

const withdraw = (bench: TaskBench, version: string) => bench.tool("withdraw-binary-packages", { env: env(version) });

const listed = async (bench: TaskBench) =>
  parseControl(`${await bench.read("downloads", "debian/dists/bookworm/main/binary-amd64/Packages")}`).map((fields) =>
    fields.get("Version"),
  );

test("a version's packages leave index and pool, and the bucket keeps them as versions", async () => {
  await using bench = await published("1.2.3", "1.2.4");
  const { code, result } = await withdraw(bench, "1.2.4");
  expect({ code, result }).toEqual({
    code: 0,
    result: { note: `${bookworm} withdrawn, ubuntu-24.04-noble was not published` },
  });
  expect(await listed(bench)).toEqual(["1.2.3-1~bookworm"]);
  expect(await bench.read("downloads", pooled("1.2.3"))).toBeDefined();
  expect(await bench.read("downloads", pooled("1.2.4"))).toBeUndefined();
  const { Versions = [], DeleteMarkers = [] } = await bench.s3.send(
    new ListObjectVersionsCommand({ Bucket: "downloads", Prefix: pooled("1.2.4") }),
  );
  expect([Versions.length, DeleteMarkers.length]).toEqual([1, 1]);
});

test("taken back again it changes nothing, and what an attempt that was cut off has left in the pool goes", async () => {
  await using bench = await published("1.2.3", "1.2.4");
  await withdraw(bench, "1.2.4");
  const before = await bench.read("downloads", InRelease);
  await bench.write("downloads", pooled("1.2.4"), "left");
  expect((await withdraw(bench, "1.2.4")).result).toMatchObject({
    note: expect.stringContaining(`${bookworm} withdrawn`),
  });
  expect(await bench.read("downloads", pooled("1.2.4"))).toBeUndefined();
  expect((await withdraw(bench, "1.2.4")).result).toMatchObject({
    note: expect.stringContaining(`${bookworm} was not published`),
  });
  expect(await bench.read("downloads", InRelease)).toEqual(before);
});

describe.skipIf(!hasApt)("what apt makes of it", () => {
  test("it updates without complaint, and offers the version before", async () => {
    await using bench = await published("1.2.3", "1.2.4");
    await using apt = await aptOf(bench.s3, publicKey.key);
    expect(await apt.follow(["bookworm"], "muster")).toEqual({ complaint: "", candidate: "1.2.4-1~bookworm" });
    await withdraw(bench, "1.2.4");
    expect(await apt.follow(["bookworm"], "muster")).toEqual({ complaint: "", candidate: "1.2.3-1~bookworm" });
  });

  test("it updates from a repository of which the only version was taken back", async () => {
    await using bench = await published("1.2.3");
    await using apt = await aptOf(bench.s3, publicKey.key);
    await withdraw(bench, "1.2.3");
    expect(await apt.follow(["bookworm"], "muster")).toMatchObject({ complaint: "" });
  });
});
