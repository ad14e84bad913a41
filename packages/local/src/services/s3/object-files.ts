import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, type Stats, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { AwsError } from "../../aws-error.ts";
import { diskError, onDisk } from "../../storage/disk-error.ts";
import { mustOwn, type Storage } from "../../storage/storage.ts";
import { writeAtomically } from "../../storage/stored-map.ts";
import type { ChecksumAlgorithm } from "./checksums.ts";
import { describeFile } from "./describe-file.ts";
import { pathBesideFolder, pathOfKey } from "./object-path.ts";
import { type ReceivedBody, receiveBody } from "./receive-body.ts";

/** Headers that are stored with an object and given back with it, by their names in the API. */
export interface ObjectHeaders {
  readonly ContentType?: string | undefined;
  readonly CacheControl?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly Expires?: string | undefined;
}

/** What S3 knows of an object besides its bytes. */
export interface ObjectDescription {
  readonly size: number;
  /** With its quotation marks. */
  readonly etag: string;
  readonly lastModifiedMs: number;
  readonly headers: ObjectHeaders;
  readonly metadata: Readonly<Record<string, string>>;
  readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface StoredObject extends ObjectDescription {
  readonly file: string;
}

/** A description counts only for the very file that it was written for: files may be replaced by hand. */
interface DescriptionEntry extends ObjectDescription {
  readonly mtimeMs: number;
}

/** Objects as plain files below `<dir>/s3/<bucket>/`, their descriptions apart below `<dir>/s3-metadata/<bucket>/`. */
export interface ObjectFiles {
  readonly root: string;
  bucketFolder(bucket: string): string;
  /** Undefined where there is no such object. A file that was put there by hand is described on first sight. */
  find(bucket: string, key: string): StoredObject | undefined;
  /** Takes a body into a temporary file; throws what is wrong with it. The caller must `store` or `discard` it. */
  receive(content: AsyncIterable<Uint8Array>, headers: Readonly<Record<string, string>>): Promise<ReceivedBody>;
  discard(body: ReceivedBody): void;
  /** Moves a received body into place, in one step with its description. */
  store(bucket: string, key: string, body: ReceivedBody, description: Omit<ObjectDescription, "size">): StoredObject;
  /** Replaces what is known of an object and leaves its bytes alone. */
  redescribe(bucket: string, key: string, description: ObjectDescription): void;
  remove(bucket: string, key: string): void;
}

/** Up to this size it is cheaper to read a hand-made file again than to keep what is known of it. */
const DESCRIBED_EACH_TIME = 64 * 1024;

export function objectFiles(storage: Storage): ObjectFiles {
  const at = (...parts: string[]) => join(storage.dir, ...parts);
  const bucketFolder = (bucket: string) => at("s3", checkBucketName(bucket));
  // Uploads that a killed process left half done.
  if (storage.persistent && storage.owner) rmSync(at("s3-incoming"), { recursive: true, force: true });
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

  const find = (bucket: string, key: string): StoredObject | undefined => {
    const found = locate(bucket, key);
    if (found === undefined) return undefined;
    const { file, stats } = found;
    const known = readEntries(bucket, key).find(
      (entry) => entry.size === stats.size && entry.mtimeMs === stats.mtimeMs,
    );
    if (known !== undefined) return { ...known, file };
    const entry = { ...describeFile(file, key, stats), mtimeMs: stats.mtimeMs };
    if (storage.owner && stats.size > DESCRIBED_EACH_TIME) writeEntries(bucket, key, [entry]);
    return { ...entry, file };
  };

  return {
    get root() {
      return at("s3");
    },
    bucketFolder,
    find,
    async receive(content, headers) {
      mustOwn(storage);
      return receiveBody(at("s3-incoming"), content, headers);
    },
    discard: (body) => rmSync(body.file, { force: true }),
    store(bucket, key, body, described) {
      const folder = bucketFolder(bucket);
      const { mtimeMs, size } = statSync(body.file);
      const entry = { ...described, size, mtimeMs };
      const [current] = readEntries(bucket, key);
      // The old description stays until the next write, because a crash may come before the bytes are replaced.
      writeEntries(bucket, key, current === undefined ? [entry] : [entry, current]);
      const file = onDisk(folder, () => moveIntoPlace(body.file, folder, key));
      storage.flusher.touch(file);
      storage.flusher.touch(dirname(file));
      return { ...entry, file };
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

function removeEmptyFolders(folder: string, root: string): void {
  for (let path = folder; relative(root, path) !== "" && !relative(root, path).startsWith(".."); path = dirname(path)) {
    try {
      if (readdirSync(path).length > 0) return;
      rmdirSync(path);
    } catch {
      return;
    }
  }
}

/** A name that is no bucket's must not become a path that leaves the buckets' folder. */
function checkBucketName(bucket: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(bucket)) return bucket;
  throw new AwsError("InvalidBucketName", "The specified bucket is not valid.", { BucketName: bucket });
}

/** Reads of a missing bucket and of a broken disk must not look alike. */
export function bucketMustExist(files: ObjectFiles, bucket: string): void {
  try {
    if (statSync(files.bucketFolder(bucket), { throwIfNoEntry: false })?.isDirectory()) return;
  } catch (error) {
    throw diskError(files.root, error);
  }
  throw new AwsError("NoSuchBucket", "The specified bucket does not exist", { status: 404, BucketName: bucket });
}
