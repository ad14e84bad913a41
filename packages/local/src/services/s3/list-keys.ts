import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import { keyPartOf, VERSIONS_OF } from "./object-path.ts";

export interface WalkOptions {
  readonly prefix?: string;
  /** Only what sorts after it. */
  readonly after?: string;
  /** Keys that hold it behind the prefix are rolled up into one common prefix. */
  readonly delimiter?: string;
}

export type Listed = { readonly key: string } | { readonly commonPrefix: string };

/** A folder with keys as paths: of plain files, or of folders that hold the older versions of one key each. */
export interface KeyTree {
  readonly folder: string;
  readonly holds: "objects" | "versions";
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  /** What this entry's keys start with, or the whole key. */
  readonly start: string;
  readonly bytes: Buffer;
}

/** The keys of trees in S3's order (UTF-8 bytes), found on the way: folders that cannot matter are not read. */
export function* walkKeys(
  trees: readonly KeyTree[],
  { prefix = "", after = "", delimiter = "" }: WalkOptions,
): Generator<Listed> {
  let last = after;
  const keys = trees.map((tree) => keysBelow(tree, tree.folder, "", (start, isFolder) => isOutside(start, isFolder)));
  for (const key of keys.length === 1 ? (keys[0] as Iterable<string>) : merge(keys)) {
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

/** Sorted texts of several sources as one, each once. */
function* merge(sources: readonly Iterator<string>[]): Generator<string> {
  const heads = sources.map((source) => ({ source, next: source.next() }));
  for (;;) {
    const left = heads.flatMap(({ next }) => (next.done ? [] : [next.value]));
    const first = left.reduce<string | undefined>(
      (low, text) => (low === undefined || isAfter(low, text) ? text : low),
      undefined,
    );
    if (first === undefined) return;
    yield first;
    for (const head of heads) if (!head.next.done && head.next.value === first) head.next = head.source.next();
  }
}

function* keysBelow(
  tree: KeyTree,
  folder: string,
  parent: string,
  isOutside: (start: string, isFolder: boolean) => boolean,
): Generator<string> {
  let previous: string | undefined;
  for (const entry of readSorted(tree, folder, parent)) {
    if (isOutside(entry.start, entry.isFolder)) continue;
    if (entry.isFolder) yield* keysBelow(tree, join(folder, entry.name), entry.start, isOutside);
    else if (entry.start !== previous) yield entry.start;
    if (!entry.isFolder) previous = entry.start;
  }
}

function readSorted({ holds }: KeyTree, folder: string, parent: string): Entry[] {
  const toEntry = (dirent: Dirent): Entry => {
    const isKey = holds === "objects" ? dirent.isFile() : dirent.name.endsWith(VERSIONS_OF);
    const name = holds === "versions" && isKey ? dirent.name.slice(0, -VERSIONS_OF.length) : dirent.name;
    const start = parent + keyPartOf(name, !isKey);
    return { name: dirent.name, isFolder: !isKey, start, bytes: Buffer.from(start) };
  };
  return readFolder(folder)
    .filter((dirent) => dirent.isDirectory() || (holds === "objects" && dirent.isFile()))
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
