import type { S3Object } from "./s3-object.ts";
import type { VersionSubject } from "./subject.ts";

/** How far a task's artifacts have come. */
export type BuildStatus = "succeeded" | "built_not_published" | "not_built";

/** What something makes, and where it goes: an activity, or one of several things that an activity makes. */
export interface Artifacts {
  /** Objects in scratch that show the task is done, though not published. */
  readonly produces?: (subject: VersionSubject) => readonly S3Object[];
  /** Objects where users download that show the task is done. */
  readonly publishes?: (subject: VersionSubject) => readonly S3Object[];
}
