import { ListObjectsCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { Bucket, failure, s3Fixture, TRANSPORTS } from "./s3-fixture.ts";

describe.each(TRANSPORTS)("%s", (transport) => {
  const bucket = s3Fixture(transport);
  const list = (members: object = {}) => bucket.s3.send(new ListObjectsV2Command({ Bucket, ...members }));
  const listOld = (members: object = {}) => bucket.s3.send(new ListObjectsCommand({ Bucket, ...members }));

  test("owners are told where they are asked for, and always by the first version of the operation", async () => {
    await bucket.put("k");
    expect((await list()).Contents?.[0]?.Owner).toBeUndefined();
    const owner = (await list({ FetchOwner: true })).Contents?.[0]?.Owner;
    expect(owner?.ID).toMatch(/^[0-9a-f]{64}$/);
    expect((await listOld()).Contents?.[0]?.Owner).toEqual(owner);
  });

  test("an empty delimiter is none", async () => {
    for (const key of ["a/1", "a/2"]) await bucket.put(key);
    for (const page of [await list({ Delimiter: "" }), await listOld({ Delimiter: "" })]) {
      expect(page.Contents?.map(({ Key }) => Key)).toEqual(["a/1", "a/2"]);
      expect([page.CommonPrefixes, page.Delimiter]).toEqual([undefined, undefined]);
    }
  });

  test("an empty token begins at the beginning and is repeated, one that is none is refused", async () => {
    await bucket.put("k");
    const page = await list({ ContinuationToken: "" });
    expect([page.KeyCount, page.ContinuationToken, page.IsTruncated]).toEqual([1, "", false]);
    expect(await failure(list({ ContinuationToken: "no token" }))).toBe("InvalidArgument 400");
  });

  test("encoded keys, prefixes and delimiters are all encoded, and decode to what they were", async () => {
    const keys = ["a+b", "foo(3).png", "sp ace/x", "ü/ß", "a*'!~", "100%/1"];
    for (const key of keys) await bucket.put(key);
    const page = await list({ EncodingType: "url" });
    expect(page.EncodingType).toBe("url");
    const encoded = page.Contents?.map(({ Key = "" }) => Key) ?? [];
    expect(encoded.map(decodeURIComponent).sort()).toEqual([...keys].sort());
    expect(encoded).toContain("foo%283%29.png");
    expect(encoded).toContain("a%2Bb");
    const rolled = await list({ EncodingType: "url", Delimiter: "/", Prefix: "sp " });
    expect([rolled.Prefix, rolled.CommonPrefixes]).toEqual(["sp%20", [{ Prefix: "sp%20ace/" }]]);
    expect(await failure(list({ EncodingType: "base64" }))).toBe("InvalidArgument 400");
  });

  test("a page has as many items as are asked for, common prefixes among them", async () => {
    for (const key of ["a", "b/1", "b/2", "c"]) await bucket.put(key);
    const first = await list({ MaxKeys: 2, Delimiter: "/" });
    expect([first.KeyCount, first.MaxKeys, first.IsTruncated]).toEqual([2, 2, true]);
    const second = await list({ MaxKeys: 2, Delimiter: "/", ContinuationToken: first.NextContinuationToken });
    expect([second.KeyCount, second.IsTruncated, second.Contents?.[0]?.Key]).toEqual([1, false, "c"]);
    expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
    expect((await list({ MaxKeys: 5000 })).MaxKeys).toBe(1000);
    for (const MaxKeys of [-1, 2 ** 31]) expect(await failure(list({ MaxKeys }))).toBe("InvalidArgument 400");
    expect(await failure(listOld({ MaxKeys: -1 }))).toBe("InvalidArgument 400");
  });

  test("a delimiter may be anything, and may be longer than one character", async () => {
    for (const key of ["a--b", "a--c", "a-d", "--e"]) await bucket.put(key);
    const page = await list({ Delimiter: "--" });
    expect(page.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(["--", "a--"]);
    expect(page.Contents?.map(({ Key }) => Key)).toEqual(["a-d"]);
  });
});
