import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { awsRegions } from "./aws-regions.ts";

test("a stage may be in each commercial region that AWS's SDK knows", () => {
  const records = createRequire(join(import.meta.dirname, "../../packages/records/src/index.ts"));
  const { BucketLocationConstraint } = records("@aws-sdk/client-s3");
  const known = Object.values<string>(BucketLocationConstraint).filter((name) => !/^(cn|us-gov|eusc)-|^EU$/.test(name));
  expect(known.length).toBeGreaterThan(30);
  expect(awsRegions).toEqual(expect.arrayContaining(known));
  // S3's first region has no constraint; the last two it had not when the SDK was made, which has their endpoints.
  expect(awsRegions.filter((name) => !known.includes(name))).toEqual(["me-west-1", "sa-west-1", "us-east-1"]);
});
