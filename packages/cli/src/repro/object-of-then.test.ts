import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { createLocalAws, virtualClock } from "@muster/local";
import { afterAll, beforeAll, expect, test } from "vitest";
import { objectOfThen } from "./object-of-then.ts";

const clock = virtualClock();
const aws = createLocalAws({ clock });
const s3 = new S3Client({ ...aws.clientConfig(), forcePathStyle: true });
const put = (bucket: string, key: string, Body: string) =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }));
const minute = () => clock.advance(60_000);

let at: Date;
beforeAll(async () => {
  for (const Bucket of ["versioned", "plain"]) await s3.send(new CreateBucketCommand({ Bucket }));
  const VersioningConfiguration = { Status: "Enabled" } as const;
  await s3.send(new PutBucketVersioningCommand({ Bucket: "versioned", VersioningConfiguration }));
  for (const bucket of ["versioned", "plain"])
    for (const key of ["same", "replaced", "removed"]) await put(bucket, key, "then");
  await minute();
  at = new Date(clock.now());
  await minute();
  for (const Bucket of ["versioned", "plain"]) {
    for (const key of ["replaced", "new"]) await put(Bucket, key, "now");
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "removed" }));
  }
});
afterAll(() => aws.close());

const look = async (bucket: string, key: string, own = false) => {
  const { found, change } = await objectOfThen({ bucket, key }, { s3, at, isOwn: () => own });
  return [await found?.Body?.transformToString(), change];
};

test("an object is had as it was, where its bucket keeps what was replaced", async () => {
  expect(await look("versioned", "same")).toEqual(["then", undefined]);
  expect(await look("versioned", "replaced")).toEqual(["then", "changed since"]);
  expect(await look("versioned", "removed")).toEqual(["then", "changed since"]);
  expect(await look("versioned", "new")).toEqual([undefined, undefined]);
  expect(await look("versioned", "nothing")).toEqual([undefined, undefined]);
});

test("where it keeps nothing, what was written since is had and said, but for what the attempt itself left", async () => {
  expect(await look("plain", "same")).toEqual(["then", undefined]);
  expect(await look("plain", "replaced")).toEqual(["now", "written since"]);
  expect(await look("plain", "new", true)).toEqual([undefined, undefined]);
  expect(await look("plain", "removed")).toEqual([undefined, undefined]);
});
