import { createReadStream } from "node:fs";
import { AwsError } from "../../aws-error.ts";
import { invalidRequest } from "./body-checks.ts";
import { parseCopyRange } from "./byte-range.ts";
import { type ChecksumAlgorithm, checksumMembers, DEFAULT_ALGORITHM, isChecksumAlgorithm } from "./checksums.ts";
import { checkReadConditions, checkWriteConditions, preconditionFailed } from "./conditions.ts";
import type { StoredObject } from "./current-files.ts";
import { mustFindVersion, shownVersion } from "./find-version.ts";
import type { ObjectDescription } from "./object-description.ts";
import { bucketMustExist, type ObjectFiles } from "./object-files.ts";
import { checkSizes, storedHeaders } from "./object-headers.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";
import { parseTagHeader } from "./tagging.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
const LARGEST_COPY = 5 * 2 ** 30;

export function copyOperations({ files, clock }: S3Context) {
  return {
    async CopyObject(input: S3Input): Promise<S3Output> {
      const { Bucket, Key } = input;
      bucketMustExist(files, Bucket);
      checkSizes(input);
      const source = findSource(files, input);
      const replaces = isReplace(input.MetadataDirective, "metadata");
      const tags = isReplace(input.TaggingDirective, "tagging") ? parseTagHeader(input.Tagging) : source.object.tags;
      if (!replaces && source.VersionId === undefined && source.Bucket === Bucket && source.Key === Key) {
        throw invalidRequest(
          "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata",
        );
      }
      if (source.object.size > LARGEST_COPY) {
        throw invalidRequest(
          `The specified copy source is larger than the maximum allowable size for a copy source: ${LARGEST_COPY}`,
        );
      }
      const algorithms = algorithmsOf(input, source.object);
      const body = await files.receive(createReadStream(source.object.file), { headers: {}, algorithms });
      try {
        bucketMustExist(files, Bucket);
        checkWriteConditions(files.find(Bucket, Key), input);
        const stored = files.store(Bucket, Key, body, {
          etag: `"${body.md5}"`,
          lastModifiedMs: clock.now(),
          headers: replaces ? storedHeaders(input) : source.object.headers,
          metadata: replaces ? input.Metadata : source.object.metadata,
          checksums: body.checksums,
          tags,
        });
        return {
          ...shownVersion(files, Bucket, stored.versionId),
          ...copiedFrom(files, source),
          xml: { root: "CopyObjectResult", content: { ...renderCopied(stored), ChecksumType: "FULL_OBJECT" } },
        };
      } finally {
        files.discard(body);
      }
    },
  };
}

function isReplace(directive: unknown, what: string): boolean {
  if (directive === undefined || directive === "COPY") return false;
  if (directive === "REPLACE") return true;
  throw new AwsError("InvalidArgument", `Unknown ${what} directive.`, {
    ArgumentName: `x-amz-${what}-directive`,
    ArgumentValue: directive,
  });
}

/** A copy has the checksum that is asked for, or one of its source's kind; of the whole, whatever the source's was. */
function algorithmsOf({ ChecksumAlgorithm }: S3Input, { checksums }: ObjectDescription): readonly ChecksumAlgorithm[] {
  if (ChecksumAlgorithm !== undefined) return [checkAlgorithm(ChecksumAlgorithm)];
  const [algorithm] = Object.keys(checksums) as ChecksumAlgorithm[];
  return [algorithm ?? DEFAULT_ALGORITHM];
}

export function checkAlgorithm(member: unknown): ChecksumAlgorithm {
  const name = String(member).toUpperCase();
  if (isChecksumAlgorithm(name)) return name;
  throw invalidRequest("Checksum algorithm provided is unsupported. Please try again with any of the valid types.");
}

export function renderCopied({
  etag,
  lastModifiedMs,
  checksums,
}: Pick<ObjectDescription, "etag" | "lastModifiedMs" | "checksums">): Record<string, unknown> {
  return { ETag: etag, LastModified: new Date(lastModifiedMs), ...checksumMembers(checksums) };
}

export interface CopySource {
  readonly Bucket: string;
  readonly Key: string;
  /** Where the source names one. */
  readonly VersionId: string | undefined;
  readonly object: StoredObject;
}

/** The object that `x-amz-copy-source` names (`bucket/key`, percent-encoded, `?versionId=…`), if the copy's conditions hold. */
export function findSource(files: ObjectFiles, input: S3Input): CopySource {
  const [, path = "", VersionId] = /^\/?(.*?)(?:\?versionId=(.*))?$/s.exec(String(input.CopySource)) ?? [];
  const decoded = decodeURIComponent(path);
  const slash = decoded.indexOf("/");
  if (slash < 1 || slash === decoded.length - 1) {
    throw new AwsError("InvalidArgument", `Invalid copy source object key: ${decoded}`, {
      ArgumentName: "x-amz-copy-source",
      ArgumentValue: input.CopySource,
    });
  }
  const name = { Bucket: decoded.slice(0, slash), Key: decoded.slice(slash + 1), VersionId };
  const object = mustFindSource(files, name);
  try {
    checkReadConditions(object, {
      IfMatch: input.CopySourceIfMatch,
      IfNoneMatch: input.CopySourceIfNoneMatch,
      IfModifiedSince: input.CopySourceIfModifiedSince,
      IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
    });
  } catch (error) {
    // Where a read answers 304, a copy that does not take place answers 412.
    if (error instanceof AwsError && error.status === 304) throw preconditionFailed("x-amz-copy-source-If-None-Match");
    throw error;
  }
  return { ...name, object };
}

function mustFindSource(files: ObjectFiles, name: Omit<CopySource, "object">): StoredObject {
  try {
    return mustFindVersion(files, name);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "MethodNotAllowed") throw error;
    throw invalidRequest("The source of a copy request may not specifically refer to a delete marker by version id.");
  }
}

/** The version that was read, where the source's bucket has versions. */
export function copiedFrom(files: ObjectFiles, { Bucket, object }: CopySource): { CopySourceVersionId?: string } {
  const { VersionId } = shownVersion(files, Bucket, object.versionId);
  return VersionId === undefined ? {} : { CopySourceVersionId: VersionId };
}

/** The bytes of a copy's source, or the range of them that `x-amz-copy-source-range` asks for. */
export function readSource({ object }: CopySource, range: unknown): AsyncIterable<Uint8Array> {
  const part = parseCopyRange(range, object.size);
  return createReadStream(object.file, part && { start: part.first, end: part.last });
}
