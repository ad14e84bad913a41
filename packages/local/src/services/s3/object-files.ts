import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { AwsError } from "../../aws-error.ts";
import type { Random } from "../../random.ts";
import { diskError } from "../../storage/disk-error.ts";
import type { Storage } from "../../storage/storage.ts";
import { mustOwn } from "../../storage/storage.ts";
import { openStoredMap } from "../../storage/stored-map.ts";
import { currentFiles, NULL_VERSION, type StoredObject } from "./current-files.ts";
import type { ObjectDescription } from "./object-description.ts";
import type { FileIdentity, VersionDescription } from "./object-descriptions.ts";
import type { ReadOptions } from "./read-body.ts";
import { type ReceivedBody, receiveBody } from "./receive-body.ts";
import { type DeleteMarker, linkOrCopy, versionFiles } from "./version-files.ts";
import { newVersionId } from "./version-id.ts";

/** Undefined is a bucket that never had versions. */
export type VersioningStatus = "Enabled" | "Suspended";

export type Version = StoredObject | DeleteMarker;

export function isDeleteMarker(version: Version | undefined): version is DeleteMarker {
  return version !== undefined && "isDeleteMarker" in version;
}

/** What a deletion did: which version went or came, and whether it is a delete marker. */
export interface Deletion {
  readonly versionId?: string | undefined;
  readonly isDeleteMarker?: boolean;
}

/** Objects of all buckets with their versions: the current one is a plain file, what came before lies apart. */
export interface ObjectFiles {
  readonly root: string;
  bucketFolder(bucket: string): string;
  versionsFolder(bucket: string): string;
  versioning(bucket: string): VersioningStatus | undefined;
  setVersioning(bucket: string, status: VersioningStatus): void;
  /** The current version; undefined where there is none, or a delete marker. */
  find(bucket: string, key: string): StoredObject | undefined;
  /** The current version, or the delete marker in its place. */
  latest(bucket: string, key: string): Version | undefined;
  /** All versions of a key, the newest first. The first is the current one, if `latest` finds any. */
  versions(bucket: string, key: string): readonly Version[];
  /** Takes a body into a temporary file; throws what is wrong with it. The caller must `store` or `discard` it. */
  receive(content: AsyncIterable<Uint8Array>, options: ReadOptions): Promise<ReceivedBody>;
  discard(body: Pick<ReceivedBody, "file">): void;
  /** Makes a received body the current version, in one step with its description. */
  store(
    bucket: string,
    key: string,
    body: Pick<ReceivedBody, "file">,
    description: Omit<ObjectDescription, "size">,
  ): StoredObject;
  /** Replaces what is known of a version and leaves its bytes alone. */
  redescribe(bucket: string, key: string, version: StoredObject): void;
  /** Removes the current version, where the bucket keeps versions by a delete marker. */
  remove(bucket: string, key: string, nowMs: number): Deletion;
  /** Removes one version for good; nothing where there is none of that id. */
  removeVersion(bucket: string, key: string, versionId: string): Deletion;
  /** Forgets what is known of a bucket besides the plain files. */
  forgetBucket(bucket: string): void;
}

export function objectFiles(storage: Storage, random: Random): ObjectFiles {
  const incoming = () => join(storage.dir, "s3-incoming");
  // Uploads that a killed process left half done.
  if (storage.persistent && storage.owner) rmSync(incoming(), { recursive: true, force: true });
  const current = currentFiles(storage);
  const older = versionFiles(storage);
  const statuses = openStoredMap<VersioningStatus>(storage, "s3-bucket-versioning");
  const isVersioned = (bucket: string) => statuses.has(bucket);

  const latest = (bucket: string, key: string): Version | undefined => {
    const plain = current.find(bucket, key);
    if (!isVersioned(bucket)) return plain;
    const [newest] = older.list(bucket, key);
    if (!isDeleteMarker(newest)) return plain;
    if (plain !== undefined && !isSameFile(plain, newest.replaces)) return plain;
    if (storage.owner && newest.replaces !== undefined) finishMarking(bucket, key, newest);
    return newest;
  };
  const find = (bucket: string, key: string): StoredObject | undefined => {
    const version = latest(bucket, key);
    return isDeleteMarker(version) ? undefined : version;
  };
  const versions = (bucket: string, key: string): readonly Version[] => {
    const first = latest(bucket, key);
    const rest = isVersioned(bucket) ? older.list(bucket, key) : [];
    // What a killed process had begun to put aside is still the current version.
    return [...(first === undefined ? [] : [first]), ...rest.filter(({ versionId }) => versionId !== first?.versionId)];
  };
  /** Puts the current version aside: it goes on to lie where it lies, known by its id in both places. */
  const keep = (bucket: string, key: string, version: StoredObject, sequence: number) => {
    older.keep(bucket, key, { ...version, sequence });
    // There is one null version of a key at a time.
    if (version.versionId === NULL_VERSION) older.drop(bucket, key, NULL_VERSION, sequence);
  };
  /** What the next version of a key is called; the current one is put aside where that does not replace it. */
  const makeRoom = (bucket: string, key: string, status: VersioningStatus) => {
    const plain = find(bucket, key);
    const next = older.nextSequence(bucket, key);
    const kept = plain?.sequence ?? next;
    const sequence = plain === undefined ? next : Math.max(next, kept + 1);
    const versionId = status === "Enabled" ? newVersionId(sequence, random) : NULL_VERSION;
    if (plain !== undefined && plain.versionId !== versionId) keep(bucket, key, plain, kept);
    return { plain, versionId, sequence };
  };
  /** A marker's deletion is done when the marker is written; the file follows. */
  const finishMarking = (bucket: string, key: string, { replaces: _done, ...marker }: DeleteMarker) => {
    current.remove(bucket, key);
    older.mark(bucket, key, marker);
  };
  /** An older version becomes the current one. */
  const bringBack = (
    bucket: string,
    key: string,
    { file, ...description }: StoredObject,
    before: (id: FileIdentity) => void,
  ) => {
    const linked = join(incoming(), randomUUID());
    mkdirSync(incoming(), { recursive: true });
    linkOrCopy(file, linked);
    const { size, mtimeMs } = statSync(linked);
    before({ size, mtimeMs });
    current.place(bucket, key, linked, description);
  };

  return {
    get root() {
      return current.root;
    },
    bucketFolder: current.bucketFolder,
    versionsFolder: older.bucketFolder,
    versioning: (bucket) => statuses.get(bucket),
    setVersioning: statuses.set,
    find,
    latest,
    versions,
    async receive(content, options) {
      mustOwn(storage);
      return receiveBody(incoming(), content, options);
    },
    discard: (body) => rmSync(body.file, { force: true }),
    store(bucket, key, { file }, description) {
      const status = statuses.get(bucket);
      if (status === undefined) return current.place(bucket, key, file, description);
      const { versionId, sequence } = makeRoom(bucket, key, status);
      const stored = current.place(bucket, key, file, { ...description, versionId, sequence });
      if (versionId === NULL_VERSION) older.drop(bucket, key, NULL_VERSION);
      return stored;
    },
    redescribe(bucket, key, { file, ...description }) {
      const { sequence } = description;
      if (file.startsWith(older.bucketFolder(bucket)) && sequence !== undefined) {
        older.redescribe(bucket, key, { ...description, sequence });
      } else current.redescribe(bucket, key, description as VersionDescription);
    },
    remove(bucket, key, nowMs) {
      const status = statuses.get(bucket);
      if (status === undefined) {
        current.remove(bucket, key);
        return {};
      }
      const { plain, versionId, sequence } = makeRoom(bucket, key, status);
      const replaces = plain && identityOf(plain);
      const marker: DeleteMarker = { isDeleteMarker: true, versionId, sequence, lastModifiedMs: nowMs, replaces };
      older.mark(bucket, key, marker);
      if (versionId === NULL_VERSION) older.drop(bucket, key, NULL_VERSION, sequence);
      if (plain !== undefined) finishMarking(bucket, key, marker);
      return { versionId, isDeleteMarker: true };
    },
    removeVersion(bucket, key, versionId) {
      mustOwn(storage);
      const all = versions(bucket, key);
      const target = all.find((version) => version.versionId === versionId);
      if (target === undefined) return { versionId };
      const isCurrent = target === all[0] && target.versionId === latest(bucket, key)?.versionId;
      const next = isCurrent ? all[1] : undefined;
      const wasMarker = isDeleteMarker(target);
      if (next !== undefined && !isDeleteMarker(next)) {
        // Until the marker is gone, what is brought back counts as what it deletes.
        bringBack(bucket, key, next, (replaces) => wasMarker && older.mark(bucket, key, { ...target, replaces }));
        older.drop(bucket, key, versionId);
        older.drop(bucket, key, next.versionId);
      } else {
        if (isCurrent && !wasMarker) current.remove(bucket, key);
        older.drop(bucket, key, versionId);
      }
      return { versionId, isDeleteMarker: wasMarker };
    },
    forgetBucket(bucket) {
      statuses.delete(bucket);
      current.forgetBucket(bucket);
      older.forgetBucket(bucket);
    },
  };
}

function identityOf({ file }: StoredObject): FileIdentity {
  const { size, mtimeMs } = statSync(file);
  return { size, mtimeMs };
}

function isSameFile({ size, mtimeMs }: FileIdentity, other: FileIdentity | undefined): boolean {
  return other !== undefined && other.size === size && other.mtimeMs === mtimeMs;
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
