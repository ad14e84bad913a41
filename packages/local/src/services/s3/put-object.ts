import { announcesChecksum } from "./body-checks.ts";
import { type ChecksumAlgorithm, checksumMembers, DEFAULT_ALGORITHM } from "./checksums.ts";
import { checkWriteConditions } from "./conditions.ts";
import { shownVersion } from "./find-version.ts";
import { bucketMustExist } from "./object-files.ts";
import { checkSizes, storedHeaders } from "./object-headers.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";
import { parseTagHeader } from "./tagging.ts";

export function putOperations({ files, clock }: S3Context) {
  return {
    /** Conditions are decided when the whole body is here, in the same step as the write: of two racing writers one wins. */
    async PutObject(input: S3Input): Promise<S3Output> {
      const { Bucket, Key, Metadata } = input;
      bucketMustExist(files, Bucket);
      checkSizes(input);
      checkWriteConditions(files.find(Bucket, Key), input);
      const tags = parseTagHeader(input.Tagging);
      const algorithms: ChecksumAlgorithm[] = announcesChecksum(input.headers) ? [] : [DEFAULT_ALGORITHM];
      const body = await files.receive(input.Body, { headers: input.headers, algorithms });
      try {
        bucketMustExist(files, Bucket);
        checkWriteConditions(files.find(Bucket, Key), input);
        const stored = files.store(Bucket, Key, body, {
          etag: `"${body.md5}"`,
          lastModifiedMs: clock.now(),
          headers: storedHeaders(input),
          metadata: Metadata,
          checksums: body.checksums,
          tags,
        });
        return {
          ETag: stored.etag,
          ...shownVersion(files, Bucket, stored.versionId),
          ...checksumMembers(body.checksums),
          ChecksumType: "FULL_OBJECT",
        };
      } finally {
        files.discard(body);
      }
    },
  };
}
