import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { crc64nvme } from "./crc.ts";
import { Bucket, failure, s3Fixture, TRANSPORTS } from "./s3-fixture.ts";

const SMALLEST = 5 * 2 ** 20;
const FIRST = Buffer.alloc(SMALLEST, "a");
const LAST = Buffer.from("end");
const sha256 = (...pieces: Uint8Array[]) => {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
};

describe.each(TRANSPORTS)("%s", (transport) => {
  const bucket = s3Fixture(transport);

  const begin = async (members: object = {}) => {
    const { UploadId } = await bucket.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "k", ...members }));
    const target = { Bucket, Key: "k", UploadId };
    return {
      target,
      part: async (PartNumber: number, Body: Uint8Array, more: object = {}) => {
        const sent = await bucket.s3.send(new UploadPartCommand({ ...target, PartNumber, Body, ...more }));
        const { $metadata: _metadata, ...described } = sent;
        return { PartNumber, ...described };
      },
      complete: (Parts: readonly object[], more: object = {}) =>
        bucket.s3.send(
          new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts: [...Parts] }, ...more }),
        ),
    };
  };
  const head = () => bucket.s3.send(new HeadObjectCommand({ Bucket, Key: "k", ChecksumMode: "ENABLED" }));

  test("a composite checksum is that of the parts' checksums", async () => {
    const ChecksumAlgorithm: ChecksumAlgorithm = "SHA256";
    const upload = await begin({ ChecksumAlgorithm });
    const parts = [
      await upload.part(1, FIRST, { ChecksumAlgorithm }),
      await upload.part(2, LAST, { ChecksumAlgorithm }),
    ];
    const composite = `${sha256(sha256(FIRST), sha256(LAST)).toString("base64")}-2`;
    const listed = await bucket.s3.send(new ListPartsCommand(upload.target));
    expect(listed).toMatchObject({ ChecksumAlgorithm, ChecksumType: "COMPOSITE" });
    expect(listed.Parts?.map(({ ChecksumSHA256 }) => ChecksumSHA256)).toEqual(parts.map((part) => part.ChecksumSHA256));
    const without = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
    expect(await failure(upload.complete(without))).toBe("InvalidRequest 400");
    const other = [{ ...parts[0], ChecksumSHA256: parts[1]?.ChecksumSHA256 }, { ...parts[1] }];
    expect(await failure(upload.complete(other))).toBe("InvalidPart 400");
    const wrong = sha256(LAST).toString("base64");
    expect(await failure(upload.complete(parts, { ChecksumSHA256: wrong }))).toBe("BadDigest 400");
    expect(await failure(upload.complete(parts, { ChecksumType: "FULL_OBJECT" }))).toBe("InvalidRequest 400");
    expect(await failure(upload.complete(parts, { ChecksumCRC32: "AAAAAA==" }))).toBe("InvalidRequest 400");
    expect(await upload.complete(parts, { ChecksumSHA256: composite, MpuObjectSize: SMALLEST + 3 })).toMatchObject({
      ChecksumSHA256: composite,
      ChecksumType: "COMPOSITE",
    });
    expect(await head()).toMatchObject({ ChecksumSHA256: composite, ChecksumType: "COMPOSITE" });
  });

  test("a full checksum is that of all the bytes", async () => {
    const upload = await begin({ ChecksumAlgorithm: "CRC64NVME" });
    const parts = [await upload.part(1, FIRST, { ChecksumAlgorithm: "CRC64NVME" })];
    parts.push(await upload.part(2, LAST, { ChecksumAlgorithm: "CRC64NVME" }));
    const sum = Buffer.alloc(8);
    sum.writeBigUInt64BE(crc64nvme(LAST, crc64nvme(FIRST)));
    const full = sum.toString("base64");
    const bare = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
    expect(await failure(upload.complete(bare, { ChecksumCRC64NVME: "AAAAAAAAAAA=" }))).toBe("BadDigest 400");
    const expected = { ChecksumCRC64NVME: full, ChecksumType: "FULL_OBJECT" };
    expect(await upload.complete(bare, { ChecksumCRC64NVME: full, ChecksumType: "FULL_OBJECT" })).toMatchObject(
      expected,
    );
    expect(await head()).toMatchObject(expected);
  });

  test("an upload that names no algorithm has the default checksum", async () => {
    const upload = await begin();
    await upload.complete([await upload.part(1, LAST)]);
    expect(await head()).toMatchObject({ ChecksumType: "FULL_OBJECT", ChecksumCRC64NVME: expect.any(String) });
  });

  test.each([
    ["CRC32", "COMPOSITE"],
    ["CRC32C", "COMPOSITE"],
    ["CRC64NVME", "FULL_OBJECT"],
    ["SHA1", "COMPOSITE"],
    ["SHA512", "COMPOSITE"],
    ["XXHASH3", "COMPOSITE"],
  ] as const)("%s is %s unless asked otherwise", async (ChecksumAlgorithm, ChecksumType) => {
    const create = (more: object = {}) =>
      bucket.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "k", ChecksumAlgorithm, ...more }));
    expect(await create()).toMatchObject({ ChecksumAlgorithm, ChecksumType });
    const other = ChecksumType === "COMPOSITE" ? "FULL_OBJECT" : "COMPOSITE";
    const canBeOther = ChecksumAlgorithm === "CRC32" || ChecksumAlgorithm === "CRC32C";
    expect(await failure(create({ ChecksumType: other }))).toBe(canBeOther ? "no failure" : "InvalidRequest 400");
  });

  test("a part has its upload's algorithm", async () => {
    const upload = await begin({ ChecksumAlgorithm: "SHA256" });
    expect(await failure(upload.part(1, LAST, { ChecksumAlgorithm: "SHA1" }))).toBe("InvalidRequest 400");
    expect((await bucket.s3.send(new ListPartsCommand(upload.target))).Parts ?? []).toEqual([]);
  });

  test("an object of another size than was said is not made", async () => {
    const upload = await begin();
    const parts = [await upload.part(1, LAST)];
    expect(await failure(upload.complete(parts, { MpuObjectSize: 4 }))).toBe("InvalidRequest 400");
    expect(await failure(bucket.get("k"))).toBe("NoSuchKey 404");
    await upload.complete(parts, { MpuObjectSize: 3 });
    expect(await bucket.get("k")).toBe("end");
  });

  test("a completion whose answer was lost is repeated, also by a later process, and changes nothing", async () => {
    const upload = await begin();
    const parts = [await upload.part(1, LAST)];
    const first = await upload.complete(parts, { IfNoneMatch: "*" });
    expect((await upload.complete(parts, { IfNoneMatch: "*" })).ETag).toBe(first.ETag);
    await bucket.put("k", "newer");
    await bucket.reopen();
    expect((await upload.complete(parts, { IfNoneMatch: "*" })).ETag).toBe(first.ETag);
    expect(await bucket.get("k")).toBe("newer");
    const other = [{ PartNumber: 1, ETag: '"d41d8cd98f00b204e9800998ecf8427e"' }];
    expect(await failure(upload.complete(other))).toBe("NoSuchUpload 404");
    expect(await failure(upload.part(2, LAST))).toBe("NoSuchUpload 404");
    const uploads = await bucket.s3.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(uploads.Uploads ?? []).toEqual([]);
  });

  test("some of the parts make an object, and a part that was sent again counts as it came last", async () => {
    const upload = await begin();
    const first = await upload.part(1, FIRST);
    await upload.part(2, Buffer.from("never"));
    const old = await upload.part(4, Buffer.from("old"));
    const last = await upload.part(4, Buffer.from("new"));
    expect(await failure(upload.complete([first, old]))).toBe("InvalidPart 400");
    await upload.complete([first, last]);
    expect((await bucket.get("k"))?.slice(-4)).toBe("anew");
    expect((await head()).ContentLength).toBe(SMALLEST + 3);
    expect(readdirSync(join(bucket.dir, "s3-parts"))).toEqual([]);
  });

  test("an upload goes on in a later process", async () => {
    const upload = await begin();
    const first = await upload.part(1, FIRST);
    await bucket.reopen();
    await upload.complete([first, await upload.part(2, LAST)]);
    expect((await head()).ContentLength).toBe(SMALLEST + 3);
  });

  test("a copied part has a range that fits its source", async () => {
    await bucket.put("source", "0123456789");
    const { target } = await begin({ ChecksumAlgorithm: "SHA256" });
    const copy = (CopySourceRange?: string) =>
      bucket.s3.send(
        new UploadPartCopyCommand({
          ...target,
          PartNumber: 1,
          CopySource: `${Bucket}/source`,
          ...(CopySourceRange && { CopySourceRange }),
        }),
      );
    for (const range of ["bytes=0-10", "bytes=10-10", "bytes=5-20"]) {
      expect([range, await failure(copy(range))]).toEqual([range, "InvalidRange 416"]);
    }
    for (const range of ["bytes=0-", "bytes=-3", "bytes=3-2", "bytes=a-b", "0-1", "bytes=0-1,3-4"]) {
      expect([range, await failure(copy(range))]).toEqual([range, "InvalidArgument 400"]);
    }
    expect((await bucket.s3.send(new ListPartsCommand(target))).Parts ?? []).toEqual([]);
    const copied = await copy("bytes=0-9");
    expect(copied.CopyPartResult?.ChecksumSHA256).toBe(sha256(Buffer.from("0123456789")).toString("base64"));
  });

  test("uploads are listed by pages, prefixes and common prefixes", async () => {
    const ids: (string | undefined)[] = [];
    for (const Key of ["a/1", "a/2", "b", "b", "c"]) {
      ids.push((await bucket.s3.send(new CreateMultipartUploadCommand({ Bucket, Key }))).UploadId);
    }
    const list = (members: object) => bucket.s3.send(new ListMultipartUploadsCommand({ Bucket, ...members }));
    const first = await list({ Delimiter: "/", MaxUploads: 2 });
    expect(first.CommonPrefixes).toEqual([{ Prefix: "a/" }]);
    expect(first.Uploads?.map(({ Key }) => Key)).toEqual(["b"]);
    expect(first.IsTruncated).toBe(true);
    const rest = await list({
      Delimiter: "/",
      KeyMarker: first.NextKeyMarker,
      UploadIdMarker: first.NextUploadIdMarker,
    });
    expect(rest.Uploads?.map(({ Key }) => Key)).toEqual(["b", "c"]);
    const all = [...(first.Uploads ?? []), ...(rest.Uploads ?? [])].map(({ UploadId }) => UploadId);
    expect(all.sort()).toEqual(ids.slice(2).sort());
    expect((await list({ Prefix: "a/" })).Uploads?.length).toBe(2);
    expect((await list({ KeyMarker: "b" })).Uploads?.map(({ Key }) => Key)).toEqual(["c"]);
    await bucket.s3.send(new AbortMultipartUploadCommand({ Bucket, Key: "c", UploadId: ids[4] }));
    expect((await list({ KeyMarker: "b" })).Uploads ?? []).toEqual([]);
  });

  test("parts are listed by pages", async () => {
    const upload = await begin();
    for (const number of [3, 1, 7]) await upload.part(number, LAST);
    const first = await bucket.s3.send(new ListPartsCommand({ ...upload.target, MaxParts: 2 }));
    expect([first.Parts?.map(({ PartNumber }) => PartNumber), first.IsTruncated]).toEqual([[1, 3], true]);
    const PartNumberMarker = first.NextPartNumberMarker;
    const second = await bucket.s3.send(new ListPartsCommand({ ...upload.target, PartNumberMarker }));
    expect([second.Parts?.map(({ PartNumber }) => PartNumber), second.IsTruncated]).toEqual([[7], false]);
  });

  test("uploads end with their bucket", async () => {
    const { target, part } = await begin();
    await part(1, LAST);
    const ended = await begin();
    const parts = [await ended.part(1, LAST)];
    await ended.complete(parts);
    await bucket.s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    await bucket.s3.send(new DeleteBucketCommand({ Bucket }));
    await bucket.s3.send(new CreateBucketCommand({ Bucket }));
    expect(await failure(bucket.s3.send(new ListPartsCommand(target)))).toBe("NoSuchUpload 404");
    expect(await failure(ended.complete(parts))).toBe("NoSuchUpload 404");
    expect(readdirSync(join(bucket.dir, "s3-parts"))).toEqual([]);
  });
});
