import { AwsError } from "../../aws-error.ts";
import type { Trailers } from "./aws-chunked.ts";
import {
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  type Checksums,
  checksumHeader,
  DIGEST_BYTES,
} from "./checksums.ts";

type RequestHeaders = Readonly<Record<string, string>>;

/** What a request says of its body, to be compared with what arrives. */
export interface Announcement {
  readonly size: number | undefined;
  /** Base64. */
  readonly md5: string | undefined;
  /** Hexadecimal. */
  readonly sha256: string | undefined;
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly digest: string | "in trailer" } | undefined;
}

export interface BodyDigests {
  readonly size: number;
  readonly md5: Buffer;
  /** Hexadecimal; only where one was announced. */
  readonly sha256: string | undefined;
  readonly checksums: Checksums;
}

const UNSIGNED = /^(UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+)$/;

/** Reads what headers say of a body. Throws for digests that cannot be any, before the body is read. */
export function readAnnouncement(headers: RequestHeaders): Announcement {
  const md5 = headers["content-md5"];
  if (md5 !== undefined && !isDigest(md5, 16)) {
    throw new AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.", { "Content-MD5": md5 });
  }
  const sha256 = headers["x-amz-content-sha256"];
  if (sha256 !== undefined && !UNSIGNED.test(sha256) && !/^[0-9a-fA-F]{64}$/.test(sha256)) {
    const message = "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a STREAMING one, or a valid sha256 value.";
    throw new AwsError("InvalidArgument", message, {
      ArgumentName: "x-amz-content-sha256",
      ArgumentValue: sha256,
    });
  }
  const size = headers["x-amz-decoded-content-length"];
  return {
    size: size === undefined ? undefined : Number(size),
    md5,
    sha256: sha256 === undefined || UNSIGNED.test(sha256) ? undefined : sha256.toLowerCase(),
    checksum: readChecksum(headers),
  };
}

function readChecksum(headers: RequestHeaders): Announcement["checksum"] {
  const inHeaders = CHECKSUM_ALGORITHMS.filter((algorithm) => headers[checksumHeader(algorithm)] !== undefined);
  const trailing = (headers["x-amz-trailer"] ?? "").toLowerCase().split(/,\s*/);
  const inTrailer = CHECKSUM_ALGORITHMS.filter((algorithm) => trailing.includes(checksumHeader(algorithm)));
  const [algorithm, other] = [...inHeaders, ...inTrailer];
  if (other !== undefined) {
    throw invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  }
  const named = headers["x-amz-sdk-checksum-algorithm"]?.toUpperCase();
  if (algorithm === undefined) {
    if (named === undefined) return undefined;
    throw invalidRequest(
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    );
  }
  if (named !== undefined && named !== algorithm) {
    throw invalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.");
  }
  const digest = headers[checksumHeader(algorithm)];
  if (digest === undefined) return { algorithm, digest: "in trailer" };
  mustBeDigest(algorithm, digest);
  return { algorithm, digest };
}

/** Whether a checksum comes with a body or behind it. */
export function announcesChecksum(headers: RequestHeaders): boolean {
  return readChecksum(headers) !== undefined;
}

export function announcedChecksum({ checksum }: Announcement): readonly ChecksumAlgorithm[] {
  return checksum === undefined ? [] : [checksum.algorithm];
}

/** Throws what S3 answers where a body is not what its sender said. */
export function verifyBody(digests: BodyDigests, announced: Announcement, trailers: Trailers): void {
  if (announced.size !== undefined && announced.size !== digests.size) {
    throw new AwsError(
      "IncompleteBody",
      "You did not provide the number of bytes specified by the Content-Length HTTP header",
    );
  }
  if (announced.md5 !== undefined && announced.md5 !== digests.md5.toString("base64")) {
    throw new AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.", {
      ExpectedDigest: announced.md5,
      CalculatedDigest: digests.md5.toString("base64"),
    });
  }
  if (announced.sha256 !== undefined && announced.sha256 !== digests.sha256) {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
    throw new AwsError("XAmzContentSHA256Mismatch", message, {
      ClientComputedContentSHA256: announced.sha256,
      S3ComputedContentSHA256: digests.sha256,
    });
  }
  if (announced.checksum === undefined) return;
  const { algorithm, digest } = announced.checksum;
  const expected = digest === "in trailer" ? trailers[checksumHeader(algorithm)] : digest;
  if (expected === undefined) {
    throw new AwsError("MalformedTrailerError", "The request contained trailing data that was not well-formed");
  }
  mustBeDigest(algorithm, expected);
  if (expected !== digests.checksums[algorithm]) throw badChecksum(algorithm);
}

export function badChecksum(algorithm: ChecksumAlgorithm): AwsError {
  return new AwsError("BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`);
}

export function invalidRequest(message: string): AwsError {
  return new AwsError("InvalidRequest", message);
}

function mustBeDigest(algorithm: ChecksumAlgorithm, digest: string): void {
  if (isDigest(digest, DIGEST_BYTES[algorithm])) return;
  throw invalidRequest(`Value for ${checksumHeader(algorithm)} header is invalid.`);
}

/** Base64 of so many bytes, written as base64 is. */
function isDigest(text: string, bytes: number): boolean {
  const decoded = Buffer.from(text, "base64");
  return decoded.length === bytes && decoded.toString("base64") === text;
}
