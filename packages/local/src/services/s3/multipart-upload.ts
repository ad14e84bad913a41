import { invalidRequest } from "./body-checks.ts";
import { type ChecksumAlgorithm, type ChecksumType, checksumMembers, checksumTypes } from "./checksums.ts";
import { checkAlgorithm, copiedFrom, findSource, readSource, renderCopied } from "./copy-object.ts";
import { partNumberOf } from "./get-object.ts";
import { bucketMustExist } from "./object-files.ts";
import { checkSizes, storedHeaders } from "./object-headers.ts";
import type { ReceivedBody } from "./receive-body.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";
import { parseTagHeader } from "./tagging.ts";
import type { Part, Upload } from "./uploads.ts";

export function multipartOperations({ files, uploads, clock }: S3Context) {
  const keepPart = (input: S3Input, { file, size, md5, checksums }: ReceivedBody): Part => {
    const number = partNumberOf(input.PartNumber);
    return uploads.keepPart(input, { number, size, md5, checksums, lastModifiedMs: clock.now() }, file);
  };

  return {
    CreateMultipartUpload(input: S3Input): S3Output {
      const { Bucket, Key, Metadata: metadata } = input;
      bucketMustExist(files, Bucket);
      checkSizes(input);
      const checksum = checksumOf(input);
      const upload = uploads.begin({
        bucket: Bucket,
        key: Key,
        headers: storedHeaders(input),
        metadata,
        tags: parseTagHeader(input.Tagging),
        ...(checksum && { checksum }),
      });
      return {
        ...(checksum && { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
        xml: { root: "InitiateMultipartUploadResult", content: { Bucket, Key, UploadId: upload.id } },
      };
    },

    async UploadPart(input: S3Input): Promise<S3Output> {
      bucketMustExist(files, input.Bucket);
      const upload = uploads.mustFind(input);
      partNumberOf(input.PartNumber);
      const body = await files.receive(input.Body, { headers: input.headers, algorithms: algorithmsOf(upload) });
      try {
        mustHaveAlgorithm(upload, body);
        const { md5 } = keepPart(input, body);
        return { ETag: `"${md5}"`, ...checksumMembers(body.checksums) };
      } finally {
        files.discard(body);
      }
    },

    async UploadPartCopy(input: S3Input): Promise<S3Output> {
      bucketMustExist(files, input.Bucket);
      const upload = uploads.mustFind(input);
      partNumberOf(input.PartNumber);
      const source = findSource(files, input);
      const bytes = readSource(source, input.CopySourceRange);
      const body = await files.receive(bytes, { headers: {}, algorithms: algorithmsOf(upload) });
      try {
        const { md5, lastModifiedMs } = keepPart(input, body);
        const content = renderCopied({ etag: `"${md5}"`, lastModifiedMs, checksums: body.checksums });
        return { ...copiedFrom(files, source), xml: { root: "CopyPartResult", content } };
      } finally {
        files.discard(body);
      }
    },

    AbortMultipartUpload(input: S3Input): S3Output {
      bucketMustExist(files, input.Bucket);
      uploads.forget(uploads.mustFind(input));
      return { status: 204 };
    },
  };
}

function checksumOf({ ChecksumAlgorithm, ChecksumType }: S3Input): Upload["checksum"] {
  if (ChecksumAlgorithm === undefined) {
    if (ChecksumType === undefined) return undefined;
    throw invalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
  }
  const algorithm = checkAlgorithm(ChecksumAlgorithm);
  const types = checksumTypes(algorithm);
  const type =
    ChecksumType === undefined ? types[0] : types.find((name) => name === String(ChecksumType).toUpperCase());
  if (type !== undefined) return { algorithm, type: type satisfies ChecksumType };
  throw invalidRequest(
    `The ${ChecksumType} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  );
}

const algorithmsOf = ({ checksum }: Upload): readonly ChecksumAlgorithm[] => (checksum ? [checksum.algorithm] : []);

/** A part's checksum is of the algorithm that its upload began with, if it named any. */
function mustHaveAlgorithm({ checksum }: Upload, { checksums }: ReceivedBody): void {
  if (checksum === undefined) return;
  const other = Object.keys(checksums).find((algorithm) => algorithm !== checksum.algorithm);
  if (other === undefined) return;
  throw invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${checksum.algorithm.toLowerCase()}, actual checksum Type: ${other.toLowerCase()}`,
  );
}
