import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { parseControl } from "@muster/pipeline";
import { expect, test } from "vitest";
import { binaryPackage, privateKey, publicKey } from "../artifacts.ts";
import { putBuiltPackage } from "../testing/built-package.ts";
import { taskBench } from "../testing/task-bench.ts";
import { sha256 } from "./objects.ts";

const version = "1.2.3";
const bookworm = "debian-12-bookworm";
const noble = "ubuntu-24.04-noble";
const env = { VERSION: version, PLATFORMS: `${bookworm} ${noble}` };
const pooled = "pool/main/m/muster/muster_1.2.3-1~bookworm_amd64.deb";

test("built packages are published, in their family's repository; what is not built is named", async () => {
  await using bench = await taskBench();
  const deb = await putBuiltPackage(bench, { version, platform: bookworm });
  const { code, result } = await bench.tool("publish-binary-packages", { env });
  expect({ code, result }).toEqual({ code: 0, result: { note: `${bookworm} published, ${noble} is not built` } });
  expect(await bench.read("downloads", `debian/${pooled}`)).toEqual(deb);
  const index = (await bench.read("downloads", "debian/dists/bookworm/main/binary-amd64/Packages"))?.toString();
  for (const line of [
    "Package: muster",
    "Depends: bash",
    `Filename: ${pooled}`,
    `Size: ${deb.length}`,
    `SHA256: ${sha256(deb)}`,
  ]) {
    expect(index).toContain(`${line}\n`);
  }
  expect(await bench.read("downloads", "ubuntu/dists/noble/InRelease")).toBeUndefined();
  expect((await bench.read("downloads", publicKey.key))?.length).toBeGreaterThan(0);
  expect((await bench.read("state", privateKey.key))?.toString()).toContain("PRIVATE KEY");
});

test("the same again changes nothing", async () => {
  await using bench = await taskBench();
  await putBuiltPackage(bench, { version, platform: bookworm });
  await bench.tool("publish-binary-packages", { env });
  const before = await bench.read("downloads", "debian/dists/bookworm/InRelease");
  const { code, result } = await bench.tool("publish-binary-packages", { env });
  expect({ code, result }).toEqual({
    code: 0,
    result: { note: `${bookworm} was published before, ${noble} is not built` },
  });
  expect(await bench.read("downloads", "debian/dists/bookworm/InRelease")).toEqual(before);
});

test("what was published and has expired in scratch is not made out to be missing", async () => {
  await using bench = await taskBench();
  await putBuiltPackage(bench, { version, platform: bookworm });
  await bench.tool("publish-binary-packages", { env });
  const { builtChecksum } = binaryPackage({ version, platform: bookworm });
  await bench.s3.send(new DeleteObjectCommand({ Bucket: "scratch", Key: builtChecksum.key }));
  const { code, result } = await bench.tool("publish-binary-packages", { env });
  expect({ code, result }).toEqual({
    code: 0,
    result: { note: `${bookworm} was published before, ${noble} is not built` },
  });
});

test("a nightly goes into a suite of its own", async () => {
  await using bench = await taskBench();
  const nightly = "2026.11.29";
  await putBuiltPackage(bench, { version, platform: bookworm });
  await putBuiltPackage(bench, { version: nightly, platform: bookworm });
  await bench.tool("publish-binary-packages", { env });
  await bench.tool("publish-binary-packages", { env: { ...env, VERSION: nightly } });
  const listed = async (suite: string) =>
    parseControl(`${await bench.read("downloads", `debian/dists/${suite}/main/binary-amd64/Packages`)}`).map((fields) =>
      fields.get("Version"),
    );
  expect(await listed("bookworm")).toEqual(["1.2.3-1~bookworm"]);
  expect(await listed("bookworm-nightly")).toEqual(["2026.11.29-1~bookworm"]);
});

test("a package in the pool is not replaced by another of its name", async () => {
  await using bench = await taskBench();
  await bench.write("downloads", `debian/${pooled}`, "what users have");
  await putBuiltPackage(bench, { version, platform: bookworm });
  const { code, output } = await bench.tool("publish-binary-packages", { env });
  expect({ code, output }).toEqual({
    code: 1,
    output: `s3://downloads/debian/${pooled} is published with other content, and stays: publish under a new version\n`,
  });
  expect((await bench.read("downloads", `debian/${pooled}`))?.toString()).toBe("what users have");
});

test("a damaged package is not published", async () => {
  await using bench = await taskBench();
  await putBuiltPackage(bench, { version, platform: bookworm });
  const { built: prefix } = binaryPackage({ version, platform: bookworm });
  await bench.write("scratch", `${prefix.key}muster_1.2.3-1~bookworm_amd64.deb`, "damaged");
  const { code, output } = await bench.tool("publish-binary-packages", { env });
  expect({ code, output }).toEqual({
    code: 1,
    output: expect.stringMatching(/^s3:\/\/scratch\/\S+ is damaged: .*\n$/),
  });
  expect(await bench.read("downloads", `debian/${pooled}`)).toBeUndefined();
});

test("a tool outside a task says in one line what it lacks", async () => {
  await using bench = await taskBench();
  const { code, output } = await bench.tool("publish-binary-packages", { env: { SCRATCH_BUCKET: "" } });
  expect({ code, output }).toEqual({
    code: 1,
    output: "SCRATCH_BUCKET is not set: this tool runs in a task of the pipeline\n",
  });
});
