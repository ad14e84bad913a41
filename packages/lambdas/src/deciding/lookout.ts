import type { S3Client } from "@aws-sdk/client-s3";
import { downloads, evidenceText, type IsThere, isAptPackage, type StageDescription } from "@muster/pipeline";
import { aptSuites } from "./apt-suites.ts";
import { headObject } from "./head-object.ts";

/** What can be found out of a stage's buckets. */
export interface Lookout {
  readonly isThere: IsThere;
  /** Of a suite, by the folder of its InRelease in the bucket of downloads; undefined where that sets no term. */
  readonly validUntil: (suite: string) => Promise<Date | undefined>;
}

/** Asks S3 once for each piece of evidence, however many activities look at it; a look that failed is made anew. */
export function lookout(s3: S3Client, buckets: StageDescription["buckets"]): Lookout {
  const answers = new Map<string, Promise<boolean>>();
  const suites = aptSuites(s3, { buckets, headObject: (object) => headObject(s3, buckets[object.bucket], object) });
  const isThere: IsThere = (evidence) => {
    const name = evidenceText(evidence, buckets);
    const known = answers.get(name);
    if (known !== undefined) return known;
    const answer = isAptPackage(evidence)
      ? suites.offers(evidence)
      : headObject(s3, buckets[evidence.bucket], evidence).then((found) => found !== undefined);
    answers.set(name, answer);
    answer.catch(() => answers.delete(name));
    return answer;
  };
  return { isThere, validUntil: (suite) => suites.validUntil(downloads(suite)) };
}
