import { createHash, randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { Bucket, failure, s3Fixture, TRANSPORTS } from "./s3-fixture.ts";

describe.each(TRANSPORTS)("%s", (transport) => {
  const bucket = s3Fixture(transport);
  const { put, get } = bucket;

  test("multipart: parts in any order, one object with AWS's ETag", async () => {
    const first = randomBytes(5 * 2 ** 20);
    const last = randomBytes(1000);
    const { UploadId } = await bucket.s3.send(
      new CreateMultipartUploadCommand({ Bucket, Key: "big", Metadata: { a: "b" } }),
    );
    const second = await bucket.s3.send(
      new UploadPartCommand({ Bucket, Key: "big", UploadId, PartNumber: 2, Body: last }),
    );
    const one = await bucket.s3.send(
      new UploadPartCommand({ Bucket, Key: "big", UploadId, PartNumber: 1, Body: first }),
    );
    const { Parts } = await bucket.s3.send(new ListPartsCommand({ Bucket, Key: "big", UploadId }));
    expect(Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, first.length],
      [2, 1000],
    ]);
    const parts = [
      { PartNumber: 1, ETag: one.ETag },
      { PartNumber: 2, ETag: second.ETag },
    ];
    const complete = (Parts: object[]) =>
      bucket.s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: "big", UploadId, MultipartUpload: { Parts } }));
    expect(await failure(complete([...parts].reverse()))).toBe("InvalidPartOrder 400");
    expect(await failure(complete([{ PartNumber: 3, ETag: one.ETag }]))).toBe("InvalidPart 400");
    const digest = (bytes: Uint8Array) => createHash("md5").update(bytes).digest();
    const etag = createHash("md5")
      .update(Buffer.concat([digest(first), digest(last)]))
      .digest("hex");
    expect((await complete(parts)).ETag).toBe(`"${etag}-2"`);
    const read = await bucket.s3.send(new GetObjectCommand({ Bucket, Key: "big" }));
    expect(read.Metadata).toEqual({ a: "b" });
    expect(
      Buffer.compare(Buffer.from((await read.Body?.transformToByteArray()) ?? []), Buffer.concat([first, last])),
    ).toBe(0);
    expect((await complete(parts)).ETag).toBe(`"${etag}-2"`);
    expect(await failure(complete(parts.slice(0, 1)))).toBe("NoSuchUpload 404");
    expect(readdirSync(join(bucket.dir, "s3-parts"))).toEqual([]);
  });

  test("a multipart upload's small part is refused, a copied part and an abort work", async () => {
    await put("source", "0123456789");
    const { UploadId } = await bucket.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "m" }));
    const target = { Bucket, Key: "m", UploadId };
    const copied = await bucket.s3.send(
      new UploadPartCopyCommand({
        ...target,
        PartNumber: 1,
        CopySource: `${Bucket}/source`,
        CopySourceRange: "bytes=2-5",
      }),
    );
    const part = await bucket.s3.send(new UploadPartCommand({ ...target, PartNumber: 2, Body: "end" }));
    const Parts = [
      { PartNumber: 1, ETag: copied.CopyPartResult?.ETag },
      { PartNumber: 2, ETag: part.ETag },
    ];
    expect(
      await failure(bucket.s3.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts } }))),
    ).toBe("EntityTooSmall 400");
    await bucket.s3.send(
      new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts: Parts.slice(0, 1) } }),
    );
    expect(await get("m")).toBe("2345");
    const other = await bucket.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "n" }));
    await bucket.s3.send(new AbortMultipartUploadCommand({ Bucket, Key: "n", UploadId: other.UploadId }));
    expect(await failure(bucket.s3.send(new ListPartsCommand({ Bucket, Key: "n", UploadId: other.UploadId })))).toBe(
      "NoSuchUpload 404",
    );
  });

  test("copies keep or replace metadata, within and between buckets", async () => {
    await bucket.s3.send(new CreateBucketCommand({ Bucket: "second" }));
    await bucket.s3.send(
      new PutObjectCommand({ Bucket, Key: "von/ä b", Body: "x", ContentType: "text/plain", Metadata: { a: "1" } }),
    );
    const CopySource = `${Bucket}/${encodeURIComponent("von/ä b")}`;
    await bucket.s3.send(new CopyObjectCommand({ Bucket: "second", Key: "k", CopySource }));
    expect(await bucket.s3.send(new HeadObjectCommand({ Bucket: "second", Key: "k" }))).toMatchObject({
      ContentType: "text/plain",
      Metadata: { a: "1" },
    });
    await bucket.s3.send(
      new CopyObjectCommand({
        Bucket: "second",
        Key: "k",
        CopySource,
        MetadataDirective: "REPLACE",
        Metadata: { b: "2" },
      }),
    );
    expect((await bucket.s3.send(new HeadObjectCommand({ Bucket: "second", Key: "k" }))).Metadata).toEqual({ b: "2" });
    expect(
      await failure(bucket.s3.send(new CopyObjectCommand({ Bucket: "second", Key: "k", CopySource: "second/k" }))),
    ).toBe("InvalidRequest 400");
    expect(await failure(bucket.s3.send(new CopyObjectCommand({ Bucket, Key: "k", CopySource: "second/none" })))).toBe(
      "NoSuchKey 404",
    );
  });
});
