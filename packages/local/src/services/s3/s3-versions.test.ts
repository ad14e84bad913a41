import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type BucketVersioningStatus,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectAttributesCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { Bucket, failure, TRANSPORTS } from "./s3-fixture.ts";
import { versionsFixture } from "./testing/versions-fixture.ts";

describe.each(TRANSPORTS)("%s", (transport) => {
  const { bucket, setVersioning, put, read, remove, list, summary } = versionsFixture(transport);

  test("a bucket has no versions, keeps them, or has stopped to keep them", async () => {
    const status = async () => (await bucket.s3.send(new GetBucketVersioningCommand({ Bucket }))).Status;
    expect(await status()).toBeUndefined();
    expect((await bucket.put("k")).VersionId).toBeUndefined();
    for (const next of ["Enabled", "Suspended", "Enabled"] as const) {
      await setVersioning(next);
      expect(await status()).toBe(next);
    }
    await bucket.reopen();
    expect(await status()).toBe("Enabled");
    const odd = { Bucket, VersioningConfiguration: { Status: "Off" as BucketVersioningStatus } };
    expect(await failure(bucket.s3.send(new PutBucketVersioningCommand(odd)))).toBe("MalformedXML 400");
    const none = { Bucket, VersioningConfiguration: {} };
    expect(await failure(bucket.s3.send(new PutBucketVersioningCommand(none)))).toBe(
      "IllegalVersioningConfigurationException 400",
    );
  });

  test("every version is read by its id, and the newest without one", async () => {
    await bucket.put("k", "before");
    await setVersioning("Enabled");
    const [first, second] = [await put("k", "1"), await put("k", "2")];
    expect(first).not.toBe(second);
    expect(await read("k")).toBe("2");
    expect([await read("k", first), await read("k", second), await read("k", "null")]).toEqual(["1", "2", "before"]);
    const head = await bucket.s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
    expect(head.VersionId).toBe(second);
    expect(await failure(read("k", "none"))).toBe("NoSuchVersion 404");
    expect(await summary()).toEqual({ versions: [`k ${second} latest`, `k ${first}`, "k null"], markers: [] });
  });

  test("the current version is a plain file, and what came before lies apart as plain files", async () => {
    await setVersioning("Enabled");
    await put("pool/a.deb", "old");
    await put("pool/a.deb", "new");
    expect(readFileSync(join(bucket.dir, "s3", Bucket, "pool/a.deb"), "utf8")).toBe("new");
    expect(readdirSync(join(bucket.dir, "s3", Bucket), { recursive: true })).toEqual(["pool", "pool/a.deb"]);
    const folder = join(bucket.dir, "s3-versions", Bucket, "pool/a.deb%v");
    const [bytes] = readdirSync(folder).filter((name) => !name.endsWith(".json"));
    expect(readFileSync(join(folder, bytes ?? ""), "utf8")).toBe("old");
  });

  test("a deletion leaves a marker, and removing the marker brings the object back", async () => {
    await setVersioning("Enabled");
    const first = await put("k", "1");
    const marker = await remove("k");
    expect(marker.DeleteMarker).toBe(true);
    expect(await failure(read("k"))).toBe("NoSuchKey 404");
    expect(await failure(read("k", marker.VersionId))).toBe("MethodNotAllowed 405");
    expect(await read("k", first)).toBe("1");
    expect((await bucket.s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    const second = await remove("k");
    expect(await summary()).toEqual({
      versions: [`k ${first}`],
      markers: [`k ${second.VersionId} latest`, `k ${marker.VersionId}`],
    });
    expect(await remove("k", marker.VersionId)).toMatchObject({ DeleteMarker: true, VersionId: marker.VersionId });
    expect(await failure(read("k"))).toBe("NoSuchKey 404");
    await remove("k", second.VersionId);
    expect(await read("k")).toBe("1");
    expect(await summary()).toEqual({ versions: [`k ${first} latest`], markers: [] });
  });

  test("an answer about a deleted object says so in its headers", async () => {
    await setVersioning("Enabled");
    await put("k", "1");
    const marker = await remove("k");
    const headersOf = (VersionId?: string) =>
      bucket.s3.send(new HeadObjectCommand({ Bucket, Key: "k", VersionId })).then(
        () => ({}),
        (error: { $response: { headers: Record<string, string> } }) => error.$response.headers,
      );
    const expected = { "x-amz-delete-marker": "true", "x-amz-version-id": marker.VersionId };
    expect(await headersOf()).toMatchObject(expected);
    expect(await headersOf(marker.VersionId)).toMatchObject({ ...expected, "last-modified": expect.any(String) });
  });

  test("removing a version for good uncovers the one before it", async () => {
    await setVersioning("Enabled");
    const [first, second, third] = [await put("k", "1"), await put("k", "22"), await put("k", "333")];
    await remove("k", second);
    expect(await read("k")).toBe("333");
    expect(await remove("k", third)).toMatchObject({ VersionId: third });
    expect(await read("k")).toBe("1");
    expect(readFileSync(join(bucket.dir, "s3", Bucket, "k"), "utf8")).toBe("1");
    await remove("k", second);
    expect(await summary()).toEqual({ versions: [`k ${first} latest`], markers: [] });
    await remove("k", first);
    expect(await summary()).toEqual({ versions: [], markers: [] });
    expect(readdirSync(join(bucket.dir, "s3", Bucket))).toEqual([]);
    expect(readdirSync(join(bucket.dir, "s3-versions", Bucket))).toEqual([]);
  });

  test("a bucket without versions has the null version, and ids that it never had delete nothing", async () => {
    await bucket.put("k", "bytes");
    await remove("k", "3HL4kqtJlcpXroDTDmJ");
    await bucket.s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "k", VersionId: "3HL4kqtJlcpXroDTDmJ" }] } }),
    );
    expect(await read("k")).toBe("bytes");
    expect(await summary()).toEqual({ versions: ["k null latest"], markers: [] });
    await remove("k", "null");
    expect(await summary()).toEqual({ versions: [], markers: [] });
  });

  test("a suspended bucket has one null version of a key, and keeps what had ids", async () => {
    await setVersioning("Enabled");
    const first = await put("k", "1");
    await setVersioning("Suspended");
    expect(await put("k", "null 1")).toBe("null");
    expect(await put("k", "null 2")).toBe("null");
    expect([await read("k"), await read("k", "null"), await read("k", first)]).toEqual(["null 2", "null 2", "1"]);
    expect(await summary()).toEqual({ versions: ["k null latest", `k ${first}`], markers: [] });
    expect(await remove("k")).toMatchObject({ DeleteMarker: true, VersionId: "null" });
    expect(await summary()).toEqual({ versions: [`k ${first}`], markers: ["k null latest"] });
    expect(await remove("k")).toMatchObject({ DeleteMarker: true, VersionId: "null" });
    expect(await summary()).toEqual({ versions: [`k ${first}`], markers: ["k null latest"] });
    await setVersioning("Enabled");
    const second = await put("k", "2");
    await setVersioning("Suspended");
    await put("k", "null 3");
    expect(await summary()).toEqual({ versions: ["k null latest", `k ${second}`, `k ${first}`], markers: [] });
    await remove("k", "null");
    expect(await read("k")).toBe("2");
  });

  test("deleting many answers what each deletion did", async () => {
    await setVersioning("Enabled");
    const first = await put("a", "1");
    await put("b", "1");
    const marked = await remove("b");
    const answer = await bucket.s3.send(
      new DeleteObjectsCommand({
        Bucket,
        Delete: {
          Objects: [
            { Key: "a", VersionId: first },
            { Key: "b", VersionId: marked.VersionId },
            { Key: "c" },
            { Key: "d", VersionId: "none" },
          ],
        },
      }),
    );
    expect(answer.Deleted).toEqual([
      { Key: "a", VersionId: first },
      { Key: "b", VersionId: marked.VersionId, DeleteMarker: true, DeleteMarkerVersionId: marked.VersionId },
      { Key: "c", DeleteMarker: true, DeleteMarkerVersionId: expect.stringMatching(/^\w{32}$/) },
      { Key: "d", VersionId: "none" },
    ]);
    expect(await failure(read("a"))).toBe("NoSuchKey 404");
    expect(await read("b")).toBe("1");
  });

  test("copies, uploads in parts, tags and attributes are of one version", async () => {
    await setVersioning("Enabled");
    const first = await put("k", "1");
    await put("k", "2");
    const copied = await bucket.s3.send(
      new CopyObjectCommand({ Bucket, Key: "k", CopySource: `${Bucket}/k?versionId=${first}` }),
    );
    expect(copied.CopySourceVersionId).toBe(first);
    expect([await read("k"), await read("k", copied.VersionId)]).toEqual(["1", "1"]);
    const { UploadId } = await bucket.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "k" }));
    const target = { Bucket, Key: "k", UploadId };
    const { ETag } = await bucket.s3.send(new UploadPartCommand({ ...target, PartNumber: 1, Body: "parts" }));
    const complete = new CompleteMultipartUploadCommand({
      ...target,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
    });
    const completed = await bucket.s3.send(complete);
    expect(await read("k", completed.VersionId)).toBe("parts");
    expect((await bucket.s3.send(complete)).VersionId).toBe(completed.VersionId);

    const Tagging = { TagSet: [{ Key: "a", Value: "1" }] };
    const tagged = await bucket.s3.send(new PutObjectTaggingCommand({ Bucket, Key: "k", VersionId: first, Tagging }));
    expect(tagged.VersionId).toBe(first);
    const tagsOf = async (VersionId?: string) =>
      (await bucket.s3.send(new GetObjectTaggingCommand({ Bucket, Key: "k", VersionId }))).TagSet;
    expect([await tagsOf(first), await tagsOf()]).toEqual([Tagging.TagSet, []]);
    await bucket.s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: "k", VersionId: first }));
    expect(await tagsOf(first)).toEqual([]);
    const attributes = await bucket.s3.send(
      new GetObjectAttributesCommand({ Bucket, Key: "k", VersionId: first, ObjectAttributes: ["ObjectSize"] }),
    );
    expect(attributes).toMatchObject({ ObjectSize: 1, VersionId: first });
    const { VersionId: marker } = await remove("k");
    const fromMarker = { Bucket, Key: "c", CopySource: `${Bucket}/k?versionId=${marker}` };
    expect(await failure(bucket.s3.send(new CopyObjectCommand(fromMarker)))).toBe("InvalidRequest 400");
    expect(await failure(bucket.s3.send(new CopyObjectCommand({ ...fromMarker, CopySource: `${Bucket}/k` })))).toBe(
      "NoSuchKey 404",
    );
  });

  test("versions are listed by pages, also while those of the last page are deleted", async () => {
    await setVersioning("Enabled");
    for (const key of ["a", "a/b", "a/c", "b"]) for (const body of ["1", "2", "3"]) await put(key, body);
    await remove("a/b");
    const pages = async (members: object, onPage: (ids: { Key: string; VersionId: string }[]) => Promise<unknown>) => {
      const seen: string[] = [];
      let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
      for (;;) {
        const page = await list({ MaxKeys: 2, ...members, ...markers });
        const ids = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key = "", VersionId = "" }) => ({
          Key,
          VersionId,
        }));
        seen.push(...ids.map(({ Key, VersionId }) => `${Key} ${VersionId}`));
        seen.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => `${Prefix}`));
        await onPage(ids);
        if (!page.IsTruncated) return seen;
        markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
      }
    };
    const all = await pages({}, async () => {});
    const { versions, markers } = await summary();
    expect([...all].sort()).toEqual([...versions, ...markers].map((text) => text.replace(" latest", "")).sort());
    expect((await pages({ Delimiter: "/" }, async () => {})).map((text) => text.split(" ")[0])).toEqual([
      ...["a", "a", "a", "a/"],
      ...["b", "b", "b"],
    ]);
    const below = await pages({ Prefix: "a/", Delimiter: "/" }, async () => {});
    expect(below.length).toBe(7);
    const deleted = await pages({}, (Objects) =>
      bucket.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } })),
    );
    expect(deleted.length).toBe(all.length);
    expect(await summary()).toEqual({ versions: [], markers: [] });
    expect(await failure(list({ VersionIdMarker: "x" }))).toBe("InvalidArgument 400");
  });

  test("a bucket is empty when no version of any key is left", async () => {
    await setVersioning("Enabled");
    const first = await put("k", "1");
    const marker = await remove("k");
    const drop = () => failure(bucket.s3.send(new DeleteBucketCommand({ Bucket })));
    expect(await drop()).toBe("BucketNotEmpty 409");
    await remove("k", first);
    expect(await drop()).toBe("BucketNotEmpty 409");
    await remove("k", marker.VersionId);
    expect(await drop()).toBe("no failure");
    await bucket.s3.send(new CreateBucketCommand({ Bucket }));
    expect((await bucket.s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
  });
});
