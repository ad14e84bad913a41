import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import {
  downloads,
  evidenceText,
  type IsThere,
  isAptPackage,
  type S3Object,
  type StageDescription,
} from "@muster/pipeline";
import { failureText, isMissingObject, isMustersOwn, statusOf } from "@muster/records";
import { aptSuites } from "./apt-suites.ts";

/** What S3 says of an object without reading it. */
export interface ObjectFacts {
  readonly size: number;
  /** Of the whole object, in base64, where it was stored with it. */
  readonly sha256: string | undefined;
}

/** What can be found out of a stage's buckets. */
export interface Lookout {
  readonly isThere: IsThere;
  /** Of a suite, by the folder of its InRelease in the bucket of downloads; undefined where that sets no term. */
  readonly validUntil: (suite: string) => Promise<Date | undefined>;
}

/** Asks S3 once for each piece of evidence, however many activities look at it; a look that failed is made anew. */
export function lookout(s3: S3Client, buckets: StageDescription["buckets"]): Lookout {
  const answers = new Map<string, Promise<boolean>>();
  const suites = aptSuites(s3, { buckets, headObject: (object) => head(s3, buckets[object.bucket], object) });
  const isThere: IsThere = (evidence) => {
    const name = evidenceText(evidence, buckets);
    const known = answers.get(name);
    if (known !== undefined) return known;
    const answer = isAptPackage(evidence)
      ? suites.offers(evidence)
      : head(s3, buckets[evidence.bucket], evidence).then((found) => found !== undefined);
    answers.set(name, answer);
    answer.catch(() => answers.delete(name));
    return answer;
  };
  return { isThere, validUntil: (suite) => suites.validUntil(downloads(suite)) };
}

/**
 * S3 answers HEAD without a body: 404 is all that says that there is nothing. 403 may be a missing object too, for whoever may not list the bucket; and a right that
 * is missing, or credentials that have just expired. A page of Muster's own is nothing.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 * @throws Error that names the object, worth a retry, where S3 did not say
 */
async function head(s3: S3Client, bucket: string, { key }: S3Object): Promise<ObjectFacts | undefined> {
  try {
    const found = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: "ENABLED" }));
    if (isMustersOwn(found.Metadata)) return undefined;
    const isWhole = found.ChecksumType !== "COMPOSITE";
    return { size: found.ContentLength ?? 0, sha256: isWhole ? found.ChecksumSHA256 : undefined };
  } catch (error) {
    if (isMissingObject(error)) return undefined;
    const hint = statusOf(error) === 403 ? "; it takes s3:GetObject, and s3:ListBucket for what is not there" : "";
    throw new Error(`whether s3://${bucket}/${key} exists is not known: ${failureText(error)}${hint}`, {
      cause: error,
    });
  }
}
