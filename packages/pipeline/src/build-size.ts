import type { Pipeline } from "./pipeline.ts";

/**
 * Tasks of which one execution's history is sure to hold the events: it has room for 25,000, of which a task takes some
 * sixteen, each further try some five, and a day of health checks a thousand. With more, each platform of a version has
 * an execution of its own.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const MOST_TASKS_OF_ONE_HISTORY = 1000;

/**
 * Executions of platforms that run at once, in all versions of a build: a function that asks what their tasks wait for reads each one's history, and
 * AWS answers 400 such calls at once and 20 a second from then on.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const MOST_PLATFORM_EXECUTIONS = 400;

/** Iterations of an inline Map that AWS runs at once: versions, and platforms where they have no executions of their own. */
const MOST_ITERATIONS = 40;

/** How many platforms of one version run at the same time, of a build in which each has an execution of its own. */
export const platformsAtOnce = (versions: number): number =>
  Math.min(MOST_ITERATIONS, Math.floor(MOST_PLATFORM_EXECUTIONS / Math.min(MOST_ITERATIONS, Math.max(1, versions))));

/** How many tasks a build has, counted as if each of its versions had so many platforms, and whatever it skips. */
export function sizeOfMatrix(
  { activities }: Pick<Pipeline, "activities">,
  { versions, platforms }: { readonly versions: number; readonly platforms: number },
): number {
  const per = { build: 1, version: versions, platform: versions * platforms };
  return activities.reduce((sum, activity) => sum + per[activity.per], 0);
}
