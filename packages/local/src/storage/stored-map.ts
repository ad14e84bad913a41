import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { onDisk } from "./disk-error.ts";
import { fileNameOf } from "./file-name.ts";
import { mustOwn, type Storage } from "./storage.ts";

/** A map whose entries are JSON values and, where the storage has a folder, one file each: written before `set` returns. */
export interface StoredMap<T> {
  get(key: string): T | undefined;
  has(key: string): boolean;
  set(key: string, value: T): void;
  delete(key: string): boolean;
  /** In the order of first insertion, after a restart in the order of keys. */
  values(): IterableIterator<T>;
  keys(): IterableIterator<string>;
  readonly size: number;
}

/**
 * Opens the map named `name`, for example `ec2/instances`. Without a folder it lives in memory.
 * A view (`owner: false`) sees the files as they were when it was opened.
 */
export function openStoredMap<T>(storage: Storage, name: string): StoredMap<T> {
  const folder = storage.persistent ? join(storage.dir, name) : undefined;
  const entries = folder === undefined ? new Map<string, T>() : readEntries<T>(folder, storage);
  const fileOf = (key: string) => join(folder as string, `${fileNameOf(key)}.json`);
  return {
    get: (key) => entries.get(key),
    has: (key) => entries.has(key),
    set(key, value) {
      mustOwn(storage);
      if (folder !== undefined) writeAtomically(fileOf(key), JSON.stringify({ key, value }), storage);
      entries.set(key, value);
    },
    delete(key) {
      mustOwn(storage);
      if (folder !== undefined && entries.has(key)) onDisk(folder, () => rmSync(fileOf(key), { force: true }));
      return entries.delete(key);
    },
    values: () => entries.values(),
    keys: () => entries.keys(),
    get size() {
      return entries.size;
    },
  };
}

/** Replaces a file in one step: readers and a killed process see the old text or the new one. */
export function writeAtomically(file: string, text: string, { flusher }: Pick<Storage, "flusher">): void {
  const temporary = `${file}.new`;
  onDisk(dirname(file), () => {
    mkdirSync(dirname(file), { recursive: true });
    try {
      writeFileSync(temporary, text);
      renameSync(temporary, file);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  });
  flusher.touch(file);
  flusher.touch(dirname(file));
}

function readEntries<T>(folder: string, { onDamaged }: Storage): Map<string, T> {
  const entries = new Map<string, T>();
  for (const file of listFolder(folder).filter((name) => name.endsWith(".json"))) {
    try {
      const { key, value } = JSON.parse(readFileSync(join(folder, file), "utf8")) as { key: string; value: T };
      entries.set(key, value);
    } catch (error) {
      onDamaged(join(folder, file), (error as Error).message);
    }
  }
  return entries;
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
