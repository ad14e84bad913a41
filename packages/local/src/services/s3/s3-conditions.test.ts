import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
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
});
