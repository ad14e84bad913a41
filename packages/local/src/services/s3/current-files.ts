import { mkdirSync, renameSync, rmSync, type Stats, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { onDisk } from "../../storage/disk-error.ts";
import { mustOwn, type Storage } from "../../storage/storage.ts";
import { checkBucketName } from "./bucket-name.ts";
import { describeFile } from "./describe-file.ts";
import { type FileIdentity, objectDescriptions, type VersionDescription } from "./object-descriptions.ts";
import { pathBesideFolder, pathOfKey } from "./object-path.ts";
import { removeEmptyFolders } from "./remove-empty-folders.ts";

/** The version that an object has which was written without versioning. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html */
export const NULL_VERSION = "null";

export interface StoredObject extends VersionDescription {
  readonly file: string;
  readonly versionId: string;
}

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
  const descriptions = objectDescriptions(storage);

  const locate = (bucket: string, key: string): { file: string; stats: Stats } | undefined => {
    const candidates = [pathOfKey(key), pathBesideFolder(key), ...(isPlainPath(key) ? [key] : [])];
    for (const candidate of candidates) {
      const file = join(bucketFolder(bucket), candidate);
      const stats = statSync(file, { throwIfNoEntry: false, bigint: false });
      if (stats?.isFile()) return { file, stats };
    }
    return undefined;
  };
  return {
    get root() {
      return at("s3");
    },
    bucketFolder,
    find(bucket, key) {
      const found = locate(bucket, key);
      if (found === undefined) return undefined;
      const { file, stats } = found;
      const known = descriptions
        .read(bucket, key)
        .find((entry) => entry.size === stats.size && entry.mtimeMs === stats.mtimeMs);
      if (known !== undefined) return { ...known, versionId: known.versionId ?? NULL_VERSION, file };
      const entry = { ...describeFile(file, key, stats), mtimeMs: stats.mtimeMs };
      if (storage.owner && stats.size > DESCRIBED_EACH_TIME) descriptions.write(bucket, key, [entry]);
      return { ...entry, versionId: NULL_VERSION, file };
    },
    place(bucket, key, from, described) {
      mustOwn(storage);
      const folder = bucketFolder(bucket);
      const { mtimeMs, size } = statSync(from);
      const entry = { ...described, size, mtimeMs };
      const [current] = descriptions.read(bucket, key);
      // The old description stays until the next write, because a crash may come before the bytes are replaced.
      descriptions.write(bucket, key, current === undefined ? [entry] : [entry, current]);
      const file = onDisk(folder, () => moveIntoPlace(from, folder, key));
      storage.flusher.touch(file);
      storage.flusher.touch(dirname(file));
      return { ...entry, versionId: entry.versionId ?? NULL_VERSION, file };
    },
    redescribe(bucket, key, description) {
      mustOwn(storage);
      const found = locate(bucket, key);
      if (found !== undefined) descriptions.write(bucket, key, [{ ...description, mtimeMs: found.stats.mtimeMs }]);
    },
    remove(bucket, key) {
      mustOwn(storage);
      const found = locate(bucket, key);
      if (found === undefined) return;
      onDisk(bucketFolder(bucket), () => rmSync(found.file, { force: true }));
      descriptions.remove(bucket, key);
      storage.flusher.touch(dirname(found.file));
      removeEmptyFolders(dirname(found.file), bucketFolder(bucket));
    },
    forgetBucket: descriptions.forgetBucket,
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
