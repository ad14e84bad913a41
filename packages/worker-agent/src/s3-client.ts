import { S3Client } from "@aws-sdk/client-s3";
import type { S3Environment } from "./env.ts";

/** For `muster-s3`: credentials come from the metadata service, as the agent's do. */
export function createS3Client({ region, hasOneEndpoint }: S3Environment): S3Client {
  return new S3Client({ region, forcePathStyle: hasOneEndpoint, maxAttempts: 5 });
}
