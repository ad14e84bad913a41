import { createHash } from "node:crypto";
import { AwsError } from "../../aws-error.ts";
import { type Trailers, unwrapAwsChunked } from "./aws-chunked.ts";
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, createChecksum } from "./checksums.ts";

type RequestHeaders = Readonly<Record<string, string>>;

export interface BodyDigests {
  readonly size: number;
  readonly md5: Buffer;
  readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
}

/** One upload, or one part of it. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const LARGEST_UPLOAD = 5 * 2 ** 30;

/** An XML document; a thousand keys of the longest kind fit. */
const LARGEST_DOCUMENT = 2 * 2 ** 20;

/**
 * Hands a request's body to `take`, piece by piece, unwrapped from S3's chunks; then verifies its length and every checksum that
 * came along, before it or behind it.
 */
export async function readBody(
  content: AsyncIterable<Uint8Array>,
  headers: RequestHeaders,
  take: (chunk: Uint8Array) => void,
): Promise<BodyDigests> {
  const trailers: Trailers = {};
  const sums = CHECKSUM_ALGORITHMS.filter((algorithm) => announces(headers, algorithm)).map(
    (algorithm) => [algorithm, createChecksum(algorithm)] as const,
  );
  const md5 = createHash("md5");
  let size = 0;
  for await (const chunk of isChunked(headers) ? unwrapAwsChunked(content, trailers) : content) {
    size += chunk.length;
    if (size > LARGEST_UPLOAD) throw entityTooLarge();
    md5.update(chunk);
    for (const [, checksum] of sums) checksum.update(chunk);
    take(chunk);
  }
  const digests = {
    size,
    md5: md5.digest(),
    checksums: Object.fromEntries(sums.map(([algorithm, checksum]) => [algorithm, checksum.digest()])),
  };
  verify(digests, { ...headers, ...trailers });
  return digests;
}

/** A request's XML document as bytes. */
export async function readDocument(content: AsyncIterable<Uint8Array>, headers: RequestHeaders): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  await readBody(content, headers, (chunk) => {
    size += chunk.length;
    if (size > LARGEST_DOCUMENT) throw entityTooLarge();
    chunks.push(chunk);
  });
  return Buffer.concat(chunks);
}

function isChunked(headers: RequestHeaders): boolean {
  return (
    headers["x-amz-content-sha256"]?.startsWith("STREAMING-") === true ||
    /aws-chunked/.test(headers["content-encoding"] ?? "")
  );
}

function announces(headers: RequestHeaders, algorithm: ChecksumAlgorithm): boolean {
  const header = headerOf(algorithm);
  return (
    headers[header] !== undefined ||
    trailersOf(headers).includes(header) ||
    headers["x-amz-sdk-checksum-algorithm"] === algorithm
  );
}

/** Headers that the sender said would follow the body. */
function trailersOf(headers: RequestHeaders): readonly string[] {
  return (headers["x-amz-trailer"] ?? "").toLowerCase().split(/,\s*/);
}

function headerOf(algorithm: string): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

function verify({ size, md5, checksums }: BodyDigests, headers: RequestHeaders): void {
  const expectedSize = headers["x-amz-decoded-content-length"];
  if (expectedSize !== undefined && Number(expectedSize) !== size) {
    throw new AwsError(
      "IncompleteBody",
      "You did not provide the number of bytes specified by the Content-Length HTTP header",
    );
  }
  const expectedMd5 = headers["content-md5"];
  if (expectedMd5 !== undefined && expectedMd5 !== md5.toString("base64")) {
    throw new AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.");
  }
  for (const [algorithm, digest] of Object.entries(checksums)) {
    const expected = headers[headerOf(algorithm)];
    if (expected === undefined && trailersOf(headers).includes(headerOf(algorithm))) {
      throw new AwsError("MalformedTrailerError", "The request contained trailing data that was not well-formed");
    }
    if (expected !== undefined && expected !== digest) {
      throw new AwsError("BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`);
    }
  }
}

function entityTooLarge(): AwsError {
  return new AwsError("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
}
