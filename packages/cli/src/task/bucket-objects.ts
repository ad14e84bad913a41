import { paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import type { S3Object, StageDescription } from "@muster/pipeline";
import { stateFolder } from "@muster/records";

/** The buckets that scripts work with. */
const ROLES = ["scratch", "downloads", "state"] as const;

/** An object as it was at some time. */
export interface SeenObject {
  readonly object: S3Object;
  readonly bytes: number;
  /** Changes with every write. */
  readonly mark: string;
}

export type BucketContents = ReadonlyMap<string, SeenObject>;

/** All that a stage's buckets hold for scripts, by bucket and key. */
export async function listBuckets(
  s3: S3Client,
  { buckets }: Pick<StageDescription, "buckets">,
): Promise<BucketContents> {
  const seen = new Map<string, SeenObject>();
  for (const bucket of ROLES) {
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: buckets[bucket] })) {
      for (const { Key: key = "", Size: bytes = 0, ETag, LastModified } of Contents)
        seen.set(`${bucket}/${key}`, { object: { bucket, key }, bytes, mark: `${ETag} ${LastModified?.getTime()}` });
    }
  }
  return seen;
}

/** What was written and removed between two looks. */
export interface BucketChanges {
  readonly written: readonly SeenObject[];
  readonly removed: readonly SeenObject[];
}

/** Without the records that Muster itself keeps in the bucket of its state. */
export function changesBetween(before: BucketContents, after: BucketContents): BucketChanges {
  const records = Object.values(stateFolder);
  const theirs = ({ object }: SeenObject) =>
    object.bucket !== "state" || !records.some((folder) => object.key.startsWith(folder));
  return {
    written: [...after]
      .filter(([name, { mark }]) => before.get(name)?.mark !== mark)
      .map(([, seen]) => seen)
      .filter(theirs),
    removed: [...before]
      .filter(([name]) => !after.has(name))
      .map(([, seen]) => seen)
      .filter(theirs),
  };
}
