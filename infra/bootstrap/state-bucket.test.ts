import { expect, test } from "vitest";
import { bootstrapTemplate, properties } from "../testing/bootstrap-template.ts";

test("Terraform's state is encrypted, versioned, private, and outlives the bootstrap's stack", () => {
  expect(bootstrapTemplate().Resources.StateBucket).toMatchObject({
    DeletionPolicy: "Retain",
    Properties: {
      VersioningConfiguration: { Status: "Enabled" },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    },
  });
  expect(JSON.stringify(properties("StateBucket").BucketEncryption)).toContain("aws:kms");
});
