import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createLocalAws, type Fault, outages } from "@muster/local";
import { indexPageMetadata, putObject } from "@muster/records";
import { expect, test } from "vitest";
import { lookout } from "./lookout.ts";

const buckets = { assets: "assets", scratch: "scratch", downloads: "downloads", state: "state" };
const there = { bucket: "scratch", key: "there" } as const;

async function scratch() {
  const aws = createLocalAws();
  const s3 = new S3Client({ ...aws.clientConfig(), forcePathStyle: true, maxAttempts: 1 });
  await s3.send(new CreateBucketCommand({ Bucket: "scratch" }));
  await s3.send(new PutObjectCommand({ Bucket: "scratch", Key: there.key, Body: "x" }));
  return { aws, s3, exists: lookout(s3, buckets).isThere };
}

const refusals: [string, Fault, string][] = [
  ["400", { code: "BadRequest", status: 400 }, "HTTP 400"],
  ["403", { code: "AccessDenied", status: 403 }, "s3:ListBucket"],
  ["HTML page of 403", { answer: { status: 403, contentType: "text/html", body: "<html></html>" } }, "HTTP 403"],
];

test.each([...Object.entries(outages).map(([name, fault]) => [name, fault, ""] as const), ...refusals])(
  "a %s has not seen whether an object is there, says so, and the next look sees it",
  async (_, fault, told) => {
    const { aws, exists } = await scratch();
    await using _aws = aws;
    const heal = aws.failCalls({ operation: "HeadObject" }, fault);
    for (const object of [there, { bucket: "scratch", key: "not-there" } as const]) {
      const look = exists(object);
      await expect(look).rejects.toThrow(`whether s3://scratch/${object.key} exists is not known: `);
      await expect(look).rejects.toThrow(told);
    }
    heal();
    expect(await exists(there)).toBe(true);
    expect(await exists({ bucket: "scratch", key: "not-there" })).toBe(false);
  },
);

test("an index page of Muster's own is no evidence; one that a pipeline published is", async () => {
  const { aws, s3, exists } = await scratch();
  await using _aws = aws;
  await putObject(s3, { bucket: "scratch", key: "own/index.html" }, { body: "x", metadata: indexPageMetadata });
  await putObject(s3, { bucket: "scratch", key: "theirs/index.html" }, { body: "x" });
  expect(await exists({ bucket: "scratch", key: "own/index.html" })).toBe(false);
  expect(await exists({ bucket: "scratch", key: "theirs/index.html" })).toBe(true);
});
