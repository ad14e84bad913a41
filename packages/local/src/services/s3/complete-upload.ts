import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { AwsError } from "../../aws-error.ts";
import type { XmlElement } from "../../protocol/read-xml.ts";
import { childrenOf, textOf } from "../../protocol/xml.ts";
import { badChecksum, invalidRequest } from "./body-checks.ts";
import {
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  type Checksums,
  type ChecksumType,
  checksumHeader,
  checksumMembers,
  createChecksum,
  DEFAULT_ALGORITHM,
} from "./checksums.ts";
import { checkWriteConditions } from "./conditions.ts";
import type { StoredObject } from "./current-files.ts";
import { shownVersion } from "./find-version.ts";
import { bucketMustExist, isDeleteMarker } from "./object-files.ts";
import { mustReadElements } from "./read-elements.ts";
import type { S3Context } from "./s3-context.ts";
import type { S3Input, S3Output } from "./s3-protocol.ts";
import type { Completion, Part, Upload } from "./uploads.ts";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const SMALLEST_PART = 5 * 2 ** 20;

interface RequestedPart {
  readonly number: number;
  readonly etag: string;
  readonly checksums: Checksums;
}

export function completeOperations({ files, uploads, clock }: S3Context) {
  const answer = ({ Bucket, Key }: S3Input, { etag, versionId, checksums, checksumType }: Completion): S3Output => ({
    ...shownVersion(files, Bucket, versionId),
    xml: {
      root: "CompleteMultipartUploadResult",
      content: {
        Location: `/${Bucket}/${Key}`,
        Bucket,
        Key,
        ETag: etag,
        ...checksumMembers(checksums),
        ChecksumType: checksumType,
      },
    },
  });
  /** How the upload ended, if it did: its object tells, where the process that made it was killed before it could note it. */
  const endOf = (input: S3Input, request: string): Completion | undefined => {
    const completion = uploads.completionOf(input);
    if (completion?.request === request) return completion;
    const upload = uploads.mustFind(input);
    const object = files
      .versions(input.Bucket, input.Key)
      .find((version): version is StoredObject => !isDeleteMarker(version) && version.uploadId === upload.id);
    return object && end(upload, object, request);
  };
  const end = (upload: Upload, object: StoredObject, request: string): Completion => {
    const { etag, versionId, checksums, checksumType = "FULL_OBJECT" } = object;
    const completion = { request, atMs: clock.now(), etag, versionId, checksums, checksumType };
    uploads.complete(upload, completion);
    return completion;
  };

  return {
    async CompleteMultipartUpload(input: S3Input): Promise<S3Output> {
      const { Bucket, Key } = input;
      bucketMustExist(files, Bucket);
      const requested = parseParts(await mustReadElements(input, withoutObjectChecksums(input.headers)));
      const request = requested.map(({ number, etag }) => `${number}:${etag}`).join(" ");
      const ended = endOf(input, request);
      if (ended !== undefined) return answer(input, ended);
      const upload = uploads.mustFind(input);
      const parts = findParts(upload, requested);
      checkSize(input, parts);
      checkWriteConditions(files.find(Bucket, Key), input);
      const expected = expectedChecksum(input, upload);
      const composite = await compositeOf(upload, parts);
      const algorithms = fullAlgorithms(upload, expected);
      const bytes = concatenate(parts.map((part) => uploads.partFile(upload, part)));
      const body = await files.receive(bytes, { headers: {}, algorithms, withoutMd5: true });
      try {
        if (expected !== undefined)
          checkExpected(expected, body.checksums, await compositeOf({ checksum: expected }, parts));
        bucketMustExist(files, Bucket);
        const meanwhile = endOf(input, request);
        if (meanwhile !== undefined) return answer(input, meanwhile);
        checkWriteConditions(files.find(Bucket, Key), input);
        const { headers, metadata, tags, id, checksum } = upload;
        const algorithm = checksum?.algorithm ?? DEFAULT_ALGORITHM;
        const object = files.store(Bucket, Key, body, {
          etag: etagOf(parts),
          lastModifiedMs: clock.now(),
          headers,
          metadata,
          tags,
          checksums: composite ?? { [algorithm]: body.checksums[algorithm] },
          checksumType: composite === undefined ? "FULL_OBJECT" : "COMPOSITE",
          parts: parts.map((part) => ({
            number: part.number,
            size: part.size,
            checksums: shownChecksums(upload, part),
          })),
          uploadId: id,
        });
        return answer(input, end(upload, object, request));
      } finally {
        files.discard(body);
      }
    },
  };
}

function parseParts(document: XmlElement): RequestedPart[] {
  const parts = childrenOf(document, "Part").map((part) => ({
    number: Number(textOf(part, "PartNumber")),
    etag: (textOf(part, "ETag") ?? "").replaceAll('"', ""),
    checksums: Object.fromEntries(
      CHECKSUM_ALGORITHMS.flatMap((algorithm) => {
        const digest = textOf(part, `Checksum${algorithm}`);
        return digest === undefined ? [] : [[algorithm, digest]];
      }),
    ) as Checksums,
  }));
  if (parts.length === 0) throw new AwsError("MalformedXML", "You must specify at least one part");
  if (parts.some(({ number }) => !Number.isInteger(number)))
    throw new AwsError("MalformedXML", "PartNumber is no number");
  if (parts.some((part, index) => index > 0 && part.number <= (parts[index - 1]?.number ?? 0))) {
    throw new AwsError("InvalidPartOrder", "The list of parts was not in ascending order.");
  }
  return parts;
}

/** Here these headers speak of the finished object, not of the document that names its parts. */
function withoutObjectChecksums(headers: S3Input["headers"]): S3Input["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("x-amz-checksum-")));
}

/** The uploaded parts that are asked for; throws where one is not what was uploaded under its number. */
function findParts(upload: Upload, requested: readonly RequestedPart[]): Part[] {
  const { checksum } = upload;
  return requested.map(({ number, etag, checksums }, index) => {
    const part = upload.parts[number];
    if (part === undefined || part.md5 !== etag) throw invalidPart(number);
    if (checksum?.type === "COMPOSITE" && checksums[checksum.algorithm] === undefined) {
      throw invalidRequest(
        `The upload was created using a ${checksum.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      );
    }
    for (const [algorithm, digest] of Object.entries(checksums)) {
      if (part.checksums?.[algorithm as ChecksumAlgorithm] !== digest) throw invalidPart(number);
    }
    if (part.size < SMALLEST_PART && index < requested.length - 1) throw entityTooSmall(part);
    return part;
  });
}

function checkSize({ MpuObjectSize }: S3Input, parts: readonly Part[]): void {
  if (MpuObjectSize === undefined) return;
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (/^\d+$/.test(String(MpuObjectSize)) && Number(MpuObjectSize) === size) return;
  throw invalidRequest(
    `The provided 'x-amz-mp-object-size' header value ${MpuObjectSize} does not match what was computed: ${size}`,
  );
}

interface Expected {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  readonly digest: string;
}

/** The checksum that a request says the object has; of the kind that the upload began with, if it named any. */
function expectedChecksum({ headers, ChecksumType }: S3Input, { checksum }: Upload): Expected | undefined {
  if (ChecksumType !== undefined && checksum !== undefined && ChecksumType !== checksum.type) {
    throw invalidRequest(
      `The upload was created using the ${checksum.type} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  const [algorithm, other] = CHECKSUM_ALGORITHMS.filter((name) => headers[checksumHeader(name)] !== undefined);
  if (algorithm === undefined) return undefined;
  if (other !== undefined || (checksum !== undefined && checksum.algorithm !== algorithm)) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${checksum?.algorithm.toLowerCase() ?? "one"}, actual checksum Type: ${(other ?? algorithm).toLowerCase()}`,
    );
  }
  const digest = headers[checksumHeader(algorithm)] ?? "";
  const type = checksum?.type ?? (/-\d+$/.test(digest) ? "COMPOSITE" : "FULL_OBJECT");
  return { algorithm, type, digest };
}

/** A composite checksum may be given with or without the number of its parts. */
function checkExpected({ algorithm, type, digest }: Expected, full: Checksums, composite: Checksums | undefined): void {
  const computed = type === "COMPOSITE" ? composite?.[algorithm] : full[algorithm];
  if (digest !== computed && digest !== computed?.replace(/-\d+$/, "")) throw badChecksum(algorithm);
}

/** Checksums that must be computed of all the bytes. */
function fullAlgorithms({ checksum }: Upload, expected: Expected | undefined): ChecksumAlgorithm[] {
  const wanted =
    checksum === undefined || checksum.type === "FULL_OBJECT" ? [checksum?.algorithm ?? DEFAULT_ALGORITHM] : [];
  return expected?.type === "FULL_OBJECT" ? [...wanted, expected.algorithm] : wanted;
}

/** The checksum of the parts' checksums, and how many there are. Undefined where the upload's is of another type. */
async function compositeOf(
  { checksum }: Pick<Upload, "checksum">,
  parts: readonly Part[],
): Promise<Checksums | undefined> {
  if (checksum?.type !== "COMPOSITE") return undefined;
  const { algorithm } = checksum;
  const sum = createChecksum(algorithm);
  for (const { checksums } of parts) sum.update(Buffer.from(checksums?.[algorithm] ?? "", "base64"));
  return { [algorithm]: `${await sum.digest()}-${parts.length}` };
}

/** A part shows the checksum of its upload's kind. */
function shownChecksums({ checksum }: Upload, { checksums = {} }: Part): Checksums {
  return checksum === undefined ? checksums : { [checksum.algorithm]: checksums[checksum.algorithm] };
}

/** The MD5 of the parts' MD5s, and how many there were. */
function etagOf(parts: readonly Part[]): string {
  const hash = createHash("md5");
  for (const part of parts) hash.update(part.md5, "hex");
  return `"${hash.digest("hex")}-${parts.length}"`;
}

async function* concatenate(files: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const file of files) yield* createReadStream(file);
}

function invalidPart(number: number): AwsError {
  const message =
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
  return new AwsError("InvalidPart", message, { PartNumber: number });
}

function entityTooSmall({ number, size }: Part): AwsError {
  return new AwsError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
    PartNumber: number,
    ProposedSize: size,
    MinSizeAllowed: SMALLEST_PART,
  });
}
