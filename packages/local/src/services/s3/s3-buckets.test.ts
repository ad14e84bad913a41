import { createHash } from "node:crypto";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetObjectAttributesCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectTaggingCommand,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { Bucket, failure, s3Fixture, TRANSPORTS } from "./s3-fixture.ts";

describe.each(TRANSPORTS)("%s", (transport) => {
  const bucket = s3Fixture(transport);
  const { put, get } = bucket;

  test("listing pages through prefixes and common prefixes in byte order", async () => {
    for (const key of ["a-1", "a/1", "a/2", "a/b/3", "a0", "b/1", "c"]) await put(key);
    const pages = [];
    for await (const page of paginateListObjectsV2({ client: bucket.s3, pageSize: 2 }, { Bucket, Delimiter: "/" })) {
      pages.push([
        ...(page.Contents ?? []).map(({ Key }) => Key),
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
      ]);
    }
    expect(pages).toEqual([["a-1", "a/"], ["a0", "b/"], ["c"]]);
    const below = await bucket.s3.send(new ListObjectsV2Command({ Bucket, Prefix: "a/", Delimiter: "/" }));
    expect(below.Contents?.map(({ Key }) => Key)).toEqual(["a/1", "a/2"]);
    expect(below.CommonPrefixes).toEqual([{ Prefix: "a/b/" }]);
    const after = await bucket.s3.send(new ListObjectsV2Command({ Bucket, StartAfter: "a/2" }));
    expect(after.Contents?.map(({ Key }) => Key)).toEqual(["a/b/3", "a0", "b/1", "c"]);
    const old = await bucket.s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 3, Delimiter: "/" }));
    expect(old).toMatchObject({ IsTruncated: true, NextMarker: "a0" });
  });

  test("many objects are deleted at once, and what was not there is deleted too", async () => {
    for (const key of ["a", "b/c"]) await put(key);
    const answer = await bucket.s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "a" }, { Key: "b/c" }, { Key: "none" }] } }),
    );
    expect(answer.Deleted?.map(({ Key }) => Key)).toEqual(["a", "b/c", "none"]);
    expect((await bucket.s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  });

  test("what this S3 does not do is said by name", async () => {
    const acl = bucket.s3.send(new GetBucketAclCommand({ Bucket }));
    expect(await failure(acl)).toBe("NotImplemented 501");
    await expect(acl).rejects.toThrow("The local S3 does not implement ?acl");
    const versioning = new PutBucketVersioningCommand({
      Bucket,
      VersioningConfiguration: { Status: "Enabled", MFADelete: "Enabled" },
      MFA: "serial 123456",
    });
    expect(await failure(bucket.s3.send(versioning))).toBe("NotImplemented 501");
  });

  test("tags and attributes", async () => {
    await put("k", "abc");
    await bucket.s3.send(
      new PutObjectTaggingCommand({ Bucket, Key: "k", Tagging: { TagSet: [{ Key: "a", Value: "<1>" }] } }),
    );
    expect((await bucket.s3.send(new GetObjectTaggingCommand({ Bucket, Key: "k" }))).TagSet).toEqual([
      { Key: "a", Value: "<1>" },
    ]);
    expect(await get("k")).toBe("abc");
    const attributes = await bucket.s3.send(
      new GetObjectAttributesCommand({ Bucket, Key: "k", ObjectAttributes: ["ETag", "ObjectSize"] }),
    );
    expect(attributes).toMatchObject({ ObjectSize: 3, ETag: createHash("md5").update("abc").digest("hex") });
  });

  test("buckets are made, listed, found and only deleted when empty", async () => {
    expect((await bucket.s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual([Bucket]);
    expect((await bucket.s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe("us-west-2");
    expect(await failure(bucket.s3.send(new CreateBucketCommand({ Bucket })))).toBe("BucketAlreadyOwnedByYou 409");
    expect(await failure(bucket.s3.send(new CreateBucketCommand({ Bucket: "No_Bucket" })))).toBe(
      "InvalidBucketName 400",
    );
    expect(await failure(bucket.s3.send(new HeadBucketCommand({ Bucket: "none" })))).toBe("NotFound 404");
    expect(await failure(bucket.s3.send(new ListObjectsV2Command({ Bucket: "none" })))).toBe("NoSuchBucket 404");
    await put("k");
    expect(await failure(bucket.s3.send(new DeleteBucketCommand({ Bucket })))).toBe("BucketNotEmpty 409");
    await bucket.s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    await bucket.s3.send(new DeleteBucketCommand({ Bucket }));
    expect(await failure(bucket.s3.send(new HeadBucketCommand({ Bucket })))).toBe("NotFound 404");
  });
});
