import { AwsError } from "../../aws-error.ts";
import { bucketMustExist, type ObjectFiles } from "./object-files.ts";

/** Throws: `NoSuchBucket` where even the bucket is missing, else `NoSuchKey`. */
export function noSuchKey(files: ObjectFiles, bucket: string, key: string): never {
  bucketMustExist(files, bucket);
  throw new AwsError("NoSuchKey", "The specified key does not exist.", { status: 404, Key: key });
}
