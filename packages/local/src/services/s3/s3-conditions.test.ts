import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { Bucket, failure, s3Fixture, TRANSPORTS } from "./s3-fixture.ts";

describe.each(TRANSPORTS)("%s", (transport) => {
  const bucket = s3Fixture(transport);
  const { put, get } = bucket;

  test("If-None-Match lets the first writer win and no other", async () => {
    const write = (Body: string) =>
      bucket.s3.send(new PutObjectCommand({ Bucket, Key: "lease", Body, IfNoneMatch: "*" }));
    const results = await Promise.all(["a", "b", "c"].map((body) => failure(write(body))));
    expect(results.sort()).toEqual(["PreconditionFailed 412", "PreconditionFailed 412", "no failure"]);
  });

  test("If-Match writes only over the very object that was read", async () => {
    const first = await put("lease", "1");
    const second = await bucket.s3.send(new PutObjectCommand({ Bucket, Key: "lease", Body: "2", IfMatch: first.ETag }));
    const write = (IfMatch?: string, Key = "lease") =>
      bucket.s3.send(new PutObjectCommand({ Bucket, Key, Body: "3", ...(IfMatch && { IfMatch }) }));
    expect(await failure(write(first.ETag))).toBe("PreconditionFailed 412");
    expect(await failure(write(second.ETag, "absent"))).toBe("NoSuchKey 404");
    expect(await get("lease")).toBe("2");
  });

  test("conditional reads answer 304 and 412 as AWS does", async () => {
    const { ETag } = await put("k");
    const read = (conditions: object) =>
      failure(bucket.s3.send(new GetObjectCommand({ Bucket, Key: "k", ...conditions })));
    expect(await read({ IfNoneMatch: ETag })).toMatch(/304$/);
    expect(await read({ IfMatch: '"other"' })).toBe("PreconditionFailed 412");
    expect(await read({ IfModifiedSince: new Date(Date.now() + 60_000) })).toMatch(/304$/);
    expect(await read({ IfUnmodifiedSince: new Date(0) })).toBe("PreconditionFailed 412");
    expect(await read({ IfMatch: ETag, IfUnmodifiedSince: new Date(0) })).toBe("no failure");
  });

  test("ranges: first bytes, last bytes, and none that would satisfy", async () => {
    await put("k", "0123456789");
    const read = async (Range: string) =>
      (await bucket.s3.send(new GetObjectCommand({ Bucket, Key: "k", Range }))).Body?.transformToString();
    expect(await read("bytes=2-4")).toBe("234");
    expect(await read("bytes=-3")).toBe("789");
    expect(await read("bytes=8-")).toBe("89");
    expect(await failure(bucket.s3.send(new GetObjectCommand({ Bucket, Key: "k", Range: "bytes=10-" })))).toBe(
      "InvalidRange 416",
    );
  });

  /** A key in each state that a condition can meet, in a bucket that keeps versions; and the ETag that was once read. */
  const prepare = async (key: string, state: "absent" | "present" | "changed" | "deleted"): Promise<string> => {
    await bucket.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
    if (state === "absent") return '"d41d8cd98f00b204e9800998ecf8427e"';
    const { ETag } = await put(key, "first");
    if (state === "changed") await put(key, "second");
    if (state === "deleted") await bucket.s3.send(new DeleteObjectCommand({ Bucket, Key: key }));
    return ETag ?? "";
  };
  const done = "no failure";
  const failed = "PreconditionFailed 412";
  const missing = "NoSuchKey 404";

  test.each([
    ["absent", { none: done, etag: missing, any: missing, both: missing }],
    ["present", { none: failed, etag: done, any: done, both: failed }],
    ["changed", { none: failed, etag: failed, any: done, both: failed }],
    ["deleted", { none: done, etag: missing, any: missing, both: missing }],
  ] as const)("every write keeps its conditions where the object is %s", async (state, expected) => {
    await put("source");
    const writes = {
      put: (Key: string, conditions: object) =>
        bucket.s3.send(new PutObjectCommand({ Bucket, Key, Body: "new", ...conditions })),
      copy: (Key: string, conditions: object) =>
        bucket.s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/source`, ...conditions })),
      complete: async (Key: string, conditions: object) => {
        const { UploadId } = await bucket.s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
        const part = await bucket.s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: "new" }));
        const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: part.ETag }] };
        return bucket.s3.send(
          new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload, ...conditions }),
        );
      },
    };
    const conditions = (etag: string) => ({
      none: { IfNoneMatch: "*" },
      etag: { IfMatch: etag },
      any: { IfMatch: "*" },
      both: { IfNoneMatch: "*", IfMatch: etag },
    });
    for (const [write, send] of Object.entries(writes)) {
      for (const [name, answer] of Object.entries(expected)) {
        const key = `${write}-${name}`;
        const etag = await prepare(key, state);
        const chosen = conditions(etag)[name as keyof typeof expected];
        expect([key, await failure(send(key, chosen))]).toEqual([key, answer]);
      }
    }
    expect(await failure(writes.put("other", { IfNoneMatch: '"etag"' }))).toBe("NotImplemented 501");
  });

  test.each([
    ["absent", { etag: missing, any: missing }],
    ["present", { etag: done, any: done }],
    ["changed", { etag: failed, any: done }],
    ["deleted", { etag: failed, any: failed }],
  ] as const)("a deletion keeps its condition where the object is %s", async (state, expected) => {
    for (const [name, answer] of Object.entries(expected)) {
      const etag = await prepare(name, state);
      const IfMatch = name === "any" ? "*" : etag;
      expect(await failure(bucket.s3.send(new DeleteObjectCommand({ Bucket, Key: name, IfMatch })))).toBe(answer);
      const many = `many-${name}`;
      const again = await prepare(many, state);
      const ETag = name === "any" ? "*" : again;
      const { Errors = [] } = await bucket.s3.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: many, ETag }], Quiet: true } }),
      );
      expect(Errors.map(({ Code }) => Code)).toEqual(answer === done ? [] : [answer.split(" ")[0]]);
    }
  });

  test("a copy keeps the conditions on its source", async () => {
    const { ETag } = await put("source", "bytes");
    const copy = (conditions: object) =>
      failure(
        bucket.s3.send(new CopyObjectCommand({ Bucket, Key: "c", CopySource: `${Bucket}/source`, ...conditions })),
      );
    const later = new Date(Date.now() + 60_000);
    expect(await copy({ CopySourceIfMatch: ETag })).toBe(done);
    expect(await copy({ CopySourceIfMatch: '"other"' })).toBe(failed);
    expect(await copy({ CopySourceIfNoneMatch: ETag })).toBe(failed);
    expect(await copy({ CopySourceIfNoneMatch: '"other"' })).toBe(done);
    expect(await copy({ CopySourceIfModifiedSince: later })).toBe(failed);
    expect(await copy({ CopySourceIfUnmodifiedSince: new Date(0) })).toBe(failed);
    expect(await copy({ CopySourceIfMatch: ETag, CopySourceIfUnmodifiedSince: new Date(0) })).toBe(done);
    expect(await copy({ CopySourceIfNoneMatch: '"other"', CopySourceIfModifiedSince: later })).toBe(done);
  });

  test("an answer that nothing has changed says what has not", async () => {
    const { ETag } = await bucket.s3.send(
      new PutObjectCommand({ Bucket, Key: "k", Body: "x", CacheControl: "max-age=60" }),
    );
    for (const Command of [GetObjectCommand, HeadObjectCommand]) {
      const error = await bucket.s3
        .send(new Command({ Bucket, Key: "k", IfNoneMatch: ETag }))
        .then(() => undefined)
        .catch((thrown: { $response?: { headers: Record<string, string> } }) => thrown);
      expect(error?.$response?.headers).toMatchObject({ etag: ETag, "cache-control": "max-age=60" });
      expect(error?.$response?.headers["last-modified"]).toMatch(/GMT$/);
    }
  });
});
