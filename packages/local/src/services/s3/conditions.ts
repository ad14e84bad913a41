import { AwsError } from "../../aws-error.ts";
import type { ObjectDescription } from "./object-description.ts";
import { isDeleteMarker, type Version } from "./object-files.ts";
import { responseHeaders, type S3Input } from "./s3-protocol.ts";

/** The conditions of a read, by their names as headers of GetObject. */
export interface ReadConditions {
  readonly IfMatch?: unknown;
  readonly IfNoneMatch?: unknown;
  readonly IfModifiedSince?: unknown;
  readonly IfUnmodifiedSince?: unknown;
}

/**
 * Conditional reads: throws `PreconditionFailed`, or a 304 that has no body and carries `described`, what is known of the object.
 * A passing If-Match overrules If-Unmodified-Since, a present If-None-Match overrules If-Modified-Since.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function checkReadConditions(
  object: ObjectDescription,
  { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince }: ReadConditions,
  described: Readonly<Record<string, unknown>> = {},
): void {
  const modifiedSeconds = Math.floor(object.lastModifiedMs / 1000);
  if (IfMatch !== undefined) {
    if (!matchesEtag(IfMatch, object)) throw preconditionFailed("If-Match");
  } else if (isDate(IfUnmodifiedSince) && modifiedSeconds > secondsOf(IfUnmodifiedSince)) {
    throw preconditionFailed("If-Unmodified-Since");
  }
  if (IfNoneMatch !== undefined) {
    if (matchesEtag(IfNoneMatch, object)) throw notModified(described);
  } else if (isDate(IfModifiedSince) && modifiedSeconds <= secondsOf(IfModifiedSince)) {
    throw notModified(described);
  }
}

/**
 * Conditional writes: `If-None-Match: *` writes only what is not there, `If-Match` only over the very object that was read. What is
 * deleted is not there.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function checkWriteConditions(current: ObjectDescription | undefined, input: S3Input): void {
  const { IfMatch, IfNoneMatch, Key } = input;
  if (IfNoneMatch !== undefined && IfNoneMatch !== "*") {
    throw new AwsError("NotImplemented", "A header you provided implies functionality that is not implemented", {
      status: 501,
      Header: "If-None-Match",
    });
  }
  if (IfNoneMatch === "*" && current !== undefined) throw preconditionFailed("If-None-Match");
  if (IfMatch === undefined) return;
  if (current === undefined) throw keyDoesNotExist(Key);
  if (!matchesEtag(IfMatch, current)) throw preconditionFailed("If-Match");
}

/**
 * Conditional deletes look at the current version, whichever is deleted: it must be the object that was read. A delete marker is no
 * object, but it is there.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
 */
export function checkDeleteCondition(current: Version | undefined, etag: unknown, Key: string): void {
  if (etag === undefined) return;
  if (current === undefined) throw keyDoesNotExist(Key);
  if (isDeleteMarker(current) || !matchesEtag(etag, current)) throw preconditionFailed("If-Match");
}

export function matchesEtag(condition: unknown, { etag }: Pick<ObjectDescription, "etag">): boolean {
  if (typeof condition !== "string") return false;
  return condition
    .split(",")
    .map((candidate) => candidate.trim())
    .some((candidate) => candidate === "*" || candidate.replaceAll('"', "") === etag.replaceAll('"', ""));
}

export function preconditionFailed(condition: string): AwsError {
  return new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    status: 412,
    Condition: condition,
  });
}

export function keyDoesNotExist(Key: string): AwsError {
  return new AwsError("NoSuchKey", "The specified key does not exist.", { status: 404, Key });
}

/** What a 304 says of the object. @see https://www.rfc-editor.org/rfc/rfc9110#name-304-not-modified */
const NOT_MODIFIED_MEMBERS = ["ETag", "LastModified", "CacheControl", "Expires", "VersionId"] as const;

function notModified(described: Readonly<Record<string, unknown>>): AwsError {
  const members = Object.fromEntries(NOT_MODIFIED_MEMBERS.map((name) => [name, described[name]]));
  return new AwsError("NotModified", "Not Modified", { status: 304, headers: responseHeaders(members) });
}

function isDate(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function secondsOf(date: string): number {
  return Math.floor(Date.parse(date) / 1000);
}
