import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { type ObjectExists, type S3Object, type StageDescription, s3Url } from "@muster/pipeline";
import { failureText, isMissingObject, statusOf } from "@muster/records";

/** Asks S3 once for each object, however many activities look at it; a look that failed is made anew. */
export function objectExists(s3: S3Client, buckets: StageDescription["buckets"]): ObjectExists {
  const answers = new Map<string, Promise<boolean>>();
  return (object) => {
    const url = s3Url(object, buckets);
    const known = answers.get(url);
    if (known !== undefined) return known;
    const answer = head(s3, buckets[object.bucket], object);
    answers.set(url, answer);
    answer.catch(() => answers.delete(url));
    return answer;
  };
}

/**
 * S3 answers HEAD without a body: 404 is all that says that there is nothing. 403 may be a missing object too, for whoever may not list the bucket; and a right that
 * is missing, or credentials that have just expired.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 * @throws Error that names the object, worth a retry, where S3 did not say
 */
async function head(s3: S3Client, bucket: string, { key }: S3Object): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return true;
  } catch (error) {
    if (isMissingObject(error)) return false;
    const hint = statusOf(error) === 403 ? "; it takes s3:GetObject, and s3:ListBucket for what is not there" : "";
    throw new Error(`whether s3://${bucket}/${key} exists is not known: ${failureText(error)}${hint}`, {
      cause: error,
    });
  }
}
