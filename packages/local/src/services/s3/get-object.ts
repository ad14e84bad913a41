import { closeSync, createReadStream, openSync, readFileSync, readSync } from "node:fs";
import type { Readable } from "node:stream";
import { AwsError } from "../../aws-error.ts";
import { invalidRequest } from "./body-checks.ts";
import { type ByteRange, parseRange } from "./byte-range.ts";
import { checksumMembers } from "./checksums.ts";
import { checkReadConditions, matchesEtag } from "./conditions.ts";
import type { StoredObject } from "./current-files.ts";
import { mustFindVersion, shownVersion } from "./find-version.ts";
import type { ObjectPart } from "./object-description.ts";
import { describedChecksums, describedMembers } from "./object-headers.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";

/** Up to here an object is read at once, which is faster than a stream; larger ones never lie in memory. */
const SMALL_BYTES = 256 * 1024;

interface Selection {
  /** Undefined for the whole. */
  readonly range: ByteRange | undefined;
  readonly part?: ObjectPart | undefined;
}

export function getOperations({ files }: S3Context) {
  const describe = (object: StoredObject, input: S3Input): { output: S3Output; range: ByteRange | undefined } => {
    const described = { ...describedMembers(object), ...shownVersion(files, input.Bucket, object.versionId) };
    const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = input;
    checkReadConditions(object, { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince }, described);
    const selection = select(object, input);
    const { range } = selection;
    const members = {
      ...described,
      ...(input.ChecksumMode === "ENABLED" && shownChecksums(object, selection)),
      ...(input.PartNumber !== undefined && object.parts !== undefined && { PartsCount: object.parts.length }),
      ...responseOverrides(input),
    };
    if (range === undefined) return { output: { ...members, ContentLength: object.size }, range };
    const ContentRange = `bytes ${range.first}-${range.last}/${object.size}`;
    return { output: { ...members, status: 206, ContentRange, ContentLength: range.last - range.first + 1 }, range };
  };

  return {
    HeadObject: (input: S3Input): S3Output => describe(mustFindVersion(files, input), input).output,

    GetObject(input: S3Input): S3Output {
      const object = mustFindVersion(files, input);
      const { output, range } = describe(object, input);
      return { ...output, Body: read(object, range ?? { first: 0, last: object.size - 1 }) };
    },
  };
}

/** What of an object a request reads: a range, or a part by its number. */
function select(object: StoredObject, { Range, IfRange, PartNumber }: S3Input): Selection {
  if (PartNumber === undefined) {
    const isSame = IfRange === undefined || isUnchanged(object, IfRange);
    return { range: isSame ? parseRange(Range, object.size) : undefined };
  }
  if (Range !== undefined) throw invalidRequest("Cannot specify both Range header and partNumber query parameter");
  const number = partNumberOf(PartNumber);
  const parts = object.parts ?? [{ number: 1, size: object.size, checksums: object.checksums }];
  const index = parts.findIndex((part) => part.number === number);
  const part = parts[index];
  if (part === undefined) {
    throw new AwsError("InvalidPartNumber", "The requested partnumber is not satisfiable", {
      status: 416,
      PartNumberRequested: number,
      ActualPartCount: parts.length,
    });
  }
  const first = parts.slice(0, index).reduce((sum, { size }) => sum + size, 0);
  return { range: part.size === 0 ? undefined : { first, last: first + part.size - 1 }, part };
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#name-if-range */
function isUnchanged(object: StoredObject, condition: unknown): boolean {
  const isDate = !Number.isNaN(Date.parse(String(condition)));
  return isDate
    ? Math.floor(object.lastModifiedMs / 1000) * 1000 === Date.parse(String(condition))
    : matchesEtag(condition, object);
}

/** Checksums are of the whole object, or of a part; a range has none. */
function shownChecksums(object: StoredObject, { range, part }: Selection): Record<string, string> {
  if (part === undefined) return range === undefined ? describedChecksums(object) : {};
  if (object.parts === undefined) return describedChecksums(object);
  const { ChecksumType } = describedChecksums(object);
  return { ...checksumMembers(part.checksums), ...(ChecksumType !== undefined && { ChecksumType }) };
}

const MOST_PARTS = 10_000;

/** Throws where a part number is none. */
export function partNumberOf(member: unknown): number {
  const number = Number(member);
  if (Number.isInteger(number) && number >= 1 && number <= MOST_PARTS) return number;
  throw new AwsError("InvalidArgument", `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`, {
    ArgumentName: "partNumber",
    ArgumentValue: String(member),
  });
}

/** The file is opened before anything is answered, so that an object that is replaced meanwhile is still sent whole. */
function read({ file, size }: StoredObject, { first, last }: ByteRange): Readable | Uint8Array {
  if (size === 0) return new Uint8Array();
  if (first === 0 && last === size - 1 && size <= SMALL_BYTES) return readFileSync(file);
  const descriptor = openSync(file, "r");
  const length = last - first + 1;
  if (length > SMALL_BYTES) return createReadStream(file, { fd: descriptor, start: first, end: last });
  try {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, first));
  } finally {
    closeSync(descriptor);
  }
}

/** A presigned URL may choose how a browser takes the object. */
function responseOverrides(input: S3Input): Record<string, unknown> {
  const overrides = {
    CacheControl: input.ResponseCacheControl,
    ContentDisposition: input.ResponseContentDisposition,
    ContentEncoding: input.ResponseContentEncoding,
    ContentLanguage: input.ResponseContentLanguage,
    ContentType: input.ResponseContentType,
    Expires: input.ResponseExpires,
  };
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
}
