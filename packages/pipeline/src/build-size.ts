import type { Pipeline } from "./pipeline.ts";

/**
 * Tasks of which one execution's history is sure to hold the events: it has room for 25,000, of which a task takes some
 * sixteen, each further try some five, and a day of health checks a thousand. With more, each platform of a version has
 * an execution of its own.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const MOST_TASKS_OF_ONE_HISTORY = 1000;

/** How many tasks a build has, counted as if each of its versions had so many platforms, and whatever it skips. */
export function sizeOfMatrix(
  { activities }: Pick<Pipeline, "activities">,
  { versions, platforms }: { readonly versions: number; readonly platforms: number },
): number {
  const per = { build: 1, version: versions, platform: versions * platforms };
  return activities.reduce((sum, activity) => sum + per[activity.per], 0);
}
