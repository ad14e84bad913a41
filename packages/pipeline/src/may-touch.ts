import { objectsOf } from "./artifacts.ts";
import type { S3Object } from "./s3-object.ts";
import type { Per, Subject } from "./subject.ts";
import type { Task } from "./tasks-of.ts";

/** What a script does with an object. */
export type Touch = "reads" | "writes" | "deletes";

/**
 * Whether a task's definition lets its script touch an object: on AWS a worker may do that and nothing else in the stage's buckets. What it `reads`,
 * `writes` and `deletes` are beginnings of keys; without `writes`, it writes what it produces and publishes.
 */
export function mayTouch<P extends Per>({ activity, subject }: Task<P>, touch: Touch, object: S3Object): boolean {
  const { access } = activity;
  const isBelow = (allowed: S3Object) => allowed.bucket === object.bucket && object.key.startsWith(allowed.key);
  if (touch !== "writes") return (access?.[touch] ?? []).some(isBelow);
  const writes = access?.writes;
  if (writes !== undefined)
    return (typeof writes === "function" ? writes(subject as Subject<P>) : writes).some(isBelow);
  const made = objectsOf(activity, subject as Subject<P>);
  return made.some(({ bucket, key }) => bucket === object.bucket && key === object.key);
}
