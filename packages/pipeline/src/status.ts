import type { Artifacts, BuildStatus } from "./artifacts.ts";
import type { S3Object } from "./s3-object.ts";
import type { Per, Subject } from "./subject.ts";

/** Whether an object exists; how that is found out is the caller's business. */
export type ObjectExists = (object: S3Object) => Promise<boolean>;

export interface StatusEvidence {
  readonly status: BuildStatus;
  /** The objects that decided: all there, or the first one that is missing. */
  readonly evidence: readonly S3Object[];
}

/**
 * `succeeded` if all that is published exists, else `built_not_published` if all that is produced does.
 * What only produces is `succeeded` with that; what declares neither is never done.
 */
export async function statusOf<P extends Per>(
  artifacts: Artifacts<P>,
  subject: Subject<P>,
  exists: ObjectExists,
): Promise<StatusEvidence> {
  const published = artifacts.publishes?.(subject) ?? [];
  const produced = artifacts.produces?.(subject) ?? [];
  const publishedGap = await firstMissing(published, exists);
  if (published.length > 0 && publishedGap === undefined) return { status: "succeeded", evidence: published };
  const producedGap = await firstMissing(produced, exists);
  if (produced.length > 0 && producedGap === undefined) {
    return { status: published.length > 0 ? "built_not_published" : "succeeded", evidence: produced };
  }
  const gap = producedGap ?? publishedGap;
  return { status: "not_built", evidence: gap === undefined ? [] : [gap] };
}

async function firstMissing(objects: readonly S3Object[], exists: ObjectExists): Promise<S3Object | undefined> {
  const found = await Promise.all(objects.map(exists));
  return objects.find((_, index) => !found[index]);
}
