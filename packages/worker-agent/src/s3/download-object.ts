import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { digestOfMetadata, type ObjectPlace } from "@muster/records";

/** @param file where it appears when it is complete; `-` is standard output */
export async function downloadObject(s3: S3Client, place: ObjectPlace, file: string): Promise<void> {
  if (file === "-") return printObject(s3, place);
  const target = file.endsWith("/") ? file + place.key.slice(place.key.lastIndexOf("/") + 1) : file;
  const unfinished = `${target}.${randomUUID()}`;
  try {
    await pipeline(readObject(s3, place), createWriteStream(unfinished));
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

const STDOUT = 1;

/**
 * What a pipe has no room for yet is waited for by whoever ends the process. To a file Node's own standard output writes once, and does not look how
 * much of that the disk took.
 */
async function printObject(s3: S3Client, place: ObjectPlace): Promise<void> {
  const bytes = readObject(s3, place);
  if (process.stdout instanceof Socket) await pipeline(bytes, process.stdout, { end: false });
  else await pipeline(bytes, createWriteStream("", { fd: STDOUT, autoClose: false }));
}

/** So often in a row a connection may break without having brought anything. */
const PAUSES_MS = [200, 500, 1000, 3000];

/**
 * An object's bytes. Where a connection breaks the next one goes on, with the same version or not at all.
 * @throws Error when they are not what was stored, where the object says what that was
 */
export async function* readObject(s3: S3Client, { bucket, key }: ObjectPlace): AsyncGenerator<Buffer> {
  let etag: string | undefined;
  let size = 0;
  let received = 0;
  let stored: string | undefined;
  const hash = createHash("sha256");
  for (let broken = 0; ; broken++) {
    const rest = etag === undefined ? {} : { IfMatch: etag, Range: `bytes=${received}-` };
    const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...rest }));
    if (etag === undefined) {
      size = answer.ContentLength ?? 0;
      stored = digestOfMetadata(answer.Metadata);
    } else if (!answer.ContentRange?.startsWith(`bytes ${received}-`))
      throw new Error(`S3 sent another part than asked`);
    etag = answer.ETag;
    try {
      for await (const bytes of answer.Body as Readable) {
        received += bytes.length;
        hash.update(bytes);
        broken = 0;
        yield bytes;
      }
      break;
    } catch (error) {
      const pauseMs = PAUSES_MS[broken];
      // What is there in full and fails is not what was sent: its checksum says so.
      if (received >= size || etag === undefined || pauseMs === undefined) throw error;
      await sleep(pauseMs);
    }
  }
  if (stored !== undefined && hash.digest("hex") !== stored) {
    throw new Error(`s3://${bucket}/${key} is damaged: its SHA-256 is not ${stored}, which it was stored with`);
  }
}
