import { AwsError } from "../../aws-error.ts";

/** A name that is no bucket's must not become a path that leaves the buckets' folder. */
export function checkBucketName(bucket: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(bucket)) return bucket;
  throw new AwsError("InvalidBucketName", "The specified bucket is not valid.", { BucketName: bucket });
}
