import { GetObjectCommand, NoSuchBucket, type S3Client } from "@aws-sdk/client-s3";
import { isMissingObject, type ObjectPlace } from "@muster/records";
import { UsageError } from "../usage-error.ts";
import { notKnown } from "./head-artifact.ts";

/** More than an index of a hundred thousand packages; what is larger is no index, and is not taken into memory. */
const MOST_BYTES = 256 * 1024 ** 2;

/**
 * A file of checksums, an index, a signature or a key; undefined where there is none.
 * @throws StageError where S3 did not say
 */
export async function readSmall(s3: S3Client, { bucket, key }: ObjectPlace): Promise<Buffer | undefined> {
  try {
    const { Body, ContentLength = 0 } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (ContentLength > MOST_BYTES) throw new UsageError(`s3://${bucket}/${key} is too large for what it is named`);
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (isMissingObject(error) || error instanceof NoSuchBucket) return undefined;
    throw notKnown(`what s3://${bucket}/${key} holds`, error);
  }
}

/** @param uri `s3://bucket/key` */
export function placeOfUri(uri: string): ObjectPlace {
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(uri) ?? [];
  return { bucket, key };
}
