import { mkdirSync, readFileSync, renameSync, rmSync, type Stats, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { AwsError } from "../../aws-error.ts";
import { onDisk } from "../../storage/disk-error.ts";
import { mustOwn, type Storage } from "../../storage/storage.ts";
import { writeAtomically } from "../../storage/stored-map.ts";
import { describeFile } from "./describe-file.ts";
import type { ObjectDescription } from "./object-description.ts";
import { pathBesideFolder, pathOfKey } from "./object-path.ts";
import { removeEmptyFolders } from "./remove-empty-folders.ts";

/** The version that an object has which was written without versioning. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html */
export const NULL_VERSION = "null";

/** What is known of one version of an object. */
export interface VersionDescription extends ObjectDescription {
  readonly versionId?: string;
  /** Rises with each version of its key. */
  readonly sequence?: number;
}

export interface StoredObject extends VersionDescription {
  readonly file: string;
  readonly versionId: string;
}

/** What tells a file from one that took its place. */
export interface FileIdentity {
  readonly size: number;
  readonly mtimeMs: number;
}

/** A description counts only for the very file that it was written for: files may be replaced by hand. */
type DescriptionEntry = VersionDescription & FileIdentity;

/** Current versions as plain files below `<dir>/s3/<bucket>/`, their descriptions apart below `<dir>/s3-metadata/<bucket>/`. */
export interface CurrentFiles {
  readonly root: string;
  bucketFolder(bucket: string): string;
  /** Undefined where there is no such object. A file that was put there by hand is described on first sight. */
  find(bucket: string, key: string): (StoredObject & FileIdentity) | undefined;
  /** Moves a file into place, in one step with its description. */
  place(bucket: string, key: string, file: string, description: Omit<VersionDescription, "size">): StoredObject;
  /** Replaces what is known of an object and leaves its bytes alone. */
  redescribe(bucket: string, key: string, description: VersionDescription): void;
  remove(bucket: string, key: string): void;
  /** Forgets all that is known of a bucket's objects. */
  forgetBucket(bucket: string): void;
}

/** Up to this size it is cheaper to read a hand-made file again than to keep what is known of it. */
const DESCRIBED_EACH_TIME = 64 * 1024;

export function currentFiles(storage: Storage): CurrentFiles {
  const at = (...parts: string[]) => join(storage.dir, ...parts);
  const bucketFolder = (bucket: string) => at("s3", checkBucketName(bucket));
  const descriptionFile = (bucket: string, key: string) =>
    `${at("s3-metadata", checkBucketName(bucket), pathOfKey(key))}%.json`;

  const locate = (bucket: string, key: string): { file: string; stats: Stats } | undefined => {
    const candidates = [pathOfKey(key), pathBesideFolder(key), ...(isPlainPath(key) ? [key] : [])];
    for (const candidate of candidates) {
      const file = join(bucketFolder(bucket), candidate);
      const stats = statSync(file, { throwIfNoEntry: false, bigint: false });
      if (stats?.isFile()) return { file, stats };
    }
    return undefined;
  };
  const readEntries = (bucket: string, key: string): DescriptionEntry[] => {
    try {
      return JSON.parse(readFileSync(descriptionFile(bucket, key), "utf8")) as DescriptionEntry[];
    } catch {
      return [];
    }
  };
  const writeEntries = (bucket: string, key: string, entries: readonly DescriptionEntry[]) =>
    writeAtomically(descriptionFile(bucket, key), JSON.stringify(entries), storage);

  return {
    get root() {
      return at("s3");
    },
    bucketFolder,
    find(bucket, key) {
      const found = locate(bucket, key);
      if (found === undefined) return undefined;
      const { file, stats } = found;
      const known = readEntries(bucket, key).find(
        (entry) => entry.size === stats.size && entry.mtimeMs === stats.mtimeMs,
      );
      if (known !== undefined) return { ...known, versionId: known.versionId ?? NULL_VERSION, file };
      const entry = { ...describeFile(file, key, stats), mtimeMs: stats.mtimeMs };
      if (storage.owner && stats.size > DESCRIBED_EACH_TIME) writeEntries(bucket, key, [entry]);
      return { ...entry, versionId: NULL_VERSION, file };
    },
    place(bucket, key, from, described) {
      mustOwn(storage);
      const folder = bucketFolder(bucket);
      const { mtimeMs, size } = statSync(from);
      const entry = { ...described, size, mtimeMs };
      const [current] = readEntries(bucket, key);
      // The old description stays until the next write, because a crash may come before the bytes are replaced.
      writeEntries(bucket, key, current === undefined ? [entry] : [entry, current]);
      const file = onDisk(folder, () => moveIntoPlace(from, folder, key));
      storage.flusher.touch(file);
      storage.flusher.touch(dirname(file));
      return { ...entry, versionId: entry.versionId ?? NULL_VERSION, file };
    },
    redescribe(bucket, key, description) {
      mustOwn(storage);
      const found = locate(bucket, key);
      if (found !== undefined) writeEntries(bucket, key, [{ ...description, mtimeMs: found.stats.mtimeMs }]);
    },
    remove(bucket, key) {
      mustOwn(storage);
      const found = locate(bucket, key);
      if (found === undefined) return;
      onDisk(bucketFolder(bucket), () => rmSync(found.file, { force: true }));
      rmSync(descriptionFile(bucket, key), { force: true });
      storage.flusher.touch(dirname(found.file));
      removeEmptyFolders(dirname(found.file), bucketFolder(bucket));
      removeEmptyFolders(dirname(descriptionFile(bucket, key)), at("s3-metadata", bucket));
    },
    forgetBucket: (bucket) => rmSync(at("s3-metadata", checkBucketName(bucket)), { recursive: true, force: true }),
  };
}

/** Where a hand-made name holds a `%` that is no escape, the key is the name itself. */
function isPlainPath(key: string): boolean {
  return (
    key.includes("%") &&
    key.split("/").every((part) => part !== "" && part !== "." && part !== "..") &&
    !key.includes("\0")
  );
}

function moveIntoPlace(from: string, folder: string, key: string): string {
  makeFolders(folder, dirname(pathOfKey(key)));
  const plain = join(folder, pathOfKey(key));
  const target = statSync(plain, { throwIfNoEntry: false })?.isDirectory()
    ? join(folder, pathBesideFolder(key))
    : plain;
  renameSync(from, target);
  // The object may have stepped aside for a folder that is gone by now.
  if (target === plain) rmSync(join(folder, pathBesideFolder(key)), { force: true });
  return target;
}

/** Objects that have a folder's name step aside. */
function makeFolders(root: string, path: string): void {
  if (statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory()) return;
  let folder = root;
  for (const part of path.split("/")) {
    folder = join(folder, part);
    if (statSync(folder, { throwIfNoEntry: false })?.isFile()) renameSync(folder, `${folder}%=`);
    mkdirSync(folder, { recursive: true });
  }
}

/** A name that is no bucket's must not become a path that leaves the buckets' folder. */
export function checkBucketName(bucket: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(bucket)) return bucket;
  throw new AwsError("InvalidBucketName", "The specified bucket is not valid.", { BucketName: bucket });
}
