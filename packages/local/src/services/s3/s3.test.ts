import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  paginateListObjectsV2,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLocalAws, type LocalAws } from "../../local-aws.ts";

const Bucket = "releases";

let dir: string;
let aws: LocalAws;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "s3-test-"));
  aws = createLocalAws({ dir });
});

afterEach(async () => {
  await aws.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Each promise is kept in process and over a socket: transport must not matter. */
describe.each(["in process", "over a socket"])("%s", (transport) => {
  let s3: S3Client;

  beforeEach(async () => {
    const { requestHandler, ...config } = aws.clientConfig();
    s3 = new S3Client(
      transport === "in process" ? { ...config, requestHandler } : { ...config, endpoint: (await aws.listen()).url },
    );
    await s3.send(new CreateBucketCommand({ Bucket }));
  });
  afterEach(() => s3.destroy());

  const put = (Key: string, Body: string | Uint8Array = "x") => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  const get = async (Key: string) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => "no failure",
      (error: { name: string; $metadata?: { httpStatusCode?: number } }) =>
        `${error.name} ${error.$metadata?.httpStatusCode}`,
    );

  test("an object is a plain file, and comes back with its headers and metadata", async () => {
    const answer = await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: "pool/main/m/muster_1.0_amd64.deb",
        Body: "bytes",
        ContentType: "application/vnd.debian.binary-package",
        CacheControl: "max-age=60",
        Metadata: { version: "1.0", who: "Grüße" },
      }),
    );
    expect(readFileSync(join(dir, "s3", Bucket, "pool/main/m/muster_1.0_amd64.deb"), "utf8")).toBe("bytes");
    expect(answer.ETag).toBe(`"${createHash("md5").update("bytes").digest("hex")}"`);
    const read = await s3.send(new GetObjectCommand({ Bucket, Key: "pool/main/m/muster_1.0_amd64.deb" }));
    expect(await read.Body?.transformToString()).toBe("bytes");
    expect(read).toMatchObject({
      ContentType: "application/vnd.debian.binary-package",
      CacheControl: "max-age=60",
      ContentLength: 5,
      ETag: answer.ETag,
      Metadata: { version: "1.0" },
    });
  });

  test("an object has the null version and no other", async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "bytes" }));
    const version = (VersionId: string) => s3.send(new GetObjectCommand({ Bucket, Key: "k", VersionId }));
    expect(await (await version("null")).Body?.transformToString()).toBe("bytes");
    expect(await failure(version("3HL4kqtJlcpXroDTDmJ"))).toBe("NoSuchVersion 404");
  });

  test("an object larger than any buffer goes in and comes out as a stream, with its checksum", async () => {
    const bytes = randomBytes(3_000_000);
    const chunks = Array.from({ length: 30 }, (_, index) => bytes.subarray(index * 100_000, (index + 1) * 100_000));
    await s3.send(
      new PutObjectCommand({ Bucket, Key: "large", Body: Readable.from(chunks), ContentLength: bytes.length }),
    );
    const read = await s3.send(new GetObjectCommand({ Bucket, Key: "large", ChecksumMode: "ENABLED" }));
    expect(Buffer.compare(Buffer.from((await read.Body?.transformToByteArray()) ?? []), bytes)).toBe(0);
    expect(read.ChecksumCRC32).toMatch(/=$/);
    const range = await s3.send(new GetObjectCommand({ Bucket, Key: "large", Range: "bytes=1000000-1999999" }));
    expect(range.ContentRange).toBe("bytes 1000000-1999999/3000000");
    expect(
      Buffer.compare(Buffer.from((await range.Body?.transformToByteArray()) ?? []), bytes.subarray(1e6, 2e6)),
    ).toBe(0);
  });

  test.each(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const)(
    "a body that does not fit its %s is refused",
    async (algorithm) => {
      const wrong = Buffer.alloc({ CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 }[algorithm], 1).toString(
        "base64",
      );
      const refused = s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", [`Checksum${algorithm}`]: wrong }));
      expect(await failure(refused)).toBe("BadDigest 400");
      expect(await failure(s3.send(new HeadObjectCommand({ Bucket, Key: "k" })))).toBe("NotFound 404");
      expect(readdirSync(join(dir, "s3-incoming"))).toEqual([]);
    },
  );

  test("If-None-Match lets the first writer win and no other", async () => {
    const write = (Body: string) => s3.send(new PutObjectCommand({ Bucket, Key: "lease", Body, IfNoneMatch: "*" }));
    const results = await Promise.all(["a", "b", "c"].map((body) => failure(write(body))));
    expect(results.sort()).toEqual(["PreconditionFailed 412", "PreconditionFailed 412", "no failure"]);
  });

  test("If-Match writes only over the very object that was read", async () => {
    const first = await put("lease", "1");
    const second = await s3.send(new PutObjectCommand({ Bucket, Key: "lease", Body: "2", IfMatch: first.ETag }));
    const write = (IfMatch?: string, Key = "lease") =>
      s3.send(new PutObjectCommand({ Bucket, Key, Body: "3", ...(IfMatch && { IfMatch }) }));
    expect(await failure(write(first.ETag))).toBe("PreconditionFailed 412");
    expect(await failure(write(second.ETag, "absent"))).toBe("NoSuchKey 404");
    expect(await get("lease")).toBe("2");
  });

  test("conditional reads answer 304 and 412 as AWS does", async () => {
    const { ETag } = await put("k");
    const read = (conditions: object) => failure(s3.send(new GetObjectCommand({ Bucket, Key: "k", ...conditions })));
    expect(await read({ IfNoneMatch: ETag })).toMatch(/304$/);
    expect(await read({ IfMatch: '"other"' })).toBe("PreconditionFailed 412");
    expect(await read({ IfModifiedSince: new Date(Date.now() + 60_000) })).toMatch(/304$/);
    expect(await read({ IfUnmodifiedSince: new Date(0) })).toBe("PreconditionFailed 412");
    expect(await read({ IfMatch: ETag, IfUnmodifiedSince: new Date(0) })).toBe("no failure");
  });

  test("ranges: first bytes, last bytes, and none that would satisfy", async () => {
    await put("k", "0123456789");
    const read = async (Range: string) =>
      (await s3.send(new GetObjectCommand({ Bucket, Key: "k", Range }))).Body?.transformToString();
    expect(await read("bytes=2-4")).toBe("234");
    expect(await read("bytes=-3")).toBe("789");
    expect(await read("bytes=8-")).toBe("89");
    expect(await failure(s3.send(new GetObjectCommand({ Bucket, Key: "k", Range: "bytes=10-" })))).toBe(
      "InvalidRange 416",
    );
  });

  test("keys that cannot be file names are kept apart and come back as they were", async () => {
    const keys = [
      "a",
      "a/b",
      "a/b/c",
      "a//b",
      "folder/",
      "/lead",
      ".",
      "..",
      "../up",
      "100%",
      "%25",
      "%",
      "ü/é",
      "x".repeat(900),
      "sp ace+plus&amp",
      "line\nbreak",
    ];
    for (const key of keys) await put(key, `of ${key}`);
    for (const key of keys) expect(await get(key)).toBe(`of ${key}`);
    const listed = await s3.send(new ListObjectsV2Command({ Bucket, EncodingType: "url" }));
    const sorted = [...keys].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
    expect(listed.Contents?.map((object) => decodeURIComponent(object.Key ?? ""))).toEqual(sorted);
    for (const key of keys) await s3.send(new DeleteObjectCommand({ Bucket, Key: key }));
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    expect(readdirSync(join(dir, "s3", Bucket))).toEqual([]);
  });

  test("a file that is put into the bucket's folder by hand is an object, and so is one that is replaced", async () => {
    mkdirSync(join(dir, "s3", Bucket, "site"));
    writeFileSync(join(dir, "s3", Bucket, "site", "index.html"), "<p>hand-made</p>");
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "site/index.html" }));
    expect(head).toMatchObject({ ContentType: "text/html", ContentLength: 16 });
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "old", Metadata: { made: "by API" } }));
    writeFileSync(join(dir, "s3", Bucket, "k"), "longer than before");
    const replaced = await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
    expect(replaced.ETag).toBe(`"${createHash("md5").update("longer than before").digest("hex")}"`);
    expect(replaced.Metadata).toEqual({});
  });

  test("listing pages through prefixes and common prefixes in byte order", async () => {
    for (const key of ["a-1", "a/1", "a/2", "a/b/3", "a0", "b/1", "c"]) await put(key);
    const pages = [];
    for await (const page of paginateListObjectsV2({ client: s3, pageSize: 2 }, { Bucket, Delimiter: "/" })) {
      pages.push([
        ...(page.Contents ?? []).map(({ Key }) => Key),
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
      ]);
    }
    expect(pages).toEqual([["a-1", "a/"], ["a0", "b/"], ["c"]]);
    const below = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "a/", Delimiter: "/" }));
    expect(below.Contents?.map(({ Key }) => Key)).toEqual(["a/1", "a/2"]);
    expect(below.CommonPrefixes).toEqual([{ Prefix: "a/b/" }]);
    const after = await s3.send(new ListObjectsV2Command({ Bucket, StartAfter: "a/2" }));
    expect(after.Contents?.map(({ Key }) => Key)).toEqual(["a/b/3", "a0", "b/1", "c"]);
    const old = await s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 3, Delimiter: "/" }));
    expect(old).toMatchObject({ IsTruncated: true, NextMarker: "a0" });
  });

  test("multipart: parts in any order, one object with AWS's ETag", async () => {
    const first = randomBytes(5 * 2 ** 20);
    const last = randomBytes(1000);
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "big", Metadata: { a: "b" } }));
    const second = await s3.send(new UploadPartCommand({ Bucket, Key: "big", UploadId, PartNumber: 2, Body: last }));
    const one = await s3.send(new UploadPartCommand({ Bucket, Key: "big", UploadId, PartNumber: 1, Body: first }));
    const { Parts } = await s3.send(new ListPartsCommand({ Bucket, Key: "big", UploadId }));
    expect(Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, first.length],
      [2, 1000],
    ]);
    const parts = [
      { PartNumber: 1, ETag: one.ETag },
      { PartNumber: 2, ETag: second.ETag },
    ];
    const complete = (Parts: object[]) =>
      s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: "big", UploadId, MultipartUpload: { Parts } }));
    expect(await failure(complete([...parts].reverse()))).toBe("InvalidPartOrder 400");
    expect(await failure(complete([{ PartNumber: 3, ETag: one.ETag }]))).toBe("InvalidPart 400");
    const digest = (bytes: Uint8Array) => createHash("md5").update(bytes).digest();
    const etag = createHash("md5")
      .update(Buffer.concat([digest(first), digest(last)]))
      .digest("hex");
    expect((await complete(parts)).ETag).toBe(`"${etag}-2"`);
    const read = await s3.send(new GetObjectCommand({ Bucket, Key: "big" }));
    expect(read.Metadata).toEqual({ a: "b" });
    expect(
      Buffer.compare(Buffer.from((await read.Body?.transformToByteArray()) ?? []), Buffer.concat([first, last])),
    ).toBe(0);
    expect(await failure(complete(parts))).toBe("NoSuchUpload 404");
    expect(readdirSync(join(dir, "s3-parts"))).toEqual([]);
  });

  test("a multipart upload's small part is refused, a copied part and an abort work", async () => {
    await put("source", "0123456789");
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "m" }));
    const target = { Bucket, Key: "m", UploadId };
    const copied = await s3.send(
      new UploadPartCopyCommand({
        ...target,
        PartNumber: 1,
        CopySource: `${Bucket}/source`,
        CopySourceRange: "bytes=2-5",
      }),
    );
    const part = await s3.send(new UploadPartCommand({ ...target, PartNumber: 2, Body: "end" }));
    const Parts = [
      { PartNumber: 1, ETag: copied.CopyPartResult?.ETag },
      { PartNumber: 2, ETag: part.ETag },
    ];
    expect(await failure(s3.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts } })))).toBe(
      "EntityTooSmall 400",
    );
    await s3.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts: Parts.slice(0, 1) } }));
    expect(await get("m")).toBe("2345");
    const other = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "n" }));
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: "n", UploadId: other.UploadId }));
    expect(await failure(s3.send(new ListPartsCommand({ Bucket, Key: "n", UploadId: other.UploadId })))).toBe(
      "NoSuchUpload 404",
    );
  });

  test("copies keep or replace metadata, within and between buckets", async () => {
    await s3.send(new CreateBucketCommand({ Bucket: "second" }));
    await s3.send(
      new PutObjectCommand({ Bucket, Key: "von/ä b", Body: "x", ContentType: "text/plain", Metadata: { a: "1" } }),
    );
    const CopySource = `${Bucket}/${encodeURIComponent("von/ä b")}`;
    await s3.send(new CopyObjectCommand({ Bucket: "second", Key: "k", CopySource }));
    expect(await s3.send(new HeadObjectCommand({ Bucket: "second", Key: "k" }))).toMatchObject({
      ContentType: "text/plain",
      Metadata: { a: "1" },
    });
    await s3.send(
      new CopyObjectCommand({
        Bucket: "second",
        Key: "k",
        CopySource,
        MetadataDirective: "REPLACE",
        Metadata: { b: "2" },
      }),
    );
    expect((await s3.send(new HeadObjectCommand({ Bucket: "second", Key: "k" }))).Metadata).toEqual({ b: "2" });
    expect(await failure(s3.send(new CopyObjectCommand({ Bucket: "second", Key: "k", CopySource: "second/k" })))).toBe(
      "InvalidRequest 400",
    );
    expect(await failure(s3.send(new CopyObjectCommand({ Bucket, Key: "k", CopySource: "second/none" })))).toBe(
      "NoSuchKey 404",
    );
  });

  test("many objects are deleted at once, and what was not there is deleted too", async () => {
    for (const key of ["a", "b/c"]) await put(key);
    const answer = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "a" }, { Key: "b/c" }, { Key: "none" }] } }),
    );
    expect(answer.Deleted?.map(({ Key }) => Key)).toEqual(["a", "b/c", "none"]);
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  });

  test("what this S3 does not do is said by name", async () => {
    const acl = s3.send(new GetBucketAclCommand({ Bucket }));
    expect(await failure(acl)).toBe("NotImplemented 501");
    await expect(acl).rejects.toThrow("The local S3 does not implement ?acl");
    const versioning = new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
    expect(await failure(s3.send(versioning))).toBe("NotImplemented 501");
  });

  test("tags and attributes", async () => {
    await put("k", "abc");
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key: "k", Tagging: { TagSet: [{ Key: "a", Value: "<1>" }] } }));
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "k" }))).TagSet).toEqual([
      { Key: "a", Value: "<1>" },
    ]);
    expect(await get("k")).toBe("abc");
    const attributes = await s3.send(
      new GetObjectAttributesCommand({ Bucket, Key: "k", ObjectAttributes: ["ETag", "ObjectSize"] }),
    );
    expect(attributes).toMatchObject({ ObjectSize: 3, ETag: createHash("md5").update("abc").digest("hex") });
  });

  test("buckets are made, listed, found and only deleted when empty", async () => {
    expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual([Bucket]);
    expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe("us-west-2");
    expect(await failure(s3.send(new CreateBucketCommand({ Bucket })))).toBe("BucketAlreadyOwnedByYou 409");
    expect(await failure(s3.send(new CreateBucketCommand({ Bucket: "No_Bucket" })))).toBe("InvalidBucketName 400");
    expect(await failure(s3.send(new HeadBucketCommand({ Bucket: "none" })))).toBe("NotFound 404");
    expect(await failure(s3.send(new ListObjectsV2Command({ Bucket: "none" })))).toBe("NoSuchBucket 404");
    await put("k");
    expect(await failure(s3.send(new DeleteBucketCommand({ Bucket })))).toBe("BucketNotEmpty 409");
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    await s3.send(new DeleteBucketCommand({ Bucket }));
    expect(await failure(s3.send(new HeadBucketCommand({ Bucket })))).toBe("NotFound 404");
  });
});
