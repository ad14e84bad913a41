import { createHash } from "node:crypto";
import { AwsError } from "../../aws-error.ts";
import { type Trailers, unwrapAwsChunked } from "./aws-chunked.ts";
import { announcedChecksum, type BodyDigests, readAnnouncement, verifyBody } from "./body-checks.ts";
import { type ChecksumAlgorithm, createChecksum } from "./checksums.ts";

type RequestHeaders = Readonly<Record<string, string>>;

export interface ReadOptions {
  /** The request's; what they say of the body is checked. */
  readonly headers: RequestHeaders;
  /** Computed beside the one that the headers announce. */
  readonly algorithms?: readonly ChecksumAlgorithm[];
  /** Where nobody needs it: it is the slowest of all. */
  readonly withoutMd5?: boolean;
}

/** One upload, or one part of it. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const LARGEST_UPLOAD = 5 * 2 ** 30;

/** An XML document; a thousand keys of the longest kind fit. */
const LARGEST_DOCUMENT = 2 * 2 ** 20;

/**
 * Hands a request's body to `take`, piece by piece, unwrapped from S3's chunks; then verifies its length and every digest that
 * came along, before it or behind it.
 */
export async function readBody(
  content: AsyncIterable<Uint8Array>,
  { headers, algorithms = [], withoutMd5 = false }: ReadOptions,
  take: (chunk: Uint8Array) => void,
): Promise<BodyDigests> {
  const announcement = readAnnouncement(headers);
  const trailers: Trailers = {};
  const wanted = new Set([...announcedChecksum(announcement), ...algorithms]);
  const sums = [...wanted].map((algorithm) => [algorithm, createChecksum(algorithm)] as const);
  const md5 = createHash("md5");
  const sha256 = announcement.sha256 === undefined ? undefined : createHash("sha256");
  let size = 0;
  for await (const chunk of isChunked(headers) ? unwrapAwsChunked(content, trailers) : content) {
    size += chunk.length;
    if (size > LARGEST_UPLOAD) throw entityTooLarge();
    if (!withoutMd5) md5.update(chunk);
    sha256?.update(chunk);
    for (const [, checksum] of sums) checksum.update(chunk);
    take(chunk);
  }
  const digests: BodyDigests = {
    size,
    md5: md5.digest(),
    sha256: sha256?.digest("hex"),
    checksums: Object.fromEntries(
      await Promise.all(sums.map(async ([algorithm, checksum]) => [algorithm, await checksum.digest()] as const)),
    ),
  };
  verifyBody(digests, announcement, trailers);
  return digests;
}

/** A request's XML document as bytes. */
export async function readDocument(content: AsyncIterable<Uint8Array>, headers: RequestHeaders): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  await readBody(content, { headers }, (chunk) => {
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

function entityTooLarge(): AwsError {
  return new AwsError("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
}
