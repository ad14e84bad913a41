import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { isConditionFailed, isMissingObject, isMissingUpload, isWriteConflict } from "./aws-failure.ts";
import { chance } from "./chance.ts";
import type { ObjectPlace } from "./object-place.ts";
import { isMustersOwn } from "./own-object.ts";
import { UnknownOutcomeError } from "./unknown-outcome-error.ts";

export interface WriteCondition {
  /** Only over exactly this version. The role needs s3:GetObject too. */
  readonly ifMatch?: string | undefined;
  /** Only where there is none. */
  readonly ifNoneMatch?: "*" | undefined;
  /** The same for each call of one who writes again after a call that failed, so that he knows what that one stored. */
  readonly writeId?: string | undefined;
  /** With `ifNoneMatch`: what Muster wrote for itself, an index page, is none. The role needs s3:GetObject too. */
  readonly overOwn?: boolean | undefined;
}

/** What a write hands on to S3. */
export interface WriteHeaders extends Pick<WriteCondition, "ifMatch" | "ifNoneMatch"> {
  readonly metadata: Record<string, string> | undefined;
}

/** By this metadata of an object a writer knows its own. */
const WRITE_ID = "muster-write";
const PAUSES_MS = [100, 300, 1000, 3000];

export interface ConditionalWrite extends WriteCondition {
  /** Called perhaps more than once; answers the ETag. */
  readonly write: (headers: WriteHeaders) => Promise<string>;
}

/**
 * Writes an object, under a condition where there is one, and answers the new version's ETag; undefined when the condition did not hold. S3 wants
 * another try where writes came at once. After one whose answer was lost, the next finds its own object in the way: that is success.
 * @throws UnknownOutcomeError where its own object may be in the way and it may not look
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export async function writeOnCondition(
  s3: S3Client,
  place: ObjectPlace,
  { ifMatch, ifNoneMatch, writeId, overOwn, write }: ConditionalWrite,
): Promise<string | undefined> {
  const isConditional = ifMatch !== undefined || ifNoneMatch !== undefined;
  const id = writeId ?? chance().uuid();
  for (let tries = 0; ; tries++) {
    try {
      return await write({ metadata: isConditional ? { [WRITE_ID]: id } : undefined, ifMatch, ifNoneMatch });
    } catch (error) {
      const pauseMs = PAUSES_MS[tries];
      if (isWriteConflict(error) && pauseMs !== undefined) {
        await chance().pause(pauseMs * (0.5 + chance().fraction()));
        continue;
      }
      if (!isConditional) throw error;
      const failed = isConditionFailed(error) || isMissingObject(error);
      const isRepeated = tries > 0 || writeId !== undefined || attemptsOf(error) > 1;
      const mayBeDone = isRepeated && (failed || isMissingUpload(error));
      const own = mayBeDone ? await etagOfWrite(s3, place, id) : undefined;
      if (own !== undefined) return own;
      if (!failed) throw error;
      const page = ifNoneMatch !== undefined && overOwn ? await etagOf(s3, place, isMustersOwn) : undefined;
      return page && writeOnCondition(s3, place, { ifMatch: page, writeId, write });
    }
  }
}

/** How often the SDK has sent what failed. */
function attemptsOf(error: unknown): number {
  return (error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1;
}

const etagOfWrite = (s3: S3Client, place: ObjectPlace, id: string): Promise<string | undefined> =>
  etagOf(s3, place, (metadata) => metadata?.[WRITE_ID] === id);

/** Of the object there, if it has such metadata. */
async function etagOf(
  s3: S3Client,
  { bucket, key }: ObjectPlace,
  isWanted: (metadata: Record<string, string> | undefined) => boolean,
): Promise<string | undefined> {
  try {
    const { ETag = "", Metadata } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return isWanted(Metadata) ? ETag : undefined;
  } catch (error) {
    if (isMissingObject(error)) return undefined;
    if (!isForbidden(error)) throw error;
    throw new UnknownOutcomeError(`s3://${bucket}/${key} was written, by this write or by another`, {
      hint: "a role that writes on a condition needs s3:GetObject to know its own",
      cause: error,
    });
  }
}

/** The answer of a HEAD has no body that could name the error. */
function isForbidden(error: unknown): boolean {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 403;
}
