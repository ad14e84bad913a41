import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import { digestMetadata, type ObjectPlace, putObject, type WriteCondition, writeOnCondition } from "@muster/records";
import type { MadeByOfDigest } from "./made-by-task.ts";

/** Larger files go in parts, each of which can be sent again by itself, and is held in memory until it is there: S3 takes no smaller ones. */
const PART_BYTES = 5 * 1024 * 1024;
/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MOST_PARTS = 10_000;
const PARTS_AT_ONCE = 4;

export interface Uploaded {
  readonly etag: string;
  readonly sha256: string;
}

export interface FileToUpload extends WriteCondition {
  readonly file: string;
  readonly contentType?: string;
  /** What made it. */
  readonly madeBy?: MadeByOfDigest;
  /** Of a large file; fewer take less memory, and more time. */
  readonly partsAtOnce?: number;
}

/** undefined when the condition did not hold */
export async function uploadFile(
  s3: S3Client,
  place: ObjectPlace,
  upload: FileToUpload,
): Promise<Uploaded | undefined> {
  const { size } = await stat(upload.file);
  if (size > PART_BYTES) return uploadParts(s3, place, { ...upload, size });
  const body = await readFile(upload.file);
  const sha256 = createHash("sha256").update(body).digest("hex");
  const { file: _, partsAtOnce: __, madeBy, ...options } = upload;
  const etag = await putObject(s3, place, {
    body,
    metadata: { ...digestMetadata(sha256), ...madeBy?.(sha256) },
    ...options,
  });
  return etag === undefined ? undefined : { etag, sha256 };
}

async function uploadParts(
  s3: S3Client,
  place: ObjectPlace,
  { file, size, contentType, madeBy, partsAtOnce = PARTS_AT_ONCE, ...condition }: FileToUpload & { size: number },
): Promise<Uploaded | undefined> {
  const { Upload } = await import("@aws-sdk/lib-storage");
  // Read twice: what an object says of itself is said before its first byte.
  const sha256 = await digestOf(file);
  const body = () => createReadStream(file, { highWaterMark: 1024 * 1024 });
  const etag = await writeOnCondition(s3, place, {
    ...condition,
    async write(headers) {
      const { ETag = "" } = await new Upload({
        client: s3,
        partSize: Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS)),
        queueSize: partsAtOnce,
        params: {
          Bucket: place.bucket,
          Key: place.key,
          Body: body(),
          ContentType: contentType,
          IfMatch: headers.ifMatch,
          IfNoneMatch: headers.ifNoneMatch,
          Metadata: { ...digestMetadata(sha256), ...madeBy?.(sha256), ...headers.metadata },
        },
      }).done();
      return ETag;
    },
  });
  return etag === undefined ? undefined : { etag, sha256 };
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest("hex");
}
