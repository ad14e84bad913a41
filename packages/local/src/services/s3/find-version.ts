import { AwsError } from "../../aws-error.ts";
import { keyDoesNotExist } from "./conditions.ts";
import type { StoredObject } from "./current-files.ts";
import { bucketMustExist, isDeleteMarker, type ObjectFiles } from "./object-files.ts";
import { responseHeaders } from "./s3-protocol.ts";
import type { DeleteMarker } from "./version-files.ts";

export interface VersionName {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: unknown;
}

/** The version that is asked for, by default the current one. Throws where there is none, and for a delete marker. */
export function mustFindVersion(files: ObjectFiles, { Bucket, Key, VersionId }: VersionName): StoredObject {
  bucketMustExist(files, Bucket);
  if (VersionId === undefined) {
    const latest = files.latest(Bucket, Key);
    if (latest === undefined) throw keyDoesNotExist(Key);
    if (isDeleteMarker(latest)) throw deleted(Key, latest);
    return latest;
  }
  const version = files.versions(Bucket, Key).find(({ versionId }) => versionId === VersionId);
  if (version === undefined) {
    if (VersionId === "") throw new AwsError("InvalidArgument", "Version id cannot be the empty string");
    throw new AwsError("NoSuchVersion", "The specified version does not exist.", { status: 404, Key, VersionId });
  }
  if (isDeleteMarker(version)) throw markerIsNoObject(version);
  return version;
}

/** The version id that an answer shows: none where the bucket never had versions. */
export function shownVersion(
  files: ObjectFiles,
  bucket: string,
  versionId: string | undefined,
): { VersionId?: string } {
  return files.versioning(bucket) === undefined || versionId === undefined ? {} : { VersionId: versionId };
}

function deleted(Key: string, { versionId }: DeleteMarker): AwsError {
  const headers = responseHeaders({ DeleteMarker: true, VersionId: versionId });
  return new AwsError("NoSuchKey", "The specified key does not exist.", { status: 404, Key, headers });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html */
function markerIsNoObject({ versionId, lastModifiedMs }: DeleteMarker): AwsError {
  const described = { DeleteMarker: true, VersionId: versionId, LastModified: new Date(lastModifiedMs) };
  const message = "The specified method is not allowed against this resource.";
  return new AwsError("MethodNotAllowed", message, {
    status: 405,
    ResourceType: "DeleteMarker",
    headers: { ...responseHeaders(described), allow: "DELETE" },
  });
}
