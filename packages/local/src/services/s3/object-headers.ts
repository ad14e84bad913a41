import { AwsError } from "../../aws-error.ts";
import { checksumMembers } from "./checksums.ts";
import type { ObjectDescription, ObjectHeaders } from "./object-description.ts";
import type { S3Input } from "./s3-protocol.ts";

const STORED_HEADERS = [
  "ContentType",
  "CacheControl",
  "ContentDisposition",
  "ContentEncoding",
  "ContentLanguage",
  "Expires",
] as const satisfies readonly (keyof ObjectHeaders)[];

/** UTF-8 bytes of all user-defined names and values. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html */
const LARGEST_METADATA = 2048;
const LONGEST_KEY = 1024;

/** The headers of a request that stay with its object. `aws-chunked` tells of the transport, not of the object. */
export function storedHeaders(input: S3Input): ObjectHeaders {
  const headers: Record<string, string> = { ContentType: "binary/octet-stream" };
  for (const name of STORED_HEADERS) {
    const value = input[name];
    if (typeof value === "string") headers[name] = value;
  }
  const encoding = headers.ContentEncoding?.split(/,\s*/)
    .filter((part) => part !== "aws-chunked")
    .join(",");
  delete headers.ContentEncoding;
  return encoding ? { ...headers, ContentEncoding: encoding } : headers;
}

/** Members that GetObject and HeadObject answer about an object. */
export function describedMembers(object: ObjectDescription): Record<string, unknown> {
  const tagCount = Object.keys(object.tags).length;
  return {
    ...object.headers,
    AcceptRanges: "bytes",
    ETag: object.etag,
    LastModified: new Date(object.lastModifiedMs),
    Metadata: object.metadata,
    ...(tagCount > 0 && { TagCount: tagCount }),
  };
}

/** An object's checksums and of which type they are; nothing where it has none. */
export function describedChecksums({
  checksums,
  checksumType = "FULL_OBJECT",
}: ObjectDescription): Record<string, string> {
  return Object.keys(checksums).length === 0 ? {} : { ...checksumMembers(checksums), ChecksumType: checksumType };
}

/** Refuses keys and metadata over S3's sizes. */
export function checkSizes({ Key, Metadata }: S3Input): void {
  if (Buffer.byteLength(Key) > LONGEST_KEY) {
    throw new AwsError("KeyTooLongError", "Your key is too long", {
      Size: Buffer.byteLength(Key),
      MaxSizeAllowed: LONGEST_KEY,
    });
  }
  const size = Object.entries(Metadata).reduce((sum, [name, value]) => sum + name.length + bytesOf(value), 0);
  if (size > LARGEST_METADATA) {
    throw new AwsError("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", {
      Size: size,
      MaxSizeAllowed: LARGEST_METADATA,
    });
  }
}

/** A header has one character for each byte, unless it never was on a wire. */
function bytesOf(value: string): number {
  return /^[\u0020-\u00ff\t]*$/.test(value) ? value.length : Buffer.byteLength(value);
}
