import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectVersionsCommand,
  NoSuchBucket,
  type S3Client,
} from "@aws-sdk/client-s3";
import { isMissingObject, type ObjectPlace } from "@muster/records";

/** How an object is another now than it was. */
export type ObjectChange =
  /** Replaced or removed since; as it was then it is there still. */
  | "changed since"
  /** Written since, where no versions are kept: as it was then nobody knows. */
  | "written since";

export interface ObjectOfThen {
  /** undefined where there was none. */
  readonly found: GetObjectCommandOutput | undefined;
  readonly change: ObjectChange | undefined;
}

export interface LookBack {
  readonly s3: S3Client;
  readonly at: Date;
  /** The one who looks may have written it himself: of such an object, written since, there was none. */
  isOwn(place: ObjectPlace): boolean;
}

/** An object as it was at a time, as far as its bucket keeps what was replaced. Reads no more than it must of what has not changed. */
export async function objectOfThen(place: ObjectPlace, { s3, at, isOwn }: LookBack): Promise<ObjectOfThen> {
  const now = await get(s3, place);
  // S3 tells whole seconds.
  if (now?.LastModified !== undefined && now.LastModified.getTime() <= at.getTime()) {
    return { found: now, change: undefined };
  }
  const versions = await versionsOf(s3, place);
  const then = versions?.find(({ writtenAt }) => writtenAt <= at.getTime());
  if (then !== undefined) {
    discard(now);
    const found = then.isMarker ? undefined : await get(s3, place, then.id);
    return { found, change: then.isMarker && now === undefined ? undefined : "changed since" };
  }
  const keepsVersions = versions?.some(({ id }) => id !== UNVERSIONED) ?? false;
  if (now === undefined) return { found: undefined, change: undefined };
  if (!keepsVersions && !isOwn(place)) return { found: now, change: "written since" };
  discard(now);
  return { found: undefined, change: undefined };
}

/** The id of what was written while its bucket kept no versions. */
const UNVERSIONED = "null";

async function get(s3: S3Client, { bucket, key }: ObjectPlace, version?: string) {
  const object = { Bucket: bucket, Key: key, ...(version !== undefined && { VersionId: version }) };
  return s3.send(new GetObjectCommand(object)).catch((error: unknown) => {
    if (isMissingObject(error) || error instanceof NoSuchBucket) return undefined;
    throw error;
  });
}

interface ObjectVersion {
  readonly id: string;
  readonly writtenAt: number;
  readonly isMarker: boolean;
}

/** The newest first; undefined where the caller may not see them. More than a thousand are not looked through. */
async function versionsOf(s3: S3Client, { bucket, key }: ObjectPlace): Promise<ObjectVersion[] | undefined> {
  try {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }));
    const versions = (isMarker: boolean, entries: typeof page.DeleteMarkers = []) =>
      entries.flatMap(({ Key, VersionId = UNVERSIONED, LastModified }): ObjectVersion[] =>
        Key === key ? [{ id: VersionId, writtenAt: LastModified?.getTime() ?? 0, isMarker }] : [],
      );
    const all = [...versions(false, page.Versions), ...versions(true, page.DeleteMarkers)];
    return all.sort((one, other) => other.writtenAt - one.writtenAt);
  } catch (error) {
    if (error instanceof NoSuchBucket) return [];
    if (error instanceof Error && /AccessDenied|NotImplemented/.test(error.name)) return undefined;
    throw error;
  }
}

const discard = (answer: GetObjectCommandOutput | undefined): void => {
  if (answer?.Body !== undefined && "destroy" in answer.Body) answer.Body.destroy();
};
