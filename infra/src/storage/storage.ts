import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import type { BucketRole } from "@muster/pipeline";
import { stateFolder } from "@muster/records";
import type { Statement } from "../iam/policy.ts";
import { ownsBucket, type StageScope } from "../stage-scope.ts";
import { createPrivateBucket, type PrivateBucket } from "./private-bucket.ts";

/** The stage's buckets; one that it does not make is not here. */
export interface Storage {
  readonly buckets: Partial<Record<BucketRole, S3Bucket>>;
  readonly assets: PrivateBucket;
  readonly logs: PrivateBucket;
}

/**
 * Where scripts lie, what is built, what users download, Muster's records, and who accessed all that.
 * @param downloadsReaders statements that let the edge read the downloads
 */
export function createStorage(
  scope: StageScope,
  { downloadsReaders, logWriters }: { downloadsReaders: readonly Statement[]; logWriters: readonly Statement[] },
): Storage {
  const { retention } = scope.stage;
  const logs = createPrivateBucket(scope, "logs", {
    expires: [{ id: "access-logs", prefix: "", days: retention.accessLogDays }],
    statements: [accessLogDelivery(scope), ...logWriters],
  });
  const assets = createPrivateBucket(scope, "assets", { versioned: true, accessLog: logs.bucket });
  const { bucket: state } = createPrivateBucket(scope, "state", {
    accessLog: logs.bucket,
    irreplaceable: true,
    statements: [recordsStay(scope)],
    // What a build leaves behind; leases and marks are few, and stay.
    expires: ["executions", "attempts", "launches", "demands", "answered", "claims", "pages", "map-runs"].map(
      (kind) => ({
        id: kind,
        prefix: `${kind}/`,
        days: retention.recordDays,
      }),
    ),
  });
  const buckets: Storage["buckets"] = { assets: assets.bucket, state };
  if (ownsBucket(scope, "scratch")) {
    buckets.scratch = createPrivateBucket(scope, "scratch", {
      accessLog: logs.bucket,
      expires: [{ id: "unpublished", prefix: "", days: retention.scratchDays }],
    }).bucket;
  }
  if (ownsBucket(scope, "downloads")) {
    buckets.downloads = createPrivateBucket(scope, "downloads", {
      accessLog: logs.bucket,
      versioned: true,
      irreplaceable: true,
      statements: downloadsReaders,
    }).bucket;
  }
  return { buckets, assets, logs };
}

/**
 * What an attempt has left is written over by nobody. Parts of a large log carry no condition, the call that completes it does.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 */
function recordsStay({ names }: StageScope): Statement {
  return {
    Sid: "RecordsStay",
    Effect: "Deny",
    Principal: "*",
    Action: ["s3:PutObject"],
    Resource: [`${names.bucketArn("state")}/${stateFolder.attempts}*`],
    Condition: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html */
function accessLogDelivery({ stage, names }: StageScope): Statement {
  return {
    Sid: "AccessLogDelivery",
    Effect: "Allow",
    Principal: { Service: "logging.s3.amazonaws.com" },
    Action: ["s3:PutObject"],
    Resource: [`${names.bucketArn("logs")}/s3/*`],
    Condition: { StringEquals: { "aws:SourceAccount": stage.account } },
  };
}
