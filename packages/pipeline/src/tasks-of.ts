import type { Activity } from "./activity.ts";
import { activitiesOf, type Flow, partsOfBuild } from "./flow.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Place } from "./place.ts";
import { type BuildVersion, type Per, type PlatformsOfVersion, type Subject, subjectsOf } from "./subject.ts";
import { unreachable } from "./unreachable.ts";
import type { Version } from "./version.ts";

/** An activity with something that it has a task for: what it says of its tasks can be asked of this one. */
export type Task<P extends Per = Per> = {
  readonly [K in P]: { readonly activity: Activity<K>; readonly subject: Subject<K> };
}[P];

/** The tasks of an activity in a build of these versions. */
export function tasksOf(activity: Activity, versions: readonly BuildVersion[]): Task[] {
  return subjectsOf(activity, versions).map((subject) => ({ activity, subject }) as Task);
}

/** The tasks of a pipeline in a build of these versions, version by version, as reports list them. */
export function tasksOfBuild({ flow }: Pick<Pipeline, "flow">, versions: readonly BuildVersion[]): Task[] {
  const { before, forVersion, after } = partsOfBuild(flow);
  const tasks = (part: Flow, of: readonly BuildVersion[]) =>
    activitiesOf(part).flatMap((activity) => tasksOf(activity, of));
  return [
    ...tasks(before, versions),
    ...versions.flatMap((version) => tasks(forVersion, [version])),
    ...tasks(after, versions),
  ];
}

/** What is known of a build at a place of it. */
export interface Around extends PlatformsOfVersion {
  /** All versions of the build. */
  readonly versions: readonly Version[];
  /** Those of which a step has failed; none before the versions' own steps. */
  readonly failedVersions: readonly Version[];
}

/**
 * The task of an activity at a place of a build.
 * @throws RangeError when the activity has no task at such a place
 */
export function taskAt(
  activity: Activity,
  place: Place,
  { platforms, buildPlatforms, versions, failedVersions }: Around,
): Task {
  switch (activity.per) {
    case "build":
      if (place.per === "build") {
        const left = versions.filter((version) => !failedVersions.includes(version));
        return { activity, subject: { per: "build", versions: left, failedVersions } };
      }
      break;
    case "version":
      if (place.per === "version") {
        return { activity, subject: { per: "version", version: place.version, platforms, buildPlatforms } };
      }
      break;
    case "platform":
      if (place.per === "platform") {
        const { version, platform } = place;
        return { activity, subject: { per: "platform", version, platform, platforms, buildPlatforms } };
      }
      break;
    default:
      return unreachable(activity);
  }
  throw new RangeError(`${activity.name} runs per ${activity.per} and was asked for per ${place.per}`);
}
