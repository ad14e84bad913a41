import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AwsError } from "../../aws-error.ts";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import { onDisk } from "../../storage/disk-error.ts";
import type { Storage } from "../../storage/storage.ts";
import { openStoredMap } from "../../storage/stored-map.ts";
import type { ChecksumAlgorithm, Checksums, ChecksumType } from "./checksums.ts";
import type { ObjectHeaders } from "./object-description.ts";

/** A part that has been uploaded. */
export interface Part {
  readonly number: number;
  readonly size: number;
  /** Hexadecimal. */
  readonly md5: string;
  readonly lastModifiedMs: number;
  readonly checksums?: Checksums;
  /** Its name in the upload's folder. A part that is sent again has another: the old bytes are good until the new ones are known. */
  readonly file?: string;
}

/** How an upload ended, for whoever asks again because the answer was lost. */
export interface Completion {
  /** The parts that were asked for. */
  readonly request: string;
  readonly atMs: number;
  readonly etag: string;
  readonly versionId: string;
  readonly checksums: Checksums;
  readonly checksumType: ChecksumType;
}

export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiatedMs: number;
  readonly headers: ObjectHeaders;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly parts: Readonly<Record<string, Part>>;
  /** As asked for when it began. */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType };
  readonly completion?: Completion;
}

/** Members that name an upload. */
export interface UploadName {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId?: unknown;
}

/** Multipart uploads: what is known of them in `s3-uploads/`, their parts in `s3-parts/<upload>/`. */
export interface Uploads {
  begin(upload: Omit<Upload, "id" | "initiatedMs" | "parts">): Upload;
  /** One that is going on; throws `NoSuchUpload`. */
  mustFind(name: UploadName): Upload;
  completionOf(name: UploadName): Completion | undefined;
  /** Moves a received part into place. */
  keepPart(name: UploadName, part: Omit<Part, "file">, file: string): Part;
  partFile(upload: Upload, part: Part): string;
  complete(upload: Upload, completion: Completion): void;
  forget(upload: Upload): void;
  /** Those of a bucket that are going on, in no particular order. */
  inBucket(bucket: string): Upload[];
  /** Forgets all of a bucket's, also how those that ended did. */
  forgetBucket(bucket: string): void;
}

/** For so long a completion may be repeated. */
const REMEMBERED_MS = 24 * 3600 * 1000;

export function openUploads({
  storage,
  clock,
  random,
}: {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
}): Uploads {
  const uploads = openStoredMap<Upload>(storage, "s3-uploads");
  const folderOf = ({ id }: Upload) => join(storage.dir, "s3-parts", id);
  const partFile = (upload: Upload, { number, file }: Part) => join(folderOf(upload), file ?? String(number));
  const removeParts = (upload: Upload) => rmSync(folderOf(upload), { recursive: true, force: true });
  const forget = (upload: Upload) => {
    uploads.delete(upload.id);
    removeParts(upload);
  };
  const find = ({ Bucket, Key, UploadId }: UploadName): Upload | undefined => {
    const upload = uploads.get(String(UploadId));
    return upload?.bucket === Bucket && upload.key === Key ? upload : undefined;
  };
  const mustFind = (name: UploadName): Upload => {
    const upload = find(name);
    if (upload !== undefined && upload.completion === undefined) return upload;
    throw new AwsError("NoSuchUpload", "The specified multipart upload does not exist.", {
      status: 404,
      UploadId: name.UploadId,
    });
  };
  const forgetOldCompletions = () => {
    for (const { id, completion } of [...uploads.values()]) {
      if (completion !== undefined && completion.atMs + REMEMBERED_MS < clock.now()) uploads.delete(id);
    }
  };
  if (storage.persistent && storage.owner) removeStrayParts(join(storage.dir, "s3-parts"), uploads);

  return {
    begin(described) {
      forgetOldCompletions();
      const upload = { ...described, id: random.hex(32), initiatedMs: clock.now(), parts: {} };
      uploads.set(upload.id, upload);
      return upload;
    },
    mustFind,
    completionOf: (name) => find(name)?.completion,
    partFile,
    keepPart(name, described, received) {
      const upload = mustFind(name);
      const part = { ...described, file: `${described.number}-${random.hex(8)}` };
      const file = partFile(upload, part);
      onDisk(folderOf(upload), () => {
        mkdirSync(folderOf(upload), { recursive: true });
        renameSync(received, file);
      });
      storage.flusher.touch(file);
      const replaced = upload.parts[part.number];
      uploads.set(upload.id, { ...upload, parts: { ...upload.parts, [part.number]: part } });
      if (replaced !== undefined) rmSync(partFile(upload, replaced), { force: true });
      return part;
    },
    complete(upload, completion) {
      uploads.set(upload.id, { ...upload, parts: {}, completion });
      removeParts(upload);
    },
    forget,
    inBucket: (bucket) => [...uploads.values()].filter((upload) => upload.bucket === bucket && !upload.completion),
    forgetBucket(bucket) {
      for (const upload of [...uploads.values()]) if (upload.bucket === bucket) forget(upload);
    },
  };
}

/** Parts whose upload ended just before the process did. */
function removeStrayParts(folder: string, uploads: { get(id: string): Upload | undefined }): void {
  for (const id of readFolder(folder)) {
    const upload = uploads.get(id);
    if (upload === undefined || upload.completion !== undefined)
      rmSync(join(folder, id), { recursive: true, force: true });
  }
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
