import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { Bucket, failure, s3Fixture, TRANSPORTS } from "./s3-fixture.ts";

describe.each(TRANSPORTS)("%s", (transport) => {
  const bucket = s3Fixture(transport);
  const { put, get } = bucket;

  test("an object is a plain file, and comes back with its headers and metadata", async () => {
    const answer = await bucket.s3.send(
      new PutObjectCommand({
        Bucket,
        Key: "pool/main/m/muster_1.0_amd64.deb",
        Body: "bytes",
        ContentType: "application/vnd.debian.binary-package",
        CacheControl: "max-age=60",
        Metadata: { version: "1.0", who: "Grüße" },
      }),
    );
    expect(readFileSync(join(bucket.dir, "s3", Bucket, "pool/main/m/muster_1.0_amd64.deb"), "utf8")).toBe("bytes");
    expect(answer.ETag).toBe(`"${createHash("md5").update("bytes").digest("hex")}"`);
    const read = await bucket.s3.send(new GetObjectCommand({ Bucket, Key: "pool/main/m/muster_1.0_amd64.deb" }));
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
    await bucket.s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "bytes" }));
    const version = (VersionId: string) => bucket.s3.send(new GetObjectCommand({ Bucket, Key: "k", VersionId }));
    expect(await (await version("null")).Body?.transformToString()).toBe("bytes");
    expect(await failure(version("3HL4kqtJlcpXroDTDmJ"))).toBe("NoSuchVersion 404");
  });

  test("an object larger than any buffer goes in and comes out as a stream, with its checksum", async () => {
    const bytes = randomBytes(3_000_000);
    const chunks = Array.from({ length: 30 }, (_, index) => bytes.subarray(index * 100_000, (index + 1) * 100_000));
    await bucket.s3.send(
      new PutObjectCommand({ Bucket, Key: "large", Body: Readable.from(chunks), ContentLength: bytes.length }),
    );
    const read = await bucket.s3.send(new GetObjectCommand({ Bucket, Key: "large", ChecksumMode: "ENABLED" }));
    expect(Buffer.compare(Buffer.from((await read.Body?.transformToByteArray()) ?? []), bytes)).toBe(0);
    expect(read.ChecksumCRC32).toMatch(/=$/);
    const range = await bucket.s3.send(new GetObjectCommand({ Bucket, Key: "large", Range: "bytes=1000000-1999999" }));
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
      const refused = bucket.s3.send(
        new PutObjectCommand({ Bucket, Key: "k", Body: "x", [`Checksum${algorithm}`]: wrong }),
      );
      expect(await failure(refused)).toBe("BadDigest 400");
      expect(await failure(bucket.s3.send(new HeadObjectCommand({ Bucket, Key: "k" })))).toBe("NotFound 404");
      expect(readdirSync(join(bucket.dir, "s3-incoming"))).toEqual([]);
    },
  );

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
    const listed = await bucket.s3.send(new ListObjectsV2Command({ Bucket, EncodingType: "url" }));
    const sorted = [...keys].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
    expect(listed.Contents?.map((object) => decodeURIComponent(object.Key ?? ""))).toEqual(sorted);
    for (const key of keys) await bucket.s3.send(new DeleteObjectCommand({ Bucket, Key: key }));
    expect((await bucket.s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    expect(readdirSync(join(bucket.dir, "s3", Bucket))).toEqual([]);
  });

  test("a file that is put into the bucket's folder by hand is an object, and so is one that is replaced", async () => {
    mkdirSync(join(bucket.dir, "s3", Bucket, "site"));
    writeFileSync(join(bucket.dir, "s3", Bucket, "site", "index.html"), "<p>hand-made</p>");
    const head = await bucket.s3.send(new HeadObjectCommand({ Bucket, Key: "site/index.html" }));
    expect(head).toMatchObject({ ContentType: "text/html", ContentLength: 16 });
    await bucket.s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "old", Metadata: { made: "by API" } }));
    writeFileSync(join(bucket.dir, "s3", Bucket, "k"), "longer than before");
    const replaced = await bucket.s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
    expect(replaced.ETag).toBe(`"${createHash("md5").update("longer than before").digest("hex")}"`);
    expect(replaced.Metadata).toEqual({});
  });
});
