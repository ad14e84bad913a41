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

test("the outputs say where the bucket is, for stages of another region", () => {
  const values = Object.fromEntries(
    Object.entries(bootstrapTemplate().Outputs).map(([name, { Value }]) => [name, Value]),
  );
  expect(values).toMatchObject({ StateBucket: "muster-terraform-state-111122223333", StateRegion: "us-west-2" });
});
