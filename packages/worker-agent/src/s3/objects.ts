import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { isMissingObject } from "@muster/records";
import { writeOnCondition } from "./conditional-write.ts";

/** Where an object lies. */
export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

export interface StoredText {
  readonly text: string;
  readonly etag: string;
}

export interface PutCondition {
  /** Only over exactly this version. */
  readonly ifMatch?: string;
  /** Only where there is none. */
  readonly ifNoneMatch?: "*";
}

/** undefined where there is no such object */
export async function readText(s3: S3Client, { bucket, key }: ObjectPlace): Promise<StoredText | undefined> {
  try {
    const { Body, ETag = "" } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return { text: (await Body?.transformToString()) ?? "", etag: ETag };
  } catch (error) {
    if (isMissingObject(error)) return undefined;
    throw error;
  }
}

/** Rejects with NoSuchKey, or NoSuchVersion, where there is no such object. */
export async function readBytes(
  s3: S3Client,
  { bucket, key, version }: ObjectPlace & { readonly version?: string },
): Promise<Uint8Array> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: version }));
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}

/** The new version's ETag; undefined when the condition did not hold. */
export function putObject(
  s3: S3Client,
  place: ObjectPlace,
  {
    body,
    contentType,
    ...condition
  }: { body: NonNullable<PutObjectCommandInput["Body"]>; contentType?: string } & PutCondition,
): Promise<string | undefined> {
  return writeOnCondition(s3, place, {
    ...condition,
    async write(metadata) {
      const { ETag = "" } = await s3.send(
        new PutObjectCommand({
          Bucket: place.bucket,
          Key: place.key,
          Body: body,
          ContentType: contentType,
          IfMatch: condition.ifMatch,
          IfNoneMatch: condition.ifNoneMatch,
          Metadata: metadata,
        }),
      );
      return ETag;
    },
  });
}

/** @param value is written as JSON */
export function putJson(
  s3: S3Client,
  place: ObjectPlace,
  value: unknown,
  condition: PutCondition = {},
): Promise<string | undefined> {
  return putObject(s3, place, { body: JSON.stringify(value), contentType: "application/json", ...condition });
}

/** One that is not there is no error. */
export async function deleteObject(s3: S3Client, { bucket, key }: ObjectPlace): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
}

export async function objectExists(s3: S3Client, { bucket, key }: ObjectPlace): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return true;
  } catch (error) {
    if (isMissingObject(error)) return false;
    throw error;
  }
}
