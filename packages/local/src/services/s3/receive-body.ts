import { randomUUID } from "node:crypto";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { diskError } from "../../storage/disk-error.ts";
import type { Checksums } from "./checksums.ts";
import { type ReadOptions, readBody } from "./read-body.ts";

/** A body that lies in a temporary file and is what its sender said it is. */
export interface ReceivedBody {
  readonly file: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly md5: string;
  readonly checksums: Checksums;
}

/**
 * Writes a request's body into a new file in `folder`; nothing is left there when it is not what it should be.
 * Writes are synchronous: they go to the page cache, and uploads then need no back-pressure of their own.
 */
export async function receiveBody(
  folder: string,
  content: AsyncIterable<Uint8Array>,
  options: ReadOptions,
): Promise<ReceivedBody> {
  const file = join(folder, randomUUID());
  try {
    mkdirSync(folder, { recursive: true });
    // Private keys are objects too.
    const descriptor = openSync(file, "wx", 0o600);
    try {
      const { size, md5, checksums } = await readBody(content, options, (chunk) => writeWhole(descriptor, chunk));
      return { file, size, md5: md5.toString("hex"), checksums };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    rmSync(file, { force: true });
    throw diskError(folder, error);
  }
}

/** `write(2)` may take less than it was given. */
function writeWhole(descriptor: number, chunk: Uint8Array): void {
  for (let written = 0; written < chunk.length; ) written += writeSync(descriptor, chunk, written);
}
