/** The buckets of a stage: where scripts lie, what is built, what users download, and Muster's own records. */
export type BucketRole = "assets" | "scratch" | "downloads" | "state";

/** An object by the role of its bucket; the stage knows the bucket's name. */
export interface S3Object {
  /** `scratch` and `downloads` for nearly all; `state` for what nothing shall expire, `assets` for scripts. */
  readonly bucket: BucketRole;
  /** Its whole key; in `access`, what keys begin with. */
  readonly key: string;
}

/** An object that is built but not where users download. */
export const scratch = (key: string): S3Object => ({ bucket: "scratch", key });

/** An object where users download. */
export const downloads = (key: string): S3Object => ({ bucket: "downloads", key });

export function s3Url(object: S3Object, buckets: Readonly<Record<BucketRole, string>>): string {
  return `s3://${buckets[object.bucket]}/${object.key}`;
}
