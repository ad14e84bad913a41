import { type Activity, type Place, type Platform, policyOf, type StageDescription } from "@muster/pipeline";
import type { Durations } from "../durations/read-durations.ts";
import { marketOf } from "./market-of.ts";

/** Whether a stage's policy makes a difference for an activity: what takes no spot instances takes none anyway. */
export const sparesFromSpot = (
  activity: Pick<Activity, "worker">,
  stage: Pick<StageDescription, "policy" | "spot">,
): boolean => policyOf(stage).criticalPath === "on-demand" && marketOf(activity, stage) !== "on-demand";

/**
 * Whether the end of a version waits for a task longest, for all that is known: for each step of the version or the build, and of a step's platforms for that
 * which takes longest. Where none is known to take longer than another, that is none of them.
 * @param platforms of the build, in the version
 */
export function isCritical(
  activity: Pick<Activity, "name" | "estimatedDuration">,
  place: Place,
  { platforms, durations }: { readonly platforms: readonly Platform[]; readonly durations: Durations },
): boolean {
  if (place.per !== "platform") return true;
  const secondsOf = (platform: Platform) => durations.of(activity, { ...place, platform }) ?? 0;
  const all = platforms.map(secondsOf);
  const own = secondsOf(place.platform);
  return platforms.length <= 1 || (own >= Math.max(...all) && own > Math.min(...all));
}
