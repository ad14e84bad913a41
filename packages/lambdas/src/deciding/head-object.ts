import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { S3Object } from "@muster/pipeline";
import { failureText, isMissingObject, isMustersOwn, statusOf } from "@muster/records";

/** What S3 says of an object without reading it. */
export interface ObjectFacts {
  readonly size: number;
  /** Of the whole object, in base64, where it was stored with it. */
  readonly sha256: string | undefined;
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
    const isWhole = found.ChecksumType !== "COMPOSITE";
    return { size: found.ContentLength ?? 0, sha256: isWhole ? found.ChecksumSHA256 : undefined };
  } catch (error) {
    if (isMissingObject(error)) return undefined;
    const hint = statusOf(error) === 403 ? "; it takes s3:GetObject, and s3:ListBucket for what is not there" : "";
    throw new Error(`whether s3://${bucket}/${key} exists is not known: ${failureText(error)}${hint}`, {
      cause: error,
    });
  }
}
