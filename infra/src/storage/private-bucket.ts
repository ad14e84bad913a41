import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import {
  S3BucketLifecycleConfiguration,
  type S3BucketLifecycleConfigurationRule,
} from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import { S3BucketLoggingA } from "@cdktf/provider-aws/lib/s3-bucket-logging/index.js";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning/index.js";
import type { BucketRole } from "@muster/pipeline";
import { policyDocument, type Statement } from "../iam/policy.ts";
import type { StageScope } from "../stage-scope.ts";

export interface PrivateBucketOptions {
  /** Days after which an object goes, by prefix. */
  readonly expires?: readonly { readonly id: string; readonly prefix: string; readonly days: number }[];
  /** Keeps what is replaced or deleted for the stage's `replacedDays`. */
  readonly versioned?: boolean;
  /** Where its access log goes; the log bucket itself has none, as each line would make the next. */
  readonly accessLog?: S3Bucket;
  /** Who else may reach it, beside this account's roles. */
  readonly statements?: readonly Statement[];
  /** Refuses every plan that would replace or destroy it. */
  readonly irreplaceable?: boolean;
}

export interface PrivateBucket {
  readonly bucket: S3Bucket;
  /** What writes through the policy waits for it. */
  readonly policy: S3BucketPolicy;
  /** Of a versioned bucket: what is written before it has no version of its own, so writers that need one wait for it. */
  readonly versioning: S3BucketVersioningA | undefined;
}

/** A bucket that nobody outside reaches: encrypted, no public access, no ACLs, TLS alone. */
export function createPrivateBucket(
  { stack, stage, names }: StageScope,
  role: BucketRole | "logs",
  { expires = [], versioned = false, accessLog, statements = [], irreplaceable = false }: PrivateBucketOptions,
): PrivateBucket {
  const id = `${role}_bucket`;
  const bucket = new S3Bucket(stack, id, {
    bucket: names.bucket(role),
    forceDestroy: stage.disposable,
    ...(irreplaceable && !stage.disposable && { lifecycle: { preventDestroy: true } }),
  });
  const within = { bucket: bucket.id };
  new S3BucketOwnershipControls(stack, `${id}_ownership`, {
    ...within,
    rule: { objectOwnership: "BucketOwnerEnforced" },
  });
  const access = new S3BucketPublicAccessBlock(stack, `${id}_access`, {
    ...within,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  new S3BucketServerSideEncryptionConfigurationA(stack, `${id}_encryption`, {
    ...within,
    rule: [encryption(role === "logs" ? undefined : stage.encryptionKey)],
  });
  const versioning = versioned
    ? new S3BucketVersioningA(stack, `${id}_versioning`, { ...within, versioningConfiguration: { status: "Enabled" } })
    : undefined;
  new S3BucketLifecycleConfiguration(stack, `${id}_lifecycle`, {
    ...within,
    rule: [...expires.map(expiry), unfinishedUploads, ...(versioned ? [replaced(stage.retention.replacedDays)] : [])],
    // Rules for old versions mean nothing before there are versions.
    ...(versioning && { dependsOn: [versioning] }),
  });
  if (accessLog) {
    new S3BucketLoggingA(stack, `${id}_access_log`, {
      ...within,
      targetBucket: accessLog.id,
      targetPrefix: `s3/${role}/`,
      targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
    });
  }
  const policy = new S3BucketPolicy(stack, `${id}_policy`, {
    ...within,
    policy: policyDocument([...tlsOnly(bucket), ...statements]),
    dependsOn: [access],
  });
  return { bucket, policy, versioning };
}

/**
 * S3's own keys, unless the stage has one: a key of ours would cost a request each time and protect from nobody whom the policies let in. A bucket's key
 * makes of those requests one a bucket and a while. Access logs are delivered to buckets with S3's own keys alone.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
const encryption = (key: string | undefined) =>
  key === undefined
    ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" }, bucketKeyEnabled: false }
    : { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key }, bucketKeyEnabled: true };

type Rule = S3BucketLifecycleConfigurationRule;

const expiry = ({ id, prefix, days }: { id: string; prefix: string; days: number }): Rule => ({
  id,
  status: "Enabled",
  filter: [{ prefix }],
  expiration: [{ days }],
});

const unfinishedUploads: Rule = {
  id: "unfinished-uploads",
  status: "Enabled",
  filter: [{ prefix: "" }],
  abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
};

const replaced = (days: number): Rule => ({
  id: "replaced-versions",
  status: "Enabled",
  filter: [{ prefix: "" }],
  noncurrentVersionExpiration: [{ noncurrentDays: days }],
  expiration: [{ expiredObjectDeleteMarker: true }],
});

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html */
function tlsOnly(bucket: S3Bucket): Statement[] {
  const deny = (Sid: string, Condition: NonNullable<Statement["Condition"]>): Statement => ({
    Sid,
    Effect: "Deny",
    Principal: "*",
    Action: ["s3:*"],
    Resource: [bucket.arn, `${bucket.arn}/*`],
    Condition,
  });
  return [
    deny("TlsOnly", { Bool: { "aws:SecureTransport": "false" } }),
    deny("Tls12", { NumericLessThan: { "s3:TlsVersion": "1.2" } }),
  ];
}
