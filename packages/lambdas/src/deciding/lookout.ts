import type { S3Client } from "@aws-sdk/client-s3";
import {
  downloads,
  evidenceText,
  type IsThere,
  isAptPackage,
  type Published,
  type S3Object,
  type StageDescription,
} from "@muster/pipeline";
import { aptSuites } from "./apt-suites.ts";
import { headObject, type ObjectFacts } from "./head-object.ts";

/** What can be found out of a stage's buckets. */
export interface Lookout {
  readonly isThere: IsThere;
  /** Of a suite, by the folder of its InRelease in the bucket of downloads; undefined where that sets no term. */
  readonly validUntil: (suite: string) => Promise<Date | undefined>;
  /** What is known of an object that is there; of a package, of the file that its suite names. */
  readonly factsOf: (evidence: Published) => Promise<ObjectFacts | undefined>;
}

/** Asks S3 once for each piece of evidence, however many activities look at it; a look that failed is made anew. */
export function lookout(s3: S3Client, buckets: StageDescription["buckets"]): Lookout {
  const facts = new Map<string, Promise<ObjectFacts | undefined>>();
  const head = (object: S3Object) => headObject(s3, buckets[object.bucket], object);
  const suites = aptSuites(s3, { buckets, headObject: head });
  const factsOf = (evidence: Published) =>
    remembered(facts, evidenceText(evidence, buckets), () =>
      isAptPackage(evidence) ? suites.offered(evidence) : head(evidence),
    );
  const isThere: IsThere = async (evidence) => (await factsOf(evidence)) !== undefined;
  return { isThere, factsOf, validUntil: (suite) => suites.validUntil(downloads(suite)) };
}

function remembered<T>(answers: Map<string, Promise<T>>, name: string, ask: () => Promise<T>): Promise<T> {
  const known = answers.get(name);
  if (known !== undefined) return known;
  const answer = ask();
  answers.set(name, answer);
  answer.catch(() => answers.delete(name));
  return answer;
}
