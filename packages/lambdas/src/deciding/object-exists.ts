import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { type ObjectExists, type S3Object, type StageDescription, s3Url } from "@muster/pipeline";

/** Asks S3 once for each object, however many activities look at it. */
export function objectExists(s3: S3Client, buckets: StageDescription["buckets"]): ObjectExists {
  const answers = new Map<string, Promise<boolean>>();
  return (object) => {
    const url = s3Url(object, buckets);
    const answer = answers.get(url) ?? head(s3, buckets[object.bucket], object);
    answers.set(url, answer);
    return answer;
  };
}

async function head(s3: S3Client, bucket: string, { key }: S3Object): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return true;
  } catch (error) {
    if (error instanceof Error && (error.name === "NotFound" || error.name === "NoSuchKey")) return false;
    throw error;
  }
}
