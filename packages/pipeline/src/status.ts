import { type Artifacts, type BuildStatus, isAptPackage, type Published } from "./artifacts.ts";
import { type BucketRole, s3Url } from "./s3-object.ts";
import type { Per, Subject } from "./subject.ts";

/** Whether users get something, or an object is in scratch; how that is found out is the caller's business. */
export type IsThere = (evidence: Published) => Promise<boolean>;

export interface StatusEvidence {
  readonly status: BuildStatus;
  /** What decided: all that is there, or the first that is missing. */
  readonly evidence: readonly Published[];
}

/**
 * `succeeded` if all that is published is there, else `built_not_published` if all that is produced is.
 * What only produces is `succeeded` with that; what declares neither is never done.
 */
export async function statusOf<P extends Per>(
  artifacts: Artifacts<P>,
  subject: Subject<P>,
  isThere: IsThere,
): Promise<StatusEvidence> {
  const published = artifacts.publishes?.(subject) ?? [];
  const produced = artifacts.produces?.(subject) ?? [];
  const publishedGap = await firstMissing(published, isThere);
  if (published.length > 0 && publishedGap === undefined) return { status: "succeeded", evidence: published };
  const producedGap = await firstMissing(produced, isThere);
  if (produced.length > 0 && producedGap === undefined) {
    return { status: published.length > 0 ? "built_not_published" : "succeeded", evidence: produced };
  }
  const gap = producedGap ?? publishedGap;
  return { status: "not_built", evidence: gap === undefined ? [] : [gap] };
}

async function firstMissing<E extends Published>(evidence: readonly E[], isThere: IsThere): Promise<E | undefined> {
  const found = await Promise.all(evidence.map(isThere));
  return evidence.find((_, index) => !found[index]);
}

/** As people read it: an object's URL, or `muster 1.2.3-1~bookworm in s3://…/debian/dists/bookworm`. */
export function evidenceText(evidence: Published, buckets: Readonly<Record<BucketRole, string>>): string {
  if (!isAptPackage(evidence)) return s3Url(evidence, buckets);
  const { package: name, version, architecture, suite } = evidence;
  return `${[name, version, architecture].filter((word) => word !== undefined).join(" ")} in ${s3Url(suite, buckets)}`;
}
