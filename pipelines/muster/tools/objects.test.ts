import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outages } from "@muster/local";
import { expect, test, vi } from "vitest";
import { localBuckets } from "../testing/local-buckets.ts";
import { exists, get, getExisting, parseUrl, publishOnce, put, sha256 } from "./objects.ts";

const place = { bucket: "downloads", key: "pool/a.deb" };
const contentType = "text/plain";

test("an object is written on its condition alone, and the answer tells whether it was", async () => {
  await using buckets = await localBuckets();
  const { s3 } = buckets;
  expect(await put(s3, { place, body: "one", contentType, when: "new" })).toBe(true);
  expect(await put(s3, { place, body: "two", contentType, when: "new" })).toBe(false);
  const { etag } = await getExisting(s3, place);
  expect(await put(s3, { place, body: "three", contentType, when: { etag } })).toBe(true);
  expect(await put(s3, { place, body: "four", contentType, when: { etag } })).toBe(false);
  expect((await getExisting(s3, place)).body.toString()).toBe("three");
});

test.each([
  ["had no answer", { code: "InternalError", status: 500, afterwards: true }],
  ["met another", { code: "ConditionalRequestConflict", status: 409 }],
  ["met another, and was stored,", { code: "ConditionalRequestConflict", status: 409, afterwards: true }],
])("an object whose write on its condition %s is written", async (_, fault) => {
  await using buckets = await localBuckets();
  const { aws, s3 } = buckets;
  const calls = { service: "s3", operation: "PutObject", times: 1 };
  aws.failCalls(calls, fault);
  expect(await put(s3, { place, body: "one", contentType, when: "new" })).toBe(true);
  const { etag } = await getExisting(s3, place);
  aws.failCalls(calls, fault);
  expect(await put(s3, { place, body: "two", contentType, when: { etag } })).toBe(true);
  expect((await getExisting(s3, place)).body.toString()).toBe("two");
});

test("publishing the same again changes nothing, other content is refused by name", async () => {
  await using buckets = await localBuckets();
  const { s3 } = buckets;
  await publishOnce(s3, { place, body: Buffer.from("one"), contentType });
  await publishOnce(s3, { place, body: Buffer.from("one"), contentType });
  await expect(publishOnce(s3, { place, body: Buffer.from("two"), contentType })).rejects.toThrow(
    "s3://downloads/pool/a.deb is published with other content, and stays: publish under a new version",
  );
  expect((await getExisting(s3, place)).body.toString()).toBe("one");
});

test("what is not there is told from what cannot be read", async () => {
  await using buckets = await localBuckets();
  const { s3 } = buckets;
  expect(await get(s3, place)).toBeUndefined();
  expect(await exists(s3, place)).toBe(false);
  await expect(getExisting(s3, place)).rejects.toThrow("s3://downloads/pool/a.deb is not there");
  await expect(get(s3, { bucket: "nowhere", key: "a" })).rejects.toThrow("cannot read s3://nowhere/a");
});

test.each(Object.entries(outages))("a %s has not seen that an object is not there", async (_, fault) => {
  await using buckets = await localBuckets();
  buckets.failCalls({ service: "s3" }, fault);
  await expect(exists(buckets.s3, place)).rejects.toThrow("cannot look for s3://downloads/pool/a.deb");
  await expect(get(buckets.s3, place)).rejects.toThrow("cannot read s3://downloads/pool/a.deb");
});

test("what a task writes is noted for its attempt's record, and only what was written", async () => {
  await using buckets = await localBuckets();
  const { s3 } = buckets;
  const folder = await mkdtemp(join(tmpdir(), "muster-uploads-"));
  vi.stubEnv("MUSTER_RESULT", join(folder, "result.json"));
  try {
    await put(s3, { place, body: "one", contentType, when: "new" });
    await put(s3, { place, body: "two", contentType, when: "new" });
    const lines = (await readFile(join(folder, "uploads.jsonl"), "utf8")).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { uri: "s3://downloads/pool/a.deb", sha256: sha256("one") },
    ]);
  } finally {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  }
});

test("only the URL of an object is one", () => {
  expect(parseUrl("s3://state/signing/key.asc")).toEqual({ bucket: "state", key: "signing/key.asc" });
  expect(() => parseUrl("s3://state")).toThrow('"s3://state" is not the s3:// URL of an object');
});
