import type { Activity } from "./activity.ts";
import { isAptPackage, type Published } from "./artifacts.ts";
import type { S3Object } from "./s3-object.ts";
import type { Per, Subject } from "./subject.ts";
import type { Task } from "./tasks-of.ts";

/** What an activity's withdrawal takes from users; nothing where it has no script for that. */
export function takenBack<P extends Per>(
  { withdraw, publishes }: Pick<Activity<P>, "withdraw" | "publishes">,
  subject: Subject<P>,
): readonly Published[] {
  if (withdraw?.kind !== "script") return [];
  const takes = (withdraw.takes ?? publishes) as ((subject: Subject<P>) => readonly Published[]) | undefined;
  return takes?.(subject) ?? [];
}

/** Those of them that are objects; an index that names a package is for the script to find. */
export const objectsTakenBack = <P extends Per>(activity: Activity<P>, subject: Subject<P>): S3Object[] =>
  takenBack(activity, subject).filter((each): each is S3Object => !isAptPackage(each));

/** Whether a withdrawal's script may remove an object: what it takes back, and what begins as its `deletes`, or those of its activity's `access`, do. */
export function mayTakeBack<P extends Per>({ activity, subject }: Task<P>, object: S3Object): boolean {
  const { withdraw, access } = activity;
  if (withdraw?.kind !== "script") return false;
  const isBelow = ({ bucket, key }: S3Object) => bucket === object.bucket && object.key.startsWith(key);
  return (
    objectsTakenBack(activity, subject as Subject<P>).some(
      ({ bucket, key }) => bucket === object.bucket && key === object.key,
    ) || [...(withdraw.deletes ?? []), ...(access?.deletes ?? [])].some(isBelow)
  );
}
