import { HeadObjectCommand, NoSuchBucket, type S3Client } from "@aws-sdk/client-s3";
import {
  digestOfMetadata,
  failureText,
  isMissingObject,
  isMustersOwn,
  type ObjectPlace,
  statusOf,
} from "@muster/records";
import { explainError } from "../explain-error.ts";
import { StageError } from "../usage-error.ts";

/** What S3 says of an object that is there. */
export interface StoredFacts {
  readonly bytes: number;
  readonly storedAt: Date | null;
  readonly etag: string | undefined;
  /** Where the bucket keeps versions. */
  readonly versionId: string | null;
  /** SHA-256 in hex that S3 itself keeps, of the whole object. */
  readonly checksum: string | undefined;
  /** The one that whoever stored it wrote beside it, as muster-s3 does. */
  readonly metadata: string | undefined;
}

/**
 * undefined where S3 says that there is nothing, or a page of Muster's own.
 * @throws StageError that names the object where S3 did not say
 */
export async function headArtifact(s3: S3Client, { bucket, key }: ObjectPlace): Promise<StoredFacts | undefined> {
  try {
    const found = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: "ENABLED" }));
    if (isMustersOwn(found.Metadata)) return undefined;
    // That of an object which went in parts is one of its parts' digests.
    const isWhole = found.ChecksumType !== "COMPOSITE" && found.ChecksumSHA256 !== undefined;
    return {
      bytes: found.ContentLength ?? 0,
      storedAt: found.LastModified ?? null,
      etag: found.ETag,
      versionId: found.VersionId ?? null,
      checksum: isWhole ? Buffer.from(found.ChecksumSHA256 ?? "", "base64").toString("hex") : undefined,
      metadata: digestOfMetadata(found.Metadata),
    };
  } catch (error) {
    // A stage that nothing was built on has no buckets yet.
    if (isMissingObject(error) || error instanceof NoSuchBucket) return undefined;
    throw notKnown(`whether s3://${bucket}/${key} is there`, error);
  }
}

/** S3 did not say, which is another thing than that something is not there. */
export function notKnown(what: string, cause: unknown): StageError {
  const needs = "it takes s3:GetObject, and s3:ListBucket for what is not there";
  const hint = statusOf(cause) === 403 ? needs : (explainError(cause).hint ?? "ask again");
  return new StageError(`${what} is not known: ${failureText(cause)}`, { cause, hint });
}
