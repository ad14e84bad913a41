import type { Activity } from "./activity.ts";
import type { Place } from "./place.ts";
import type { Platform } from "./platform.ts";
import { type BuildVersion, type Per, type Subject, subjectsOf } from "./subject.ts";
import { unreachable } from "./unreachable.ts";

/** An activity with something that it has a task for: what it says of its tasks can be asked of this one. */
export type Task<P extends Per = Per> = {
  readonly [K in P]: { readonly activity: Activity<K>; readonly subject: Subject<K> };
}[P];

/** The tasks of an activity in a build of these versions. */
export function tasksOf(activity: Activity, versions: readonly BuildVersion[]): Task[] {
  return subjectsOf(activity, versions).map((subject) => ({ activity, subject }) as Task);
}

/**
 * The task of an activity at a place of a build.
 * @param around what is known of the build there
 * @throws RangeError when the activity has no task at such a place
 */
export function taskAt(activity: Activity, place: Place, { platforms }: { platforms: readonly Platform[] }): Task {
  switch (activity.per) {
    case "version":
      if (place.per === "version") {
        return { activity, subject: { per: "version", version: place.version, platforms } };
      }
      break;
    case "platform":
      if (place.per === "platform") {
        const { version, platform } = place;
        return { activity, subject: { per: "platform", version, platform, platforms } };
      }
      break;
    default:
      return unreachable(activity);
  }
  throw new RangeError(`${activity.name} runs per ${activity.per} and was asked for per ${place.per}`);
}
