import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { readFile, rename, rm, stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { isConditionFailed } from "./aws-failure.ts";
import { type ObjectPlace, type PutCondition, putObject } from "./objects.ts";

/** Larger files go in parts, each of which can be sent again by itself. */
const PART_BYTES = 32 * 1024 * 1024;

export interface Uploaded {
  readonly etag: string;
  readonly sha256: string;
}

export interface FileToUpload extends PutCondition {
  readonly file: string;
  readonly contentType?: string;
}

/** undefined when the condition did not hold */
export async function uploadFile(
  s3: S3Client,
  place: ObjectPlace,
  upload: FileToUpload,
): Promise<Uploaded | undefined> {
  const { size } = await stat(upload.file);
  if (size > PART_BYTES) return uploadParts(s3, place, upload);
  const body = await readFile(upload.file);
  const { file: _, ...options } = upload;
  const etag = await putObject(s3, place, { body, ...options });
  return etag === undefined ? undefined : { etag, sha256: createHash("sha256").update(body).digest("hex") };
}

async function uploadParts(
  s3: S3Client,
  { bucket, key }: ObjectPlace,
  { file, contentType, ifMatch, ifNoneMatch }: FileToUpload,
): Promise<Uploaded | undefined> {
  const { Upload } = await import("@aws-sdk/lib-storage");
  const hash = createHash("sha256");
  const body = createReadStream(file, { highWaterMark: 1024 * 1024 });
  body.on("data", (bytes) => hash.update(bytes));
  try {
    const { ETag = "" } = await new Upload({
      client: s3,
      partSize: PART_BYTES,
      params: {
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        IfMatch: ifMatch,
        IfNoneMatch: ifNoneMatch,
      },
    }).done();
    return { etag: ETag, sha256: hash.digest("hex") };
  } catch (error) {
    if (isConditionFailed(error)) return undefined;
    throw error;
  }
}

/** @param file where it appears when it is complete; `-` is standard output */
export async function downloadObject(s3: S3Client, { bucket, key }: ObjectPlace, file: string): Promise<void> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  if (file === "-") {
    await pipeline(Body as Readable, process.stdout, { end: false });
    return;
  }
  const target = file.endsWith("/") ? file + key.slice(key.lastIndexOf("/") + 1) : file;
  const unfinished = `${target}.${randomUUID()}`;
  try {
    await pipeline(Body as Readable, createWriteStream(unfinished));
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
