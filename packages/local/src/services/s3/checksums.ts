import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { crc32c, crc64nvme } from "./crc.ts";

export const CHECKSUM_ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** A digest in the making; `digest` gives base64 as S3's checksum headers hold it. */
export interface Checksum {
  update(chunk: Uint8Array): void;
  digest(): string;
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
    case "SHA256": {
      const hash = createHash(algorithm.toLowerCase());
      return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest("base64") };
    }
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
