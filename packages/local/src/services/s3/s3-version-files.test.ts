import { linkSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { Bucket, failure, TRANSPORTS } from "./s3-fixture.ts";
import { versionsFixture } from "./testing/versions-fixture.ts";

describe.each(TRANSPORTS)("%s", (transport) => {
  const { bucket, setVersioning, put, read, remove, list, summary } = versionsFixture(transport);

  test("versions, markers and their order outlive the process", async () => {
    await setVersioning("Enabled");
    for (const body of ["1", "2", "3"]) await put("k", body);
    await remove("k");
    await put("other", "x");
    const before = await list();
    await bucket.reopen();
    const { $metadata: _before, ...expected } = before;
    const { $metadata: _after, ...after } = await list();
    expect(after).toEqual(expected);
    expect(await put("k", "4")).not.toBe(before.DeleteMarkers?.[0]?.VersionId);
    expect((await summary()).versions[0]).toMatch(/^k \w+ latest$/);
  });

  test("keys that cannot be file names have versions too", async () => {
    await setVersioning("Enabled");
    const keys = ["a", "a/b", "a//b", "folder/", "/lead", "..", "100%", "%v", "a%v", "a%v/b", "ü/é", "x".repeat(900)];
    for (const key of keys) for (const body of ["1", "2"]) await put(key, body);
    const { Versions = [] } = await list({ EncodingType: "url" });
    const sorted = [...keys].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
    expect(Versions.map(({ Key = "" }) => decodeURIComponent(Key))).toEqual(sorted.flatMap((key) => [key, key]));
    for (const { Key = "", VersionId, IsLatest } of Versions) {
      expect(await read(decodeURIComponent(Key), VersionId)).toBe(IsLatest ? "2" : "1");
    }
  });

  test("a file that is put in, replaced or removed by hand counts, whatever the bucket keeps", async () => {
    await setVersioning("Enabled");
    const first = await put("k", "1");
    const second = await put("k", "2");
    writeFileSync(join(bucket.dir, "s3", Bucket, "k"), "by hand");
    expect(await read("k")).toBe("by hand");
    expect(await summary()).toEqual({ versions: ["k null latest", `k ${first}`], markers: [] });
    expect(await failure(read("k", second))).toBe("NoSuchVersion 404");
    const third = await put("k", "3");
    expect(await read("k", "null")).toBe("by hand");
    rmSync(join(bucket.dir, "s3", Bucket, "k"));
    expect(await failure(read("k"))).toBe("NoSuchKey 404");
    expect(await summary()).toEqual({ versions: ["k null", `k ${first}`], markers: [] });
    expect(await failure(read("k", third))).toBe("NoSuchVersion 404");
    await put("k", "4");
    expect((await summary()).versions.length).toBe(3);
  });

  test("a marker that a killed process had written and not yet followed is a deletion", async () => {
    await setVersioning("Enabled");
    const first = await put("k", "1");
    const file = join(bucket.dir, "s3", Bucket, "k");
    const { size, mtimeMs } = statSync(file);
    const description = readFileSync(join(bucket.dir, "s3-metadata", Bucket, "k%.json"));
    await remove("k");
    // As the disk was between the two steps: the marker with the file that it deletes, and the file.
    const folder = join(bucket.dir, "s3-versions", Bucket, "k%v");
    const [marker = ""] = readdirSync(folder).filter((name) => name.endsWith(".marker.json"));
    const written = JSON.parse(readFileSync(join(folder, marker), "utf8"));
    const [bytes = ""] = readdirSync(folder).filter((name) => !name.endsWith(".json"));
    const replaces = { size, mtimeMs: statSync(join(folder, bytes)).mtimeMs };
    expect(replaces.mtimeMs).toBe(mtimeMs);
    writeFileSync(join(folder, marker), JSON.stringify({ ...written, replaces }));
    writeFileSync(join(bucket.dir, "s3-metadata", Bucket, "k%.json"), description);
    linkSync(join(folder, bytes), file);
    await bucket.reopen();
    expect(await failure(read("k"))).toBe("NoSuchKey 404");
    expect((await bucket.s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    expect(await read("k", first)).toBe("1");
    // A person who puts the very file back means it.
    linkSync(join(folder, bytes), file);
    expect(await read("k")).toBe("1");
  });
});
