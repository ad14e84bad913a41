import type { Activity, VersionSubject } from "./activity.ts";
import type { S3Object } from "./s3-object.ts";

/** How far a task's artifacts have come. */
export type BuildStatus = "succeeded" | "built_not_published" | "not_built";

/** Whether an object exists; how that is found out is the caller's business. */
export type ObjectExists = (object: S3Object) => Promise<boolean>;

export interface StatusEvidence {
  readonly status: BuildStatus;
  /** The objects that decided: all there, or the first one that is missing. */
  readonly evidence: readonly S3Object[];
}

/**
 * `succeeded` if all that the task publishes exists, else `built_not_published` if all that it produces does.
 * An activity that only produces is `succeeded` with that; one that declares neither is never done.
 */
export async function statusOf(
  activity: Activity,
  subject: VersionSubject,
  exists: ObjectExists,
): Promise<StatusEvidence> {
  const published = activity.publishes?.(subject) ?? [];
  const produced = activity.produces?.(subject) ?? [];
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
