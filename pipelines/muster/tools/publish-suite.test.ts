import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import { type Fields, parseControl, parseRelease } from "@muster/pipeline";
import type { PrivateKey } from "openpgp";
import { expect, test } from "vitest";
import { suitesOf, VALID_DAYS } from "../artifacts.ts";
import { localBuckets, signingKeyOf } from "../testing/local-buckets.ts";
import { getExisting, sha256 } from "./objects.ts";
import { publishSuite, type Suite } from "./publish-suite.ts";
import { runProgram } from "./run-program.ts";
import { verifiedText } from "./signing-key.ts";

const [release, nightly] = suitesOf("debian-12-bookworm");
if (release === undefined || nightly === undefined) throw new Error("there are two channels");
const suite: Suite = { bucket: "downloads", ...release };

const all = { name: "all", includes: () => true };

const paragraph = (version: string, content = version): Fields =>
  new Map([
    ["Package", "muster"],
    ["Version", version],
    ["Architecture", "amd64"],
    ["Description", "a package\nwith a second line\n\nand a paragraph"],
    ["Filename", `pool/main/m/muster/muster_${version}_amd64.deb`],
    ["Size", String(content.length)],
    ["SHA256", sha256(content)],
  ]);

async function read(s3: S3Client, path: string): Promise<Buffer> {
  return (await getExisting(s3, { bucket: suite.bucket, key: `${suite.folder}/${path}` })).body;
}

async function versionsIn(s3: S3Client, key: PrivateKey): Promise<(string | undefined)[]> {
  const release = await verifiedText((await read(s3, "InRelease")).toString(), key.toPublic());
  const index = parseRelease(release).files.find(({ path }) => path === "main/binary-amd64/Packages");
  const text = await read(s3, `main/binary-amd64/by-hash/SHA256/${index?.sha256}`);
  return parseControl(text.toString()).map((fields) => fields.get("Version"));
}

test("versions accumulate, and publishing one again writes nothing", async () => {
  await using buckets = await localBuckets();
  const { s3 } = buckets;
  const key = await signingKeyOf(s3);
  expect(await publishSuite(s3, suite, { packages: [paragraph("1.0.0")], key })).toBe(true);
  expect(await publishSuite(s3, suite, { packages: [paragraph("1.1.0")], key })).toBe(true);
  const before = await getExisting(s3, { bucket: suite.bucket, key: `${suite.folder}/InRelease` });
  expect(await publishSuite(s3, suite, { packages: [paragraph("1.0.0")], key })).toBe(false);
  expect(await getExisting(s3, { bucket: suite.bucket, key: `${suite.folder}/InRelease` })).toEqual(before);
  expect(await versionsIn(s3, key)).toEqual(["1.0.0", "1.1.0"]);
});

test("publishers at the same time lose nothing of each other", async () => {
  await using buckets = await localBuckets();
  const { s3 } = buckets;
  const key = await signingKeyOf(s3);
  const versions = ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "1.0.4"];
  await Promise.all(versions.map((version) => publishSuite(s3, suite, { packages: [paragraph(version)], key })));
  expect(await versionsIn(s3, key)).toEqual(versions);
});

test("a publisher that was held up while another published starts again from what is there now", async () => {
  await using buckets = await localBuckets();
  const { s3 } = buckets;
  const key = await signingKeyOf(s3);
  await publishSuite(s3, suite, { packages: [paragraph("1.0.0")], key });
  let others: Promise<boolean> | undefined;
  // The date is asked for after the index was read and before it is written.
  const now = () => {
    others ??= publishSuite(s3, suite, { packages: [paragraph("1.0.1")], key });
    return new Date();
  };
  await publishSuite(s3, suite, { packages: [paragraph("1.0.2")], key, now });
  await others;
  expect(await versionsIn(s3, key)).toEqual(["1.0.0", "1.0.1", "1.0.2"]);
});

test("a version that is published with other content stays, and the attempt fails by name", async () => {
  await using buckets = await localBuckets();
  const { s3 } = buckets;
  const key = await signingKeyOf(s3);
  await publishSuite(s3, suite, { packages: [paragraph("1.0.0")], key });
  await expect(publishSuite(s3, suite, { packages: [paragraph("1.0.0", "other")], key })).rejects.toThrow(
    "debian/dists/bookworm offers muster 1.0.0 amd64 with other content, and stays: publish under a new version",
  );
});

test("an index that bears another's signature is not built upon", async () => {
  await using buckets = await localBuckets();
  const { s3 } = buckets;
  await publishSuite(s3, suite, { packages: [paragraph("1.0.0")], key: await signingKeyOf(s3) });
  const stranger = await signingKeyOf(s3, "other");
  await expect(publishSuite(s3, suite, { packages: [paragraph("1.0.1")], key: stranger })).rejects.toThrow(
    "s3://downloads/debian/dists/bookworm/InRelease does not bear this repository's signature",
  );
});

test("all files that InRelease vouches for are there under their names and their digests", async () => {
  await using buckets = await localBuckets();
  const { s3 } = buckets;
  const key = await signingKeyOf(s3);
  await publishSuite(s3, suite, { packages: [paragraph("1.0.0")], key });
  const release = await verifiedText((await read(s3, "InRelease")).toString(), key.toPublic());
  const files = parseRelease(release).files;
  expect(files.map(({ path }) => path)).toEqual(["main/binary-amd64/Packages", "main/binary-amd64/Packages.gz"]);
  for (const { path, size, sha256: digest } of files) {
    const content = await read(s3, path);
    expect(content.length).toBe(size);
    expect(sha256(content)).toBe(digest);
    expect(await read(s3, `main/binary-amd64/by-hash/SHA256/${digest}`)).toEqual(content);
  }
});

test("gpgv accepts InRelease and Release with the published key", async () => {
  await using buckets = await localBuckets();
  const { s3 } = buckets;
  const key = await signingKeyOf(s3);
  await publishSuite(s3, suite, { packages: [paragraph("1.0.0")], key });
  const folder = await mkdtemp(join(tmpdir(), "muster-gpgv-"));
  try {
    const keyring = join(folder, "key.gpg");
    await writeFile(keyring, (await getExisting(s3, { bucket: "downloads", key: "key.gpg" })).body);
    for (const file of ["InRelease", "Release", "Release.gpg"])
      await writeFile(join(folder, file), await read(s3, file));
    await runProgram("gpgv", ["--keyring", keyring, join(folder, "InRelease")]);
    await runProgram("gpgv", ["--keyring", keyring, join(folder, "Release.gpg"), join(folder, "Release")]);
    await writeFile(join(folder, "Release"), "changed");
    await expect(
      runProgram("gpgv", ["--keyring", keyring, join(folder, "Release.gpg"), join(folder, "Release")]),
    ).rejects.toThrow("gpgv");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("who follows releases gets no nightly: one that an earlier Muster put among them is taken out", async () => {
  await using buckets = await localBuckets();
  const { s3 } = buckets;
  const key = await signingKeyOf(s3);
  await publishSuite(s3, { ...suite, channel: all }, { packages: [paragraph("2026.11.29-1~bookworm")], key });
  await publishSuite(s3, suite, { packages: [paragraph("0.1.2-1~bookworm")], key });
  expect(await versionsIn(s3, key)).toEqual(["0.1.2-1~bookworm"]);
});

test("an order that dpkg contradicts is refused, and the index stays", async () => {
  await using buckets = await localBuckets();
  const { s3 } = buckets;
  const key = await signingKeyOf(s3);
  await publishSuite(s3, { ...suite, channel: all }, { packages: [paragraph("2026.11.29-1~bookworm")], key });
  await expect(
    publishSuite(s3, { ...suite, channel: all }, { packages: [paragraph("0.1.2-1~bookworm")], key }),
  ).rejects.toThrow("0.1.2-1~bookworm comes after 2026.11.29-1~bookworm, and is the older one to dpkg");
  expect(await versionsIn(s3, key)).toEqual(["2026.11.29-1~bookworm"]);
});

test("an index is signed anew before apt refuses it, and not sooner than is worth it", async () => {
  await using buckets = await localBuckets();
  const { s3 } = buckets;
  const key = await signingKeyOf(s3);
  const days = (count: number) => () => new Date(Date.UTC(2026, 10, 29) + count * 24 * 3600 * 1000);
  const validUntil = async () => parseRelease((await read(s3, "InRelease")).toString()).validUntil;
  expect(await publishSuite(s3, suite, { packages: [], key, now: days(0) })).toBe(false);
  await publishSuite(s3, suite, { packages: [paragraph("1.0.0")], key, now: days(0) });
  expect(await validUntil()).toEqual(days(VALID_DAYS)());
  expect(await publishSuite(s3, suite, { packages: [], key, now: days(20) })).toBe(false);
  expect(await publishSuite(s3, suite, { packages: [], key, now: days(40) })).toBe(true);
  expect(await validUntil()).toEqual(days(40 + VALID_DAYS)());
  expect(await versionsIn(s3, key)).toEqual(["1.0.0"]);
});
