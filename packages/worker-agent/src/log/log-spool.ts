import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LogEvent } from "./log-sink.ts";

/** Batches of log events on disk, for as long as they cannot be sent. */
export interface LogSpool {
  /**
   * @param sequence its place among the batches of this process
   * Rejects when the disk does not take it, or the spool is full.
   */
  store(sequence: number, events: readonly LogEvent[]): Promise<SpooledBatch>;
  /** What an agent that died here left behind, oldest first. */
  leftovers(): Promise<SpooledBatch[]>;
}

export interface SpooledBatch {
  load(): Promise<LogEvent[]>;
  remove(): Promise<void>;
}

export class SpoolFullError extends Error {
  override readonly name = "SpoolFull";
}

export interface LogSpoolOptions {
  readonly folder: string;
  /** On disk, of all batches together. */
  readonly mostBytes: number;
  /** When this process began: its batches come after those of earlier ones. */
  readonly startedMs: number;
}

export function logSpool({ folder, mostBytes, startedMs }: LogSpoolOptions): LogSpool {
  let bytes = 0;
  const own = `${startedMs}-`;

  const batch = (file: string, size: number): SpooledBatch => ({
    load: async () => JSON.parse(await readFile(file, "utf8")),
    async remove() {
      bytes -= size;
      await rm(file, { force: true });
    },
  });
  return {
    async store(sequence, events) {
      const text = JSON.stringify(events);
      const size = Buffer.byteLength(text);
      if (bytes + size > mostBytes)
        throw new SpoolFullError(`the spool holds ${bytes} bytes, no more than ${mostBytes}`);
      const file = join(folder, `${own}${String(sequence).padStart(10, "0")}.json`);
      bytes += size;
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(file, text, { mode: 0o600 });
      } catch (error) {
        bytes -= size;
        await rm(file, { force: true });
        throw error;
      }
      return batch(file, size);
    },
    async leftovers() {
      const names = await readdir(folder).catch(() => []);
      const files = names.filter((name) => name.endsWith(".json") && !name.startsWith(own)).sort();
      return files.map((name) => batch(join(folder, name), 0));
    },
  };
}
