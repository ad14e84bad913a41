import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, type Stats } from "node:fs";
import { extname } from "node:path";
import type { ObjectDescription } from "./object-description.ts";

/** What a browser needs to show a file that was put into a bucket's folder by hand. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".css": "text/css",
  ".js": "text/javascript",
  ".json": "application/json",
  ".txt": "text/plain",
  ".log": "text/plain",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".gz": "application/gzip",
  ".deb": "application/vnd.debian.binary-package",
};

const BLOCK_BYTES = 1 << 20;

/** Describes a file as S3 would an object that was uploaded in one piece. */
export function describeFile(file: string, key: string, stats: Stats): ObjectDescription {
  return {
    size: stats.size,
    etag: `"${md5Of(file)}"`,
    lastModifiedMs: Math.floor(stats.mtimeMs),
    headers: { ContentType: CONTENT_TYPES[extname(key)] ?? "binary/octet-stream" },
    metadata: {},
    checksums: {},
    tags: {},
  };
}

function md5Of(file: string): string {
  const hash = createHash("md5");
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  const descriptor = openSync(file, "r");
  try {
    for (let read = readSync(descriptor, block); read > 0; read = readSync(descriptor, block)) {
      hash.update(block.subarray(0, read));
    }
  } finally {
    closeSync(descriptor);
  }
  return hash.digest("hex");
}
