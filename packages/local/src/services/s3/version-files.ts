import { copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { onDisk } from "../../storage/disk-error.ts";
import { mustOwn, type Storage } from "../../storage/storage.ts";
import { writeAtomically } from "../../storage/stored-map.ts";
import { checkBucketName } from "./bucket-name.ts";
import type { StoredObject } from "./current-files.ts";
import type { FileIdentity, VersionDescription } from "./object-descriptions.ts";
import { pathOfKey, VERSIONS_OF } from "./object-path.ts";
import { removeEmptyFolders } from "./remove-empty-folders.ts";

/** A version that says that the object is deleted. */
export interface DeleteMarker {
  readonly isDeleteMarker: true;
  readonly versionId: string;
  readonly sequence: number;
  readonly lastModifiedMs: number;
  /**
   * The plain file that it deletes, until that is gone: a process that was killed in between has deleted it, and the next one
   * finishes.
   */
  readonly replaces?: FileIdentity | undefined;
}

export type OlderVersion = (StoredObject & { readonly sequence: number }) | DeleteMarker;

/**
 * What came before current versions, and delete markers: below `<dir>/s3-versions/<bucket>/<key>%v/` the bytes of each as a plain
 * file, its description beside it. A version is there when its description is.
 */
export interface VersionFiles {
  /** The folder that holds a bucket's. */
  bucketFolder(bucket: string): string;
  /** The newest first; of versions with one id only the newest counts. */
  list(bucket: string, key: string): OlderVersion[];
  /** The sequence that no version of this key has had. */
  nextSequence(bucket: string, key: string): number;
  /** Keeps a version, whose bytes stay where they are as well. */
  keep(bucket: string, key: string, version: StoredObject & { readonly sequence: number }): void;
  mark(bucket: string, key: string, marker: DeleteMarker): void;
  redescribe(bucket: string, key: string, version: VersionDescription & { readonly sequence: number }): void;
  /** Drops all versions with this id that are older than `before`. */
  drop(bucket: string, key: string, versionId: string, before?: number): void;
  forgetBucket(bucket: string): void;
}

const MARKER = ".marker.json";
const DESCRIPTION = ".json";

export function versionFiles(storage: Storage): VersionFiles {
  const bucketFolder = (bucket: string) => join(storage.dir, "s3-versions", checkBucketName(bucket));
  const folderOf = (bucket: string, key: string) => join(bucketFolder(bucket), `${pathOfKey(key)}${VERSIONS_OF}`);
  const names = (bucket: string, key: string) => readNames(folderOf(bucket, key));
  const fileOf = (bucket: string, key: string, { versionId, sequence }: { versionId?: string; sequence: number }) =>
    join(folderOf(bucket, key), `${sequence.toString(16).padStart(8, "0")}.${versionId}`);
  const describe = (bucket: string, key: string, version: VersionDescription & { readonly sequence: number }) =>
    writeAtomically(`${fileOf(bucket, key, version)}${DESCRIPTION}`, JSON.stringify(version), storage);

  return {
    bucketFolder,
    list(bucket, key) {
      const seen = new Set<string>();
      return names(bucket, key).flatMap((name) => {
        const version = readVersion(folderOf(bucket, key), name, storage);
        if (version === undefined || seen.has(version.versionId)) return [];
        seen.add(version.versionId);
        return [version];
      });
    },
    nextSequence: (bucket, key) => sequenceOf(names(bucket, key)[0] ?? "0") + 1,
    keep(bucket, key, { file, ...version }) {
      mustOwn(storage);
      const kept = fileOf(bucket, key, version);
      onDisk(bucketFolder(bucket), () => {
        mkdirSync(dirname(kept), { recursive: true });
        linkOrCopy(file, kept);
      });
      storage.flusher.touch(kept);
      describe(bucket, key, version);
    },
    mark: (bucket, key, marker) =>
      writeAtomically(`${fileOf(bucket, key, marker)}${MARKER}`, JSON.stringify(marker), storage),
    redescribe: describe,
    drop(bucket, key, versionId, before = Number.POSITIVE_INFINITY) {
      mustOwn(storage);
      const folder = folderOf(bucket, key);
      for (const name of names(bucket, key)) {
        if (versionIdOf(name) !== versionId || sequenceOf(name) >= before) continue;
        onDisk(folder, () => rmSync(join(folder, name), { force: true }));
        rmSync(join(folder, stemOf(name)), { force: true });
      }
      storage.flusher.touch(folder);
      removeEmptyFolders(folder, bucketFolder(bucket));
    },
    forgetBucket: (bucket) => rmSync(bucketFolder(bucket), { recursive: true, force: true }),
  };
}

/** A hard link costs nothing and cannot be seen half made; where a file system has none, a copy does. */
export function linkOrCopy(from: string, to: string): void {
  rmSync(to, { force: true });
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw error;
    copyFileSync(from, to);
  }
}

/** Descriptions in a folder, the newest first. */
function readNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(DESCRIPTION))
      .sort()
      .reverse();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}

const sequenceOf = (name: string): number => Number.parseInt(name, 16);
const stemOf = (name: string): string => name.slice(0, -(name.endsWith(MARKER) ? MARKER : DESCRIPTION).length);
const versionIdOf = (name: string): string => stemOf(name).slice(stemOf(name).indexOf(".") + 1);

function readVersion(folder: string, name: string, { onDamaged }: Storage): OlderVersion | undefined {
  try {
    const version = JSON.parse(readFileSync(join(folder, name), "utf8"));
    return name.endsWith(MARKER) ? version : { ...version, file: join(folder, stemOf(name)) };
  } catch (error) {
    onDamaged(join(folder, name), (error as Error).message);
    return undefined;
  }
}
