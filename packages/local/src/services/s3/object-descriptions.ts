import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Storage } from "../../storage/storage.ts";
import { writeAtomically } from "../../storage/stored-map.ts";
import { checkBucketName } from "./bucket-name.ts";
import type { ObjectDescription } from "./object-description.ts";
import { pathOfKey } from "./object-path.ts";
import { removeEmptyFolders } from "./remove-empty-folders.ts";

/** What is known of one version of an object. */
export interface VersionDescription extends ObjectDescription {
  readonly versionId?: string;
  /** Rises with each version of its key. */
  readonly sequence?: number;
}

/** What tells a file from one that took its place. */
export interface FileIdentity {
  readonly size: number;
  readonly mtimeMs: number;
}

/** A description counts only for the very file that it was written for: files may be replaced by hand. */
export type DescriptionEntry = VersionDescription & FileIdentity;

/** What is known of plain files. Two entries of one key are those before and after a write, of which a crash may have left either file. */
export interface ObjectDescriptions {
  read(bucket: string, key: string): readonly DescriptionEntry[];
  write(bucket: string, key: string, entries: readonly DescriptionEntry[]): void;
  remove(bucket: string, key: string): void;
  forgetBucket(bucket: string): void;
}

/** Below `<dir>/s3-metadata/<bucket>/`; in memory where nothing outlives the process. */
export const objectDescriptions = (storage: Storage): ObjectDescriptions =>
  storage.persistent ? inFiles(storage) : inMemory();

function inFiles(storage: Storage): ObjectDescriptions {
  const folderOf = (bucket: string) => join(storage.dir, "s3-metadata", checkBucketName(bucket));
  const fileOf = (bucket: string, key: string) => `${join(folderOf(bucket), pathOfKey(key))}%.json`;
  return {
    read(bucket, key) {
      try {
        return JSON.parse(readFileSync(fileOf(bucket, key), "utf8")) as DescriptionEntry[];
      } catch {
        return [];
      }
    },
    write: (bucket, key, entries) => writeAtomically(fileOf(bucket, key), JSON.stringify(entries), storage),
    remove(bucket, key) {
      rmSync(fileOf(bucket, key), { force: true });
      removeEmptyFolders(dirname(fileOf(bucket, key)), folderOf(bucket));
    },
    forgetBucket: (bucket) => rmSync(folderOf(bucket), { recursive: true, force: true }),
  };
}

function inMemory(): ObjectDescriptions {
  const buckets = new Map<string, Map<string, readonly DescriptionEntry[]>>();
  return {
    read: (bucket, key) => buckets.get(bucket)?.get(key) ?? [],
    write(bucket, key, entries) {
      const known = buckets.get(bucket) ?? new Map();
      buckets.set(bucket, known.set(key, entries));
    },
    remove: (bucket, key) => void buckets.get(bucket)?.delete(key),
    forgetBucket: (bucket) => void buckets.delete(bucket),
  };
}
