import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectsCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { beforeEach, describe, expect, test } from "vitest";
import { localAwsFixture } from "../../local-aws-fixture.ts";
import { folderContent } from "../../testing/folder-content.ts";
import { Bucket, failure, s3Fixture, TRANSPORTS } from "./s3-fixture.ts";

describe("requests that no SDK client would make", () => {
  const local = localAwsFixture();
  let url: string;
  const ask = async (
    method: string,
    path: string,
    { body, headers = {} }: { body?: string; headers?: object } = {},
  ) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      ...(body !== undefined && { body }),
      headers: { ...headers },
    });
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  };
  const codeOf = ({ status, text }: { status: number; text: string }) =>
    `${status} ${/<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? ""}`;

  beforeEach(async () => {
    const aws = local.open({ dir: local.dir });
    ({ url } = await aws.listen());
    await ask("PUT", "/bucket");
    await ask("PUT", "/bucket/k", { body: "bytes" });
  });

  test.each([
    ["PUT", "/bucket/k?foo", "501 NotImplemented"],
    ["PUT", "/bucket/k?foo=bar", "501 NotImplemented"],
    ["DELETE", "/bucket/k?foo", "501 NotImplemented"],
    ["GET", "/bucket/k?foo", "501 NotImplemented"],
    ["PUT", "/bucket/k?annotation", "501 NotImplemented"],
    ["PUT", "/bucket/k?renameObject", "501 NotImplemented"],
    ["PUT", "/bucket/k?append&position=0", "501 NotImplemented"],
    ["PUT", "/bucket/k?versionId=null", "501 NotImplemented"],
    ["PUT", "/bucket/k?acl", "501 NotImplemented"],
    ["DELETE", "/bucket/k?acl", "501 NotImplemented"],
    ["DELETE", "/bucket/k?uploads", "405 MethodNotAllowed"],
    ["PUT", "/bucket?foo", "501 NotImplemented"],
    ["DELETE", "/bucket?foo", "501 NotImplemented"],
    ["DELETE", "/bucket?versioning", "405 MethodNotAllowed"],
    ["DELETE", "/bucket?versions", "405 MethodNotAllowed"],
    ["DELETE", "/bucket?location", "405 MethodNotAllowed"],
    ["DELETE", "/bucket?policy", "501 NotImplemented"],
    ["DELETE", "/bucket?acl", "501 NotImplemented"],
    ["POST", "/bucket", "501 NotImplemented"],
    ["POST", "/bucket/k", "405 MethodNotAllowed"],
    ["DELETE", "/", "405 MethodNotAllowed"],
    ["GET", "/bucket?id=1", "501 NotImplemented"],
    ["GET", "/bucket?acl&tagging", "400 InvalidArgument"],
    ["PUT", "/bucket/k?tagging&acl", "400 InvalidArgument"],
  ])("%s %s is answered %s and changes nothing", async (method, path, code) => {
    const before = folderContent(local.dir);
    const body = method === "PUT" || method === "POST" ? "other bytes" : undefined;
    expect(codeOf(await ask(method, path, body === undefined ? {} : { body }))).toBe(code);
    expect(folderContent(local.dir)).toEqual(before);
  });

  test.each([
    ["PUT", "/bucket/k", { "x-amz-write-offset-bytes": "5" }],
    ["PUT", "/bucket/k", { "x-amz-something-new": "1" }],
    ["PUT", "/bucket/k", { "if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT" }],
    ["PUT", "/bucket/k", { "content-range": "bytes 0-4/5" }],
    ["PUT", "/bucket/k", { range: "bytes=0-1" }],
    ["DELETE", "/bucket/k", { "if-none-match": "*" }],
    ["DELETE", "/bucket", { "if-match": "*" }],
    ["PUT", "/bucket/k?tagging", { "if-match": "*" }],
  ])("%s %s with %j is refused by the header's name and changes nothing", async (method, path, headers) => {
    const before = folderContent(local.dir);
    const answer = await ask(method, path, { ...(method === "PUT" && { body: "other" }), headers });
    expect(codeOf(answer)).toBe("501 NotImplemented");
    expect(answer.text).toContain(`<Header>${Object.keys(headers)[0]}</Header>`);
    expect(folderContent(local.dir)).toEqual(before);
  });

  test("what AWS ignores is ignored: parameters for its access logs, and what describes the client", async () => {
    const headers = {
      "x-amz-user-agent": "me",
      "x-amz-request-payer": "requester",
      "x-amz-acl": "bucket-owner-full-control",
    };
    expect((await ask("PUT", "/bucket/l?x-trace=1&x-id=PutObject", { body: "l", headers })).status).toBe(200);
    expect((await ask("GET", "/bucket/l?x-trace=1&x-id=GetObject")).text).toBe("l");
  });

  test("an element that no document of S3 has is malformed, one in a wrong place too", async () => {
    const before = folderContent(local.dir);
    const bodies = [
      "<Delete><Object><Key>k</Key><Force>true</Force></Object></Delete>",
      "<Delete><Key>k</Key></Delete>",
      "<Delete>k</Delete>",
      "<Delete><Object>k</Object></Delete>",
      "<Delete><Object><Key><b>k</b></Key></Object></Delete>",
      "<Remove><Object><Key>k</Key></Object></Remove>",
      "<Delete><Object><Key>k</Key></Object>",
      "",
    ];
    for (const body of bodies)
      expect([body, codeOf(await ask("POST", "/bucket?delete", { body }))]).toEqual([body, "400 MalformedXML"]);
    expect(folderContent(local.dir)).toEqual(before);
  });

  test.each(["a\nb", "tab\there", "cr\rlf", "<&>\"'", "]]>", "ü😀", " spaces ", "&#10;", "a&amp;b"])(
    "many objects are deleted by keys as they are: %j",
    async (key) => {
      await ask("PUT", `/bucket/${encodeURIComponent(key)}`, { body: "x" });
      const references = [...key].map((char) => `&#${char.codePointAt(0)};`).join("");
      const body = `<Delete><Object><Key>${references}</Key></Object></Delete>`;
      expect((await ask("POST", "/bucket?delete", { body })).text).toContain("<Deleted>");
      expect((await ask("GET", `/bucket/${encodeURIComponent(key)}`)).status).toBe(404);
    },
  );
});

describe.each(TRANSPORTS)("%s", (transport) => {
  const bucket = s3Fixture(transport);

  test("keys of any character are deleted as they were written", async () => {
    const keys = ["a\nb", "a\r\nb", "\u0001", "<&>\"'", "ü😀", " "];
    for (const key of keys) await bucket.put(key);
    const Objects = keys.map((Key) => ({ Key }));
    await bucket.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    for (const Key of keys)
      expect(await failure(bucket.s3.send(new HeadObjectCommand({ Bucket, Key })))).toBe("NotFound 404");
  });

  test("a bucket is only its owner's", async () => {
    const owner = (ExpectedBucketOwner: string) =>
      bucket.s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner }));
    expect(await failure(owner("000000000000"))).toBe("no failure");
    expect(await failure(owner("111111111111"))).toMatch(/403$/);
    await bucket.put("k");
    const copy = { Bucket, Key: "c", CopySource: `${Bucket}/k`, ExpectedSourceBucketOwner: "111111111111" };
    expect(await failure(bucket.s3.send(new CopyObjectCommand(copy)))).toBe("AccessDenied 403");
  });

  test("what a request says of the storage must be what there is", async () => {
    const put = (members: object) =>
      failure(bucket.s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", ...members })));
    expect(await put({ StorageClass: "STANDARD", ACL: "bucket-owner-full-control" })).toBe("no failure");
    expect(await put({ StorageClass: "GLACIER" })).toBe("NotImplemented 501");
    expect(await put({ ACL: "public-read" })).toBe("NotImplemented 501");
    expect(await put({ ServerSideEncryption: "aws:kms" })).toBe("NotImplemented 501");
    const create = (LocationConstraint: "us-west-2" | "eu-west-1") =>
      failure(
        bucket.s3.send(new CreateBucketCommand({ Bucket: "other", CreateBucketConfiguration: { LocationConstraint } })),
      );
    expect(await create("eu-west-1")).toBe("IllegalLocationConstraintException 400");
    expect(await create("us-west-2")).toBe("no failure");
  });

  test("tags are limited in number, length and name", async () => {
    const tag = (Tagging: string) =>
      failure(bucket.s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", Tagging })));
    const many = (count: number) => Array.from({ length: count }, (_, index) => `k${index}=v`).join("&");
    expect(await tag(many(10))).toBe("no failure");
    expect(await tag(many(11))).toBe("InvalidTag 400");
    expect(await tag(`${"k".repeat(128)}=${"v".repeat(256)}`)).toBe("no failure");
    expect(await tag(`${"k".repeat(129)}=v`)).toBe("InvalidTag 400");
    expect(await tag(`k=${"v".repeat(257)}`)).toBe("InvalidTag 400");
    expect(await tag("=v")).toBe("InvalidTag 400");
    expect(await tag("k=1&k=2")).toBe("InvalidTag 400");
    expect(await tag("aws:k=v")).toBe("InvalidTag 400");
    const tagBucket = (count: number) => {
      const TagSet = Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: "v" }));
      return failure(bucket.s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } })));
    };
    expect([await tagBucket(50), await tagBucket(51)]).toEqual(["no failure", "InvalidTag 400"]);
  });

  test("buckets are listed by pages, prefix and region", async () => {
    for (const name of ["a-1", "a-2", "a-3", "b-1"]) await bucket.s3.send(new CreateBucketCommand({ Bucket: name }));
    const list = (input: object) => bucket.s3.send(new ListBucketsCommand(input));
    const first = await list({ MaxBuckets: 2, Prefix: "a-" });
    expect(first.Buckets?.map(({ Name }) => Name)).toEqual(["a-1", "a-2"]);
    expect(first.Prefix).toBe("a-");
    const second = await list({ MaxBuckets: 2, Prefix: "a-", ContinuationToken: first.ContinuationToken });
    expect(second.Buckets).toMatchObject([{ Name: "a-3", BucketRegion: "us-west-2" }]);
    expect(second.ContinuationToken).toBeUndefined();
    expect((await list({ BucketRegion: "eu-west-1" })).Buckets ?? []).toEqual([]);
    expect(await failure(list({ MaxBuckets: 0 }))).toBe("InvalidArgument 400");
    expect(await failure(list({ MaxBuckets: 10_001 }))).toBe("InvalidArgument 400");
  });
});
