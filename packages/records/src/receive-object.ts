import type { Readable } from "node:stream";
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from "@aws-sdk/client-s3";
import { chance } from "./chance.ts";
import type { ObjectPlace } from "./object-place.ts";

/** An object whose bytes come as they are read, however large it is. */
export interface ReceivedObject {
  /** What whoever stored it said of it. */
  readonly metadata: Readonly<Record<string, string>> | undefined;
  /** Where a connection breaks the next one goes on, with the same version or not at all. */
  readonly bytes: AsyncGenerator<Buffer>;
}

/** So often in a row a connection may break without having brought anything. */
const PAUSES_MS = [200, 500, 1000, 3000];

/** @param ifMatch the ETag of the version that is meant */
export async function receiveObject(
  s3: S3Client,
  place: ObjectPlace,
  { ifMatch }: { ifMatch?: string | undefined } = {},
): Promise<ReceivedObject> {
  const first = await s3.send(new GetObjectCommand({ Bucket: place.bucket, Key: place.key, IfMatch: ifMatch }));
  return { metadata: first.Metadata, bytes: bytesOf(s3, place, first) };
}

async function* bytesOf(
  s3: S3Client,
  { bucket, key }: ObjectPlace,
  first: GetObjectCommandOutput,
): AsyncGenerator<Buffer> {
  const { ETag: etag, ContentLength: size = 0 } = first;
  let answer = first;
  let received = 0;
  for (let broken = 0; ; broken++) {
    try {
      for await (const bytes of answer.Body as Readable) {
        received += bytes.length;
        broken = 0;
        yield bytes;
      }
      return;
    } catch (error) {
      const pauseMs = PAUSES_MS[broken];
      // What is there in full and fails is not what was sent: its checksum says so.
      if (received >= size || etag === undefined || pauseMs === undefined) throw error;
      await chance().pause(pauseMs);
    }
    const rest = { IfMatch: etag, Range: `bytes=${received}-` };
    answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...rest }));
    if (!answer.ContentRange?.startsWith(`bytes ${received}-`)) throw new Error("S3 sent another part than asked");
  }
}
