import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import { keyPartOf } from "./object-path.ts";

export interface WalkOptions {
  readonly prefix?: string;
  /** Only what sorts after it. */
  readonly after?: string;
  /** Keys that hold it behind the prefix are rolled up into one common prefix. */
  readonly delimiter?: string;
}

export type Listed = { readonly key: string } | { readonly commonPrefix: string };

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  /** What this entry's keys start with, or the whole key. */
  readonly start: string;
  readonly bytes: Buffer;
}

/** The keys of a bucket's folder in S3's order (UTF-8 bytes), found on the way: folders that cannot matter are not read. */
export function* walkKeys(folder: string, { prefix = "", after = "", delimiter = "" }: WalkOptions): Generator<Listed> {
  let last = after;
  for (const key of keysBelow(folder, "", (start, isFolder) => isOutside(start, isFolder))) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const item = end < 0 ? key : key.slice(0, end + delimiter.length);
    if (!isAfter(item, last)) continue;
    last = item;
    yield end < 0 ? { key } : { commonPrefix: item };
  }

  function isOutside(start: string, isFolder: boolean): boolean {
    if (!isFolder) return false;
    if (!start.startsWith(prefix) && !prefix.startsWith(start)) return true;
    // All keys of a folder share `start`; if its successor does not sort behind `last`, none of them does.
    if (!isAfter(start, last) && !last.startsWith(start)) return true;
    return delimiter !== "" && last.length > prefix.length && last.endsWith(delimiter) && start.startsWith(last);
  }
}

function* keysBelow(
  folder: string,
  parent: string,
  isOutside: (start: string, isFolder: boolean) => boolean,
): Generator<string> {
  let previous: string | undefined;
  for (const entry of readSorted(folder, parent)) {
    if (isOutside(entry.start, entry.isFolder)) continue;
    if (entry.isFolder) yield* keysBelow(join(folder, entry.name), entry.start, isOutside);
    else if (entry.start !== previous) yield entry.start;
    if (!entry.isFolder) previous = entry.start;
  }
}

function readSorted(folder: string, parent: string): Entry[] {
  const toEntry = (dirent: Dirent): Entry => {
    const isFolder = dirent.isDirectory();
    const start = parent + keyPartOf(dirent.name, isFolder);
    return { name: dirent.name, isFolder, start, bytes: Buffer.from(start) };
  };
  return readFolder(folder)
    .filter((dirent) => dirent.isFile() || dirent.isDirectory())
    .map(toEntry)
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
}

/** A folder may go while its parent is being read. */
function readFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** S3 compares UTF-8 bytes; JavaScript compares UTF-16 units, which differ beyond the basic plane. */
function isAfter(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0;
}
