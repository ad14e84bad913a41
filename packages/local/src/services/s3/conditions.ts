import { AwsError } from "../../aws-error.ts";
import type { ObjectDescription } from "./object-files.ts";
import type { S3Input } from "./s3-protocol.ts";

/**
 * Conditional reads: throws `PreconditionFailed`, or a 304 that has no body.
 * A passing If-Match overrules If-Unmodified-Since, a present If-None-Match overrules If-Modified-Since.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function checkReadConditions(object: ObjectDescription, input: S3Input): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = input;
  const modifiedSeconds = Math.floor(object.lastModifiedMs / 1000);
  if (IfMatch !== undefined) {
    if (!matchesEtag(IfMatch, object)) throw preconditionFailed("If-Match");
  } else if (isDate(IfUnmodifiedSince) && modifiedSeconds > secondsOf(IfUnmodifiedSince)) {
    throw preconditionFailed("If-Unmodified-Since");
  }
  if (IfNoneMatch !== undefined) {
    if (matchesEtag(IfNoneMatch, object)) throw notModified();
  } else if (isDate(IfModifiedSince) && modifiedSeconds <= secondsOf(IfModifiedSince)) {
    throw notModified();
  }
}

/**
 * Conditional writes: `If-None-Match: *` writes only what is not there, `If-Match` only over the very object that was read.
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
  if (current === undefined) throw new AwsError("NoSuchKey", "The specified key does not exist.", { status: 404, Key });
  if (!matchesEtag(IfMatch, current)) throw preconditionFailed("If-Match");
}

export function matchesEtag(condition: unknown, { etag }: ObjectDescription): boolean {
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

function notModified(): AwsError {
  return new AwsError("NotModified", "Not Modified", { status: 304 });
}

function isDate(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function secondsOf(date: string): number {
  return Math.floor(Date.parse(date) / 1000);
}
