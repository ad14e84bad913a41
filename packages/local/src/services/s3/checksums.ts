import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { Xxh3_64, Xxh3_128, Xxh64 } from "@aws-sdk/checksums/xxh";
import { crc32c, crc64nvme } from "./crc.ts";

/** In the order of S3's API. */
export const CHECKSUM_ALGORITHMS = [
  "CRC32",
  "CRC32C",
  "CRC64NVME",
  "SHA1",
  "SHA256",
  "SHA512",
  "MD5",
  "XXHASH64",
  "XXHASH3",
  "XXHASH128",
] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** Of a multipart upload: of all its bytes, or of its parts' checksums. */
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

/** Base64 by algorithm. A composite one ends with `-` and the number of its parts. */
export type Checksums = Readonly<Partial<Record<ChecksumAlgorithm, string>>>;

/** What S3 computes for whoever sends none. */
export const DEFAULT_ALGORITHM = "CRC64NVME" satisfies ChecksumAlgorithm;

/** Bytes of a digest. */
export const DIGEST_BYTES: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
  SHA512: 64,
  MD5: 16,
  XXHASH64: 8,
  XXHASH3: 8,
  XXHASH128: 16,
};

/**
 * What a multipart upload's checksum may be, the default first: only the CRCs of parts can be combined into that of the whole.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export function checksumTypes(algorithm: ChecksumAlgorithm): readonly ChecksumType[] {
  if (algorithm === "CRC64NVME") return ["FULL_OBJECT"];
  return algorithm.startsWith("CRC") ? ["COMPOSITE", "FULL_OBJECT"] : ["COMPOSITE"];
}

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** Members as S3's answers hold them: `ChecksumCRC32`, … */
export function checksumMembers(checksums: Checksums): Record<string, string> {
  return Object.fromEntries(Object.entries(checksums).map(([algorithm, digest]) => [`Checksum${algorithm}`, digest]));
}

export function isChecksumAlgorithm(name: unknown): name is ChecksumAlgorithm {
  return (CHECKSUM_ALGORITHMS as readonly unknown[]).includes(name);
}

/** A digest in the making; `digest` gives base64 as S3's checksum headers hold it. */
export interface Checksum {
  update(chunk: Uint8Array): void;
  digest(): string | Promise<string>;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
export function createChecksum(algorithm: ChecksumAlgorithm): Checksum {
  switch (algorithm) {
    case "CRC32":
      return rolling<number>(0, (chunk, crc) => crc32(chunk, crc), uint32);
    case "CRC32C":
      return rolling<number>(0, crc32c, uint32);
    case "CRC64NVME":
      return rolling<bigint>(0n, crc64nvme, uint64);
    case "SHA1":
    case "SHA256":
    case "SHA512":
    case "MD5": {
      const hash = createHash(algorithm.toLowerCase());
      return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest("base64") };
    }
    case "XXHASH64":
      return ofSdk(new Xxh64());
    case "XXHASH3":
      return ofSdk(new Xxh3_64());
    case "XXHASH128":
      return ofSdk(new Xxh3_128());
  }
}

function rolling<T>(initial: T, next: (chunk: Uint8Array, value: T) => T, bytesOf: (value: T) => Buffer): Checksum {
  let value = initial;
  return {
    update(chunk) {
      value = next(chunk, value);
    },
    digest: () => bytesOf(value).toString("base64"),
  };
}

function ofSdk(hash: { update(chunk: Uint8Array): void; digest(): Promise<Uint8Array> }): Checksum {
  return {
    update: (chunk) => hash.update(chunk),
    digest: async () => Buffer.from(await hash.digest()).toString("base64"),
  };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
