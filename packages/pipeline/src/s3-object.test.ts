import { expect, test } from "vitest";
import { downloads, s3Url, scratch } from "./s3-object.ts";

const buckets = { assets: "a", scratch: "hhvm-scratch", downloads: "hhvm-downloads", state: "s" };

test("an object's URL names the stage's bucket of its role", () => {
  expect(s3Url(scratch("hhvm-4.28.2.tar.gz"), buckets)).toBe("s3://hhvm-scratch/hhvm-4.28.2.tar.gz");
  expect(s3Url(downloads("source/x"), buckets)).toBe("s3://hhvm-downloads/source/x");
});
