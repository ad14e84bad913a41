import { createReadStream } from "node:fs";
import { AwsError } from "../../aws-error.ts";
import { parseRange } from "./byte-range.ts";
import { checkReadConditions, checkWriteConditions, preconditionFailed } from "./conditions.ts";
import { noSuchKey } from "./no-such-key.ts";
import { bucketMustExist, type ObjectFiles, type StoredObject } from "./object-files.ts";
import { checkSizes, storedHeaders } from "./object-headers.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";
import { parseTagHeader } from "./tagging.ts";

export function copyOperations({ files, clock }: S3Context) {
  return {
    async CopyObject(input: S3Input): Promise<S3Output> {
      const { Bucket, Key } = input;
      bucketMustExist(files, Bucket);
      checkSizes(input);
      const source = findSource(files, input);
      const replaces = input.MetadataDirective === "REPLACE";
      if (!replaces && source.bucket === Bucket && source.key === Key) {
        throw new AwsError(
          "InvalidRequest",
          "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata",
        );
      }
      const body = await files.receive(createReadStream(source.object.file), {});
      try {
        checkWriteConditions(files.find(Bucket, Key), input);
        const stored = files.store(Bucket, Key, body, {
          etag: `"${body.md5}"`,
          lastModifiedMs: clock.now(),
          headers: replaces ? storedHeaders(input) : source.object.headers,
          metadata: replaces ? input.Metadata : source.object.metadata,
          checksums: source.object.checksums,
          tags: input.TaggingDirective === "REPLACE" ? parseTagHeader(input.Tagging) : source.object.tags,
        });
        return { xml: { root: "CopyObjectResult", content: renderCopied(stored) } };
      } finally {
        files.discard(body);
      }
    },
  };
}

export function renderCopied({ etag, lastModifiedMs }: { etag: string; lastModifiedMs: number }): unknown {
  return { ETag: etag, LastModified: new Date(lastModifiedMs) };
}

interface CopySource {
  readonly bucket: string;
  readonly key: string;
  readonly object: StoredObject;
}

/** The object that `x-amz-copy-source` names (`bucket/key`, percent-encoded), if the copy's conditions hold. */
export function findSource(files: ObjectFiles, input: S3Input): CopySource {
  const path = decodeURIComponent(
    String(input.CopySource)
      .replace(/^\//, "")
      .replace(/\?versionId=.*$/, ""),
  );
  const slash = path.indexOf("/");
  if (slash < 1) throw new AwsError("InvalidArgument", `Invalid copy source object key: ${path}`);
  const [bucket, key] = [path.slice(0, slash), path.slice(slash + 1)];
  const object = files.find(bucket, key) ?? noSuchKey(files, bucket, key);
  try {
    const { IfMatch: _target, IfNoneMatch: _none, ...rest } = input;
    checkReadConditions(object, {
      ...rest,
      ...(input.CopySourceIfMatch !== undefined && { IfMatch: input.CopySourceIfMatch }),
      ...(input.CopySourceIfNoneMatch !== undefined && { IfNoneMatch: input.CopySourceIfNoneMatch }),
    } as S3Input);
  } catch (error) {
    // Where a read answers 304, a copy that does not take place answers 412.
    if (error instanceof AwsError && error.status === 304) throw preconditionFailed("x-amz-copy-source-If-None-Match");
    throw error;
  }
  return { bucket, key, object };
}

/** The bytes of a copy's source, or the range of them that `x-amz-copy-source-range` asks for. */
export function readSource({ object }: CopySource, range: unknown): AsyncIterable<Uint8Array> {
  const part = parseRange(range, object.size);
  return createReadStream(object.file, part && { start: part.first, end: part.last });
}
