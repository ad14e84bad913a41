import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { Bucket, failure, s3Fixture, TRANSPORTS } from "./s3-fixture.ts";

const SMALLEST = 5 * 2 ** 20;

describe.each(TRANSPORTS)("%s", (transport) => {
  const bucket = s3Fixture(transport);
  const read = (members: object) => bucket.s3.send(new GetObjectCommand({ Bucket, Key: "k", ...members }));
  const head = (members: object) => bucket.s3.send(new HeadObjectCommand({ Bucket, Key: "k", ...members }));

  const uploadParts = async (bodies: readonly Uint8Array[], numbers: readonly number[]) => {
    const { UploadId } = await bucket.s3.send(
      new CreateMultipartUploadCommand({ Bucket, Key: "k", ChecksumAlgorithm: "SHA256" }),
    );
    const Parts = [];
    for (const [index, Body] of bodies.entries()) {
      const PartNumber = numbers[index];
      const part = { Bucket, Key: "k", UploadId, PartNumber, Body, ChecksumAlgorithm: "SHA256" as const };
      const { ETag, ChecksumSHA256 } = await bucket.s3.send(new UploadPartCommand(part));
      Parts.push({ PartNumber, ETag, ChecksumSHA256 });
    }
    await bucket.s3.send(
      new CompleteMultipartUploadCommand({ Bucket, Key: "k", UploadId, MultipartUpload: { Parts } }),
    );
    return Parts;
  };

  test("an object is read part by part, each with its checksum", async () => {
    const parts = await uploadParts([Buffer.alloc(SMALLEST, "a"), Buffer.from("end")], [2, 5]);
    const last = await read({ PartNumber: 5, ChecksumMode: "ENABLED" });
    expect(await last.Body?.transformToString()).toBe("end");
    expect(last).toMatchObject({
      $metadata: { httpStatusCode: 206 },
      PartsCount: 2,
      ContentLength: 3,
      ContentRange: `bytes ${SMALLEST}-${SMALLEST + 2}/${SMALLEST + 3}`,
      ChecksumSHA256: parts[1]?.ChecksumSHA256,
      ChecksumType: "COMPOSITE",
    });
    expect(await head({ PartNumber: 2 })).toMatchObject({
      $metadata: { httpStatusCode: 206 },
      PartsCount: 2,
      ContentLength: SMALLEST,
    });
    expect(await failure(read({ PartNumber: 3 }))).toBe("InvalidPartNumber 416");
    expect(await failure(read({ PartNumber: 0 }))).toBe("InvalidArgument 400");
    expect(await failure(read({ PartNumber: 2, Range: "bytes=0-1" }))).toBe("InvalidRequest 400");
    expect((await head({})).PartsCount).toBeUndefined();
  });

  test("an object of one piece is its own first part, and has no other", async () => {
    await bucket.put("k", "abc");
    const first = await read({ PartNumber: 1 });
    expect(await first.Body?.transformToString()).toBe("abc");
    expect(first).toMatchObject({ $metadata: { httpStatusCode: 206 }, ContentRange: "bytes 0-2/3" });
    expect(first.PartsCount).toBeUndefined();
    expect(await failure(read({ PartNumber: 2 }))).toBe("InvalidPartNumber 416");
  });

  test("attributes: those that are asked for, parts by pages", async () => {
    const parts = await uploadParts(
      [Buffer.alloc(SMALLEST, "a"), Buffer.alloc(SMALLEST, "b"), Buffer.from("c")],
      [1, 2, 3],
    );
    const ask = (members: object) =>
      bucket.s3.send(
        new GetObjectAttributesCommand({ Bucket, Key: "k", ObjectAttributes: ["ObjectParts"], ...members }),
      );
    const first = await ask({ MaxParts: 2 });
    expect(first).toMatchObject({
      ObjectParts: {
        TotalPartsCount: 3,
        PartNumberMarker: "0",
        NextPartNumberMarker: "2",
        MaxParts: 2,
        IsTruncated: true,
        Parts: [
          { PartNumber: 1, Size: SMALLEST, ChecksumSHA256: parts[0]?.ChecksumSHA256 },
          { PartNumber: 2, Size: SMALLEST, ChecksumSHA256: parts[1]?.ChecksumSHA256 },
        ],
      },
    });
    expect([first.ETag, first.ObjectSize, first.Checksum, first.StorageClass]).toEqual(Array(4).fill(undefined));
    const second = await ask({ MaxParts: 2, PartNumberMarker: "2", ObjectAttributes: ["ObjectParts", "Checksum"] });
    expect(second.ObjectParts).toMatchObject({ IsTruncated: false, Parts: [{ PartNumber: 3, Size: 1 }] });
    expect(second.Checksum).toMatchObject({ ChecksumType: "COMPOSITE" });
    expect(second.Checksum?.ChecksumSHA256).toMatch(/-3$/);
    expect(await failure(ask({ ObjectAttributes: ["Colour"] }))).toBe("InvalidArgument 400");
    expect(await failure(ask({ MaxParts: -1 }))).toBe("InvalidArgument 400");
  });

  test("a read chooses the headers of its answer", async () => {
    await bucket.s3.send(
      new PutObjectCommand({ Bucket, Key: "k", Body: "x", ContentLanguage: "de", ContentType: "a/b" }),
    );
    const overrides = {
      ResponseCacheControl: "no-cache",
      ResponseContentDisposition: "attachment",
      ResponseContentEncoding: "identity",
      ResponseContentLanguage: "en",
      ResponseContentType: "text/plain",
      ResponseExpires: new Date(Date.UTC(2030, 0, 1)),
    };
    const expected = {
      CacheControl: "no-cache",
      ContentDisposition: "attachment",
      ContentEncoding: "identity",
      ContentLanguage: "en",
      ContentType: "text/plain",
      ExpiresString: "Tue, 01 Jan 2030 00:00:00 GMT",
    };
    expect(await read(overrides)).toMatchObject(expected);
    expect(await head(overrides)).toMatchObject(expected);
    expect(await head({})).toMatchObject({ ContentLanguage: "de", ContentType: "a/b" });
  });

  test("a range holds only for the object that it was asked of", async () => {
    const { ETag } = await bucket.put("k", "0123456789");
    const ask = async (condition: string) => {
      const { url } = await bucket.listen();
      const answer = await fetch(`${url}/${Bucket}/k`, { headers: { range: "bytes=2-3", "if-range": condition } });
      return [answer.status, await answer.text()];
    };
    expect(await ask(ETag ?? "")).toEqual([206, "23"]);
    expect(await ask('"other"')).toEqual([200, "0123456789"]);
    expect(await ask("Thu, 01 Jan 1970 00:00:00 GMT")).toEqual([200, "0123456789"]);
  });

  test("what is asked of the head is asked of a range too", async () => {
    await bucket.put("k", "0123456789");
    expect(await head({ Range: "bytes=-3" })).toMatchObject({
      $metadata: { httpStatusCode: 206 },
      ContentLength: 3,
      ContentRange: "bytes 7-9/10",
    });
    expect(await failure(head({ Range: "bytes=10-" }))).toMatch(/416$/);
  });
});
