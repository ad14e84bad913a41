import pipeline from "@muster/pipeline-muster";
import { describeStage } from "@muster/simulation";
import { expect, test } from "vitest";
import { deletions, iamCalls } from "./iam-call.ts";

const stage = describeStage(pipeline, []);
const call = (service: string, operation: string, input: object) =>
  iamCalls({ service, operation, accessKeyId: "anybody", input }, stage);

test.each([
  ["HeadObject", "s3:GetObject scratch/a"],
  ["CreateMultipartUpload", "s3:PutObject scratch/a"],
  ["UploadPart", "s3:PutObject scratch/a"],
  ["AbortMultipartUpload", "s3:AbortMultipartUpload scratch/a"],
])("S3's %s is known to IAM as %s", (operation, expected) => {
  expect(call("s3", operation, { Bucket: stage.buckets.scratch, Key: "a" })).toEqual([expected]);
});

test("S3 lets only those write over a version who may read it", () => {
  expect(call("s3", "PutObject", { Bucket: stage.buckets.scratch, Key: "a", IfMatch: '"1"' })).toEqual([
    "s3:PutObject scratch/a",
    "s3:GetObject scratch/a",
  ]);
});

test("a list of objects is a question to the bucket, whatever its prefix", () => {
  expect(call("s3", "ListObjectsV2", { Bucket: stage.buckets.state, Prefix: "claims/" })).toEqual([
    "s3:ListBucket state",
  ]);
});

test.each([
  ["claims/MakeBinaryPackage/i-0123456789abcdef0.json", "claims/{activity}/{instance}.json"],
  ["leases/repair/MakeBinaryPackage.json", "leases/repair/{activity}.json"],
  ["executions/1.2.3_somebody_2026-11-24/done.json", "executions/{execution}/done.json"],
  [
    "attempts/MakeSourceTarball/some-build/MakeSourceTarball-1.2.3/2026-11-24T03-29-06-079Z_i-0123456789abcdef0.log.gz",
    "attempts/{activity}/{execution}/{task}/{id}_{instance}.log.gz",
  ],
  ["source/nightlies/muster-2026.11.24.tar.gz", "source/nightlies/muster-{version}.tar.gz"],
  ["debian/pool/muster_1.2.3-1~bookworm_arm64.deb", "debian/pool/muster_{version}-1~bookworm_{architecture}.deb"],
  [`main/binary-amd64/by-hash/SHA256/${"0a".repeat(32)}`, "main/binary-{architecture}/by-hash/SHA256/{digest}"],
])("of the key %s only what every run has in common is kept", (key, expected) => {
  expect(deletions([key], stage)).toEqual([`s3:DeleteObject state/${expected}`]);
});

test("what names no resource, and what is named by a kind of resource, is told apart", () => {
  expect(call("states", "SendTaskSuccess", {})).toEqual(["states:SendTaskSuccess *"]);
  expect(call("states", "GetActivityTask", {})).toEqual(["states:GetActivityTask activity"]);
  expect(call("ec2", "TerminateInstances", {})).toEqual(["ec2:TerminateInstances instance/worker"]);
  expect(call("ec2", "DescribeInstances", {})).toEqual(["ec2:DescribeInstances *"]);
  expect(call("logs", "PutLogEvents", { logGroupName: "/muster/a" })).toEqual(["logs:PutLogEvents log-stream"]);
  expect(call("servicequotas", "GetServiceQuota", { ServiceCode: "ec2", QuotaCode: "L-1216C47A" })).toEqual([
    "servicequotas:GetServiceQuota quota/ec2/L-1216C47A",
  ]);
});

test("executions of platforms and the Map Runs that started them are resources of their own", () => {
  const states = "arn:aws:states:us-west-2:000000000000";
  const executionArn = `${states}:execution:build/ForEachPlatform:1`;
  expect(call("states", "GetExecutionHistory", { executionArn })).toEqual([
    "states:GetExecutionHistory platform-execution",
  ]);
  const mapRunArn = `${states}:mapRun:build/ForEachPlatform:1`;
  expect(call("states", "ListExecutions", { mapRunArn })).toEqual(["states:ListExecutions map-run"]);
  expect(call("s3", "GetObject", { Bucket: stage.buckets.state, Key: "map-runs/0a-1/manifest.json" })).toEqual([
    "s3:GetObject state/map-runs/{run}/manifest.json",
  ]);
});
