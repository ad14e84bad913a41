import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  truncateSync,
} from "node:fs";
import { dirname } from "node:path";
import { onDisk } from "./disk-error.ts";
import { mustOwn, type Storage } from "./storage.ts";

/** A file of one JSON value a line that only grows. */
export interface JsonLines<T> {
  /** All of them in one write: a killed process leaves all or none. Returns the byte offset of each. */
  append(values: readonly T[]): number[];
  /** Values from byte `start` up to byte `end`, which must be starts of lines. */
  read(start: number, end: number): T[];
  /** Bytes so far. */
  readonly size: number;
}

/**
 * Opens (or will create, on the first append) the file, and hands each value that is there, with its offset, to `onEach`.
 * A last line that a power cut tore is cut off.
 */
export function openJsonLines<T>(
  storage: Storage,
  file: string,
  onEach: (value: T, offset: number) => void,
): JsonLines<T> {
  let size = existsSync(file) ? load(storage, file, onEach) : 0;
  return {
    get size() {
      return size;
    },
    append(values) {
      mustOwn(storage);
      const lines = values.map((value) => Buffer.from(`${JSON.stringify(value)}\n`));
      let end = size;
      const offsets = lines.map((line) => {
        end += line.length;
        return end - line.length;
      });
      onDisk(dirname(file), () => {
        if (size === 0) mkdirSync(dirname(file), { recursive: true });
        try {
          appendFileSync(file, Buffer.concat(lines));
        } catch (error) {
          // A full disk may have taken a part; the next line must not continue it.
          if (existsSync(file)) truncateSync(file, size);
          throw error;
        }
      });
      size = end;
      storage.flusher.touch(file);
      return offsets;
    },
    read(start, end) {
      if (end <= start) return [];
      const bytes = Buffer.alloc(end - start);
      const descriptor = openSync(file, "r");
      try {
        readSync(descriptor, bytes, 0, bytes.length, start);
      } finally {
        closeSync(descriptor);
      }
      return bytes
        .toString("utf8")
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as T);
    },
  };
}

function load<T>({ owner, onDamaged }: Storage, file: string, onEach: (value: T, offset: number) => void): number {
  const bytes = readFileSync(file);
  let offset = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, offset)) {
    try {
      onEach(JSON.parse(bytes.toString("utf8", offset, end)) as T, offset);
    } catch (error) {
      onDamaged(`${file} at byte ${offset}`, (error as Error).message);
    }
    offset = end + 1;
  }
  if (offset < bytes.length && owner) truncateSync(file, offset);
  return offset;
}
