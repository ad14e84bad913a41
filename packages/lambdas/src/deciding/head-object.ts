import { HeadObjectCommand, type HeadObjectCommandOutput, type S3Client } from "@aws-sdk/client-s3";
import type { S3Object } from "@muster/pipeline";
import {
  digestOfMetadata,
  failureText,
  isMissingObject,
  isMustersOwn,
  type MadeBy,
  madeByOf,
  madeFirstOf,
  statusOf,
} from "@muster/records";

/** What S3 says of an object without reading it. */
export interface ObjectFacts {
  readonly size: number;
  /** Of the whole object, in hex, where it was stored with it: by S3 itself, or as muster-s3 does. */
  readonly sha256: string | undefined;
  /** What made it, where it says so. */
  readonly made?: MadeBy | undefined;
  /** What made it first, where that has only passed it on. */
  readonly madeFirst?: MadeBy | undefined;
}

/**
 * S3 answers HEAD without a body: 404 is all that says that there is nothing. 403 may be a missing object too, for whoever may not list the bucket; and a right that
 * is missing, or credentials that have just expired. A page of Muster's own is nothing.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 * @throws Error that names the object, worth a retry, where S3 did not say
 */
export async function headObject(s3: S3Client, bucket: string, { key }: S3Object): Promise<ObjectFacts | undefined> {
  try {
    const found = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: "ENABLED" }));
    if (isMustersOwn(found.Metadata)) return undefined;
    return {
      size: found.ContentLength ?? 0,
      sha256: digestOf(found),
      made: madeByOf(found.Metadata),
      madeFirst: madeFirstOf(found.Metadata),
    };
  } catch (error) {
    if (isMissingObject(error)) return undefined;
    throw notKnown(`whether s3://${bucket}/${key} exists`, error);
  }
}

/** S3 did not say, which is worth a retry. */
export function notKnown(what: string, cause: unknown): Error {
  const hint = statusOf(cause) === 403 ? "; it takes s3:GetObject, and s3:ListBucket for what is not there" : "";
  return new Error(`${what} is not known: ${failureText(cause)}${hint}`, { cause });
}

/** That of an object which went in parts is one of its parts' digests. */
function digestOf({ ChecksumSHA256, ChecksumType, Metadata }: HeadObjectCommandOutput): string | undefined {
  if (ChecksumSHA256 === undefined || ChecksumType === "COMPOSITE") return digestOfMetadata(Metadata);
  return Buffer.from(ChecksumSHA256, "base64").toString("hex");
}
