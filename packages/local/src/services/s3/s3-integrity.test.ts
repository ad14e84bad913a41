import { createHash } from "node:crypto";
import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { localAwsFixture } from "../../local-aws-fixture.ts";
import { Bucket, failure, s3Fixture, TRANSPORTS } from "./s3-fixture.ts";

/** Checksums of `abc`, by other programs than this one. */
const ABC = {
  CRC32: "NSRBwg==",
  CRC32C: "Nks/tw==",
  CRC64NVME: "BeXKuz/B+us=",
  SHA1: "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=",
  SHA256: "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
  SHA512: createHash("sha512").update("abc").digest("base64"),
  MD5: "kAFQmDzST7DWlj99KOF/cg==",
  XXHASH64: "RLws9a13CZk=",
  XXHASH3: "eK9flIkvOVA=",
  XXHASH128: "BrBatnM6YYV4r1+UiS85UA==",
} as const;

describe.each(TRANSPORTS)("%s", (transport) => {
  const bucket = s3Fixture(transport);
  const put = (members: object) => bucket.s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "abc", ...members }));

  test.each(Object.entries(ABC))("%s is checked, kept and given back", async (algorithm, digest) => {
    const member = `Checksum${algorithm}`;
    expect(await put({ [member]: digest })).toMatchObject({ [member]: digest, ChecksumType: "FULL_OBJECT" });
    const wrong = Buffer.alloc(Buffer.from(digest, "base64").length, 7).toString("base64");
    expect(await failure(put({ [member]: wrong, Body: "other" }))).toBe("BadDigest 400");
    expect(await failure(put({ [member]: "bad", Body: "other" }))).toBe("InvalidRequest 400");
    const head = await bucket.s3.send(new HeadObjectCommand({ Bucket, Key: "k", ChecksumMode: "ENABLED" }));
    expect(head).toMatchObject({ [member]: digest, ChecksumType: "FULL_OBJECT", ContentLength: 3 });
    expect(await bucket.s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).not.toHaveProperty(member);
    const listed = await bucket.s3.send(new ListObjectsV2Command({ Bucket }));
    expect(listed.Contents).toMatchObject([{ ChecksumAlgorithm: [algorithm], ChecksumType: "FULL_OBJECT" }]);
    const copied = await bucket.s3.send(new CopyObjectCommand({ Bucket, Key: "c", CopySource: `${Bucket}/k` }));
    expect(copied.CopyObjectResult).toMatchObject({ [member]: digest });
  });

  test("a copy has the checksum that is asked for", async () => {
    await put({ ChecksumSHA1: ABC.SHA1 });
    const copy = { Bucket, Key: "c", CopySource: `${Bucket}/k` };
    const copied = await bucket.s3.send(new CopyObjectCommand({ ...copy, ChecksumAlgorithm: "SHA256" }));
    expect(copied.CopyObjectResult).toMatchObject({ ChecksumSHA256: ABC.SHA256 });
    const head = await bucket.s3.send(new HeadObjectCommand({ Bucket, Key: "c", ChecksumMode: "ENABLED" }));
    expect(head).toMatchObject({ ChecksumSHA256: ABC.SHA256 });
    expect(head.ChecksumSHA1).toBeUndefined();
  });

  test("a range of an object has no checksum", async () => {
    await put({ ChecksumSHA1: ABC.SHA1 });
    const read = await bucket.s3.send(
      new GetObjectCommand({ Bucket, Key: "k", Range: "bytes=0-1", ChecksumMode: "ENABLED" }),
    );
    expect([await read.Body?.transformToString(), read.ChecksumSHA1]).toEqual(["ab", undefined]);
  });

  test("Content-MD5 is checked, and refused where it is none", async () => {
    expect(await failure(put({ ContentMD5: ABC.MD5 }))).toBe("no failure");
    expect(await failure(put({ ContentMD5: ABC.MD5, Body: "other" }))).toBe("BadDigest 400");
    for (const ContentMD5 of ["bad", "YWJj", "x".repeat(24), `${ABC.MD5}=`]) {
      expect([ContentMD5, await failure(put({ ContentMD5, Body: "other" }))]).toEqual([
        ContentMD5,
        "InvalidDigest 400",
      ]);
    }
    expect(await bucket.get("k")).toBe("abc");
  });

  test("one object has one checksum", async () => {
    const both = put({ ChecksumSHA1: ABC.SHA1, ChecksumSHA256: ABC.SHA256 });
    expect(await failure(both)).toBe("InvalidRequest 400");
  });

  test.each(["Grüße", "plain", "tab\tand ÿ"])("metadata comes back as it was: %j", async (value) => {
    // Node sends headers in the encoding of a body that is text; of one that is bytes it keeps out.
    await put({ Body: Buffer.from("abc"), Metadata: { who: value } });
    expect((await bucket.s3.send(new HeadObjectCommand({ Bucket, Key: "k" }))).Metadata).toEqual({ who: value });
    await bucket.s3.send(new CopyObjectCommand({ Bucket, Key: "c", CopySource: `${Bucket}/k` }));
    expect((await bucket.s3.send(new HeadObjectCommand({ Bucket, Key: "c" }))).Metadata).toEqual({ who: value });
  });
});

describe("bytes on the wire", () => {
  const local = localAwsFixture();
  const open = async () => {
    const { url } = await local.open({ dir: local.dir }).listen();
    await fetch(`${url}/bucket`, { method: "PUT" });
    return (headers: Record<string, string>, body = "abc") =>
      fetch(`${url}/bucket/k`, { method: "PUT", body, headers });
  };
  const codeOf = async (answer: Response) => `${answer.status} ${/<Code>(\w+)/.exec(await answer.text())?.[1] ?? ""}`;

  test("x-amz-content-sha256 is checked where it is one", async () => {
    const put = await open();
    const sha256 = createHash("sha256").update("abc").digest("hex");
    expect((await put({ "x-amz-content-sha256": sha256 })).status).toBe(200);
    expect(await codeOf(await put({ "x-amz-content-sha256": sha256 }, "other"))).toBe("400 XAmzContentSHA256Mismatch");
    expect((await put({ "x-amz-content-sha256": "UNSIGNED-PAYLOAD" })).status).toBe(200);
    expect(await codeOf(await put({ "x-amz-content-sha256": "none" }))).toBe("400 InvalidArgument");
  });

  test("without a checksum the default one is computed", async () => {
    const put = await open();
    expect((await put({})).headers.get("x-amz-checksum-crc64nvme")).toBe(ABC.CRC64NVME);
  });

  test("an algorithm without a checksum is refused, and one that is another's", async () => {
    const put = await open();
    expect(await codeOf(await put({ "x-amz-sdk-checksum-algorithm": "SHA256" }))).toBe("400 InvalidRequest");
    const headers = { "x-amz-sdk-checksum-algorithm": "SHA256", "x-amz-checksum-sha1": ABC.SHA1 };
    expect(await codeOf(await put(headers))).toBe("400 InvalidRequest");
  });

  test("metadata in UTF-8 comes back by the same bytes, to clients of this process as they would get it from the wire", async () => {
    const put = await open();
    const utf8 = Buffer.from("Grüße, 世界 😀").toString("latin1");
    const answer = await put({ "x-amz-meta-who": utf8 });
    expect(answer.status).toBe(200);
    const read = await fetch(answer.url);
    expect(Buffer.from(read.headers.get("x-amz-meta-who") ?? "", "latin1").toString()).toBe("Grüße, 世界 😀");
  });
});
