import {
  type Activity,
  activitiesOf,
  type BuildVersion,
  guardedBy,
  type Pipeline,
  type Place,
  type Task,
  taskAt,
  tasksOf,
  unreachable,
  type Version,
} from "@muster/pipeline";

/** What is known of a build where somebody is asked. */
export interface GuardedAt {
  readonly place: Place;
  /** Those of the build, with their platforms where their own steps are to come; at a version, or a platform of one, that one. */
  readonly versions: readonly BuildVersion[];
  /** Of which a step has failed by then. */
  readonly failedVersions: readonly Version[];
}

/** The tasks that wait for an approval, in the order in which a build comes to them. */
export function guardedTasks(pipeline: Pipeline, approval: string, at: GuardedAt): Task[] {
  return (guardedBy(pipeline.flow, approval) ?? [])
    .flatMap(activitiesOf)
    .flatMap((activity) => tasksHere(activity, at));
}

function tasksHere(activity: Activity, { place, versions, failedVersions }: GuardedAt): Task[] {
  if (activity.per !== place.per) return tasksOf(activity, versions);
  const [{ platforms, buildPlatforms } = { platforms: [], buildPlatforms: [] }] = versions;
  const named = versions.map(({ version }) => version);
  switch (place.per) {
    case "build":
      return [taskAt(activity, place, { platforms: [], buildPlatforms: [], versions: named, failedVersions })];
    case "version":
    case "platform":
      return [taskAt(activity, place, { platforms, buildPlatforms, versions: named, failedVersions })];
    default:
      return unreachable(place);
  }
}
