import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import { digestOfMetadata, firstMakerOf, type ObjectPlace, receiveObject } from "@muster/records";

export interface Downloaded {
  /** In hex. */
  readonly sha256: string;
  /** What made it first, where it says so. */
  readonly maker?: string | undefined;
}

/** @param file where it appears when it is complete; `-` is standard output */
export async function downloadObject(s3: S3Client, place: ObjectPlace, file: string): Promise<Downloaded> {
  let downloaded: Downloaded = { sha256: "" };
  const bytes = readObject(s3, place, (found) => {
    downloaded = found;
  });
  if (file === "-") await printBytes(bytes);
  else await storeBytes(bytes, place, file);
  return downloaded;
}

async function storeBytes(bytes: AsyncIterable<Buffer>, place: ObjectPlace, file: string): Promise<void> {
  const target = file.endsWith("/") ? file + place.key.slice(place.key.lastIndexOf("/") + 1) : file;
  const unfinished = `${target}.${randomUUID()}`;
  try {
    await pipeline(bytes, createWriteStream(unfinished));
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
async function printBytes(bytes: AsyncIterable<Buffer>): Promise<void> {
  if (process.stdout instanceof Socket) await pipeline(bytes, process.stdout, { end: false });
  else await pipeline(bytes, createWriteStream("", { fd: STDOUT, autoClose: false }));
}

/**
 * An object's bytes, as they are received.
 * @param onEnd is told what they are when they are complete, and are what was stored
 * @throws Error when they are not what was stored, where the object says what that was
 */
export async function* readObject(
  s3: S3Client,
  { bucket, key }: ObjectPlace,
  onEnd: (downloaded: Downloaded) => void = () => {},
): AsyncGenerator<Buffer> {
  const { metadata, bytes } = await receiveObject(s3, { bucket, key });
  const stored = digestOfMetadata(metadata);
  const hash = createHash("sha256");
  for await (const part of bytes) {
    hash.update(part);
    yield part;
  }
  const sha256 = hash.digest("hex");
  if (stored !== undefined && sha256 !== stored) {
    throw new Error(`s3://${bucket}/${key} is damaged: its SHA-256 is not ${stored}, which it was stored with`);
  }
  onEnd({ sha256, maker: firstMakerOf(metadata) });
}
