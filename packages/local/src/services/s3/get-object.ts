import { closeSync, createReadStream, openSync, readFileSync, readSync } from "node:fs";
import type { Readable } from "node:stream";
import { AwsError } from "../../aws-error.ts";
import { type ByteRange, parseRange } from "./byte-range.ts";
import { checkReadConditions } from "./conditions.ts";
import { noSuchKey } from "./no-such-key.ts";
import type { StoredObject } from "./object-files.ts";
import { describedMembers } from "./object-headers.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";

/** Up to here an object is read at once, which is faster than a stream; larger ones never lie in memory. */
const SMALL_BYTES = 256 * 1024;

/** The version of each object in a bucket without versioning, as all are here. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/VersionedObjects.html */
const NULL_VERSION = "null";

export function getOperations({ files }: S3Context) {
  const mustFind = ({ Bucket, Key, VersionId = NULL_VERSION }: S3Input) => {
    const object = files.find(Bucket, Key) ?? noSuchKey(files, Bucket, Key);
    if (VersionId === NULL_VERSION) return object;
    throw new AwsError("NoSuchVersion", "The specified version does not exist.", { status: 404, Key, VersionId });
  };
  const describe = (object: StoredObject, input: S3Input): { output: S3Output; range: ByteRange | undefined } => {
    checkReadConditions(object, input);
    const range = parseRange(input.Range, object.size);
    const members = {
      ...describedMembers(object, input.ChecksumMode === "ENABLED" && range === undefined),
      ...responseOverrides(input),
    };
    if (range === undefined) return { output: { ...members, ContentLength: object.size }, range };
    const ContentRange = `bytes ${range.first}-${range.last}/${object.size}`;
    return { output: { ...members, status: 206, ContentRange, ContentLength: range.last - range.first + 1 }, range };
  };

  return {
    HeadObject: (input: S3Input): S3Output => describe(mustFind(input), input).output,

    GetObject(input: S3Input): S3Output {
      const object = mustFind(input);
      const { output, range } = describe(object, input);
      return { ...output, Body: read(object, range ?? { first: 0, last: object.size - 1 }) };
    },

    GetObjectAttributes(input: S3Input): S3Output {
      const object = mustFind(input);
      checkReadConditions(object, input);
      const checksums = Object.entries(object.checksums).map(([algorithm, digest]) => [`Checksum${algorithm}`, digest]);
      const content = {
        ETag: object.etag.replaceAll('"', ""),
        ...(checksums.length > 0 && { Checksum: { ...Object.fromEntries(checksums), ChecksumType: "FULL_OBJECT" } }),
        StorageClass: "STANDARD",
        ObjectSize: object.size,
      };
      return { LastModified: new Date(object.lastModifiedMs), xml: { root: "GetObjectAttributesResponse", content } };
    },
  };
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
    ContentType: input.ResponseContentType,
    ContentDisposition: input.ResponseContentDisposition,
    CacheControl: input.ResponseCacheControl,
  };
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
}
