import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { isConditionFailed, isMissingObject, isMissingUpload, isWriteConflict } from "@muster/records";
import type { ObjectPlace, PutCondition } from "./objects.ts";

/** By this metadata of an object a writer knows its own. */
const WRITE_ID = "muster-write";
const PAUSES_MS = [100, 300, 1000, 3000];

export interface ConditionalWrite extends PutCondition {
  /** Called with the object's metadata, perhaps more than once; answers the ETag. */
  readonly write: (metadata?: Record<string, string>) => Promise<string>;
}

/**
 * Writes an object, under a condition where there is one, and answers the new version's ETag; undefined when the condition did not hold. S3 wants
 * another try where writes came at once. After one whose answer was lost, the next finds its own object in the way: that is success.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export async function writeOnCondition(
  s3: S3Client,
  place: ObjectPlace,
  { ifMatch, ifNoneMatch, write }: ConditionalWrite,
): Promise<string | undefined> {
  if (ifMatch === undefined && ifNoneMatch === undefined) return write();
  const id = randomUUID();
  for (let tries = 0; ; tries++) {
    try {
      return await write({ [WRITE_ID]: id });
    } catch (error) {
      const pauseMs = PAUSES_MS[tries];
      if (isWriteConflict(error) && pauseMs !== undefined) {
        await sleep(pauseMs * (0.5 + Math.random()));
        continue;
      }
      const failed = isConditionFailed(error) || isMissingObject(error);
      const mayBeDone = (failed || isMissingUpload(error)) && (tries > 0 || attemptsOf(error) > 1);
      const own = mayBeDone ? await etagOfWrite(s3, place, id) : undefined;
      if (own === undefined && !failed) throw error;
      return own;
    }
  }
}

/** How often the SDK has sent what failed. */
function attemptsOf(error: unknown): number {
  return (error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1;
}

async function etagOfWrite(s3: S3Client, { bucket, key }: ObjectPlace, id: string): Promise<string | undefined> {
  try {
    const { ETag = "", Metadata } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return Metadata?.[WRITE_ID] === id ? ETag : undefined;
  } catch (error) {
    if (isMissingObject(error)) return undefined;
    throw error;
  }
}
