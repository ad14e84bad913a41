import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { isMissingObject, type ObjectPlace, putObject } from "@muster/records";

/** By this metadata of a page it is known how far the history was that it tells. */
const LAST_EVENT = "muster-last-event";

/** How often somebody else may come first: each has a later page, or this one. */
const TRIES = 5;

/**
 * Puts a page where a build's page is kept, unless one is there that tells as much: an end is told more than once, and a build that is redriven has
 * another.
 * @param lastEventId of the history that the page tells
 * @returns whether it was written
 */
export async function writePage(
  s3: S3Client,
  place: ObjectPlace,
  { page, lastEventId }: { page: string; lastEventId: number },
): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    const there = await headPage(s3, place);
    if (there !== undefined && there.lastEventId >= lastEventId) return false;
    const written = await putObject(s3, place, {
      body: page,
      contentType: "text/html; charset=utf-8",
      metadata: { [LAST_EVENT]: String(lastEventId) },
      ...(there === undefined ? { ifNoneMatch: "*" } : { ifMatch: there.etag }),
    });
    if (written !== undefined) return true;
  }
  throw new Error(`s3://${place.bucket}/${place.key} is written by others all the time`);
}

async function headPage(
  s3: S3Client,
  { bucket, key }: ObjectPlace,
): Promise<{ readonly etag: string; readonly lastEventId: number } | undefined> {
  try {
    const { ETag = "", Metadata } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return { etag: ETag, lastEventId: Number(Metadata?.[LAST_EVENT] ?? 0) };
  } catch (error) {
    if (isMissingObject(error)) return undefined;
    throw error;
  }
}
