import type { S3Object } from "./s3-object.ts";
import type { Per, Subject } from "./subject.ts";

/** How far a task's artifacts have come. */
export type BuildStatus = "succeeded" | "built_not_published" | "not_built";

/** What something makes, and where it goes: an activity, or one of several things that an activity makes. */
export interface Artifacts<P extends Per> {
  /** Objects in scratch that show the task is done, though not published. */
  readonly produces?: (subject: Subject<P>) => readonly S3Object[];
  /** Objects where users download that show the task is done. */
  readonly publishes?: (subject: Subject<P>) => readonly S3Object[];
}

/** All that something makes for a subject, wherever it lies. */
export function objectsOf<P extends Per>({ produces, publishes }: Artifacts<P>, subject: Subject<P>): S3Object[] {
  return [...(produces?.(subject) ?? []), ...(publishes?.(subject) ?? [])];
}
