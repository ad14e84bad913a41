import {
  type AptPackage,
  isAptPackage,
  objectsOf,
  type Per,
  type Pipeline,
  type Place,
  placeOf,
  placeWords,
  type StageDescription,
  s3Url,
  type Task,
  taskName,
  tasksOf,
  type Version,
} from "@muster/pipeline";
import type { TaskPlace } from "./task-place.ts";

/** A task of a version, with what its definition says that it leaves behind. */
export interface ExpectedTask extends TaskPlace {
  /** URIs. */
  readonly objects: readonly string[];
  readonly packages: readonly AptPackage[];
}

/** Every task that a build of the version would have, in the pipeline's order. */
export function expectedTasks(
  { activities }: Pick<Pipeline, "activities">,
  version: Version,
  { platforms, buckets }: { platforms: readonly string[] } & Pick<StageDescription, "buckets">,
): ExpectedTask[] {
  const expect = <P extends Per>({ activity, subject }: Task<P>): ExpectedTask => {
    const place: Place = placeOf(subject);
    return {
      task: taskName(activity.name, place),
      step: activity.name,
      platform: placeWords(place)[1] ?? null,
      objects: objectsOf(activity, subject)
        .filter(({ bucket }) => isShown(bucket))
        .map((object) => s3Url(object, buckets)),
      packages: (activity.publishes?.(subject) ?? []).filter(isAptPackage),
    };
  };
  return activities.flatMap((activity) =>
    tasksOf(activity, [{ version, platforms, buildPlatforms: platforms }]).map(expect),
  );
}

/** What Muster keeps for itself, and keys that sign, are nothing that users or steps get. */
const isShown = (bucket: string): boolean => bucket === "scratch" || bucket === "downloads";
