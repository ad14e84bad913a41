import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { isMissingObject } from "./aws-failure.ts";
import { type WriteCondition, writeOnCondition } from "./conditional-write.ts";
import type { ObjectPlace } from "./object-place.ts";
import { isMustersOwn } from "./own-object.ts";

export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

export interface StoredText {
  readonly text: string;
  readonly etag: string;
}

export interface ObjectToPut extends WriteCondition {
  readonly body: NonNullable<PutObjectCommandInput["Body"]>;
  readonly contentType?: string | undefined;
  readonly cacheControl?: string | undefined;
  /** In base64, to be stored with it; without it the SDK's own checksum guards the way alone. */
  readonly checksumSha256?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** undefined where there is no such object */
export async function readObject(s3: S3Client, { bucket, key }: ObjectPlace): Promise<StoredObject | undefined> {
  const found = await orMissing(s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
  return found && { bytes: (await found.Body?.transformToByteArray()) ?? new Uint8Array(), etag: found.ETag ?? "" };
}

/** undefined where there is no such object */
export async function readText(s3: S3Client, place: ObjectPlace): Promise<StoredText | undefined> {
  const found = await readObject(s3, place);
  return found && { text: Buffer.from(found.bytes).toString("utf8"), etag: found.etag };
}

/** Rejects with NoSuchKey, or NoSuchVersion, where there is no such object. */
export async function readBytes(
  s3: S3Client,
  { bucket, key, version }: ObjectPlace & { readonly version?: string },
): Promise<Uint8Array> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: version }));
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}

/**
 * The new version's ETag; undefined when the condition did not hold.
 * @throws UnknownOutcomeError see `writeOnCondition`
 */
export function putObject(
  s3: S3Client,
  { bucket, key }: ObjectPlace,
  { body, contentType, cacheControl, checksumSha256, metadata, ...condition }: ObjectToPut,
): Promise<string | undefined> {
  return writeOnCondition(
    s3,
    { bucket, key },
    {
      ...condition,
      async write(headers) {
        const { ETag = "" } = await s3.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: body,
            ContentType: contentType,
            CacheControl: cacheControl,
            ChecksumSHA256: checksumSha256,
            IfMatch: headers.ifMatch,
            IfNoneMatch: headers.ifNoneMatch,
            Metadata: metadata === undefined ? headers.metadata : { ...metadata, ...headers.metadata },
          }),
        );
        return ETag;
      },
    },
  );
}

/** @param value is written as JSON */
export function putJson(
  s3: S3Client,
  place: ObjectPlace,
  value: unknown,
  condition: WriteCondition = {},
): Promise<string | undefined> {
  return putObject(s3, place, { body: JSON.stringify(value), contentType: "application/json", ...condition });
}

/** One that is not there is no error. */
export async function deleteObject(s3: S3Client, { bucket, key }: ObjectPlace): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
}

/** undefined where there is no such object; what Muster wrote for itself, an index page, is none */
export async function objectEtag(s3: S3Client, { bucket, key }: ObjectPlace): Promise<string | undefined> {
  const found = await orMissing(s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
  return found === undefined || isMustersOwn(found.Metadata) ? undefined : (found.ETag ?? "");
}

/** Whether Muster wrote what is there, for itself. */
export async function isOwnObject(s3: S3Client, { bucket, key }: ObjectPlace): Promise<boolean> {
  const found = await orMissing(s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
  return isMustersOwn(found?.Metadata);
}

async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isMissingObject(error)) return undefined;
    throw error;
  }
}
