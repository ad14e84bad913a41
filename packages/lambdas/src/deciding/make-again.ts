import {
  type BuildInput,
  type Decision,
  evidenceText,
  type IsThere,
  isAptPackage,
  type Per,
  type Published,
  placeOf,
  placeWords,
  type StageDescription,
  type Task,
} from "@muster/pipeline";

/** Of a task of a build. */
export interface Decided extends Decision {
  /** It runs because it is to be made again. */
  readonly again?: true;
}

/** Names in a retry's lists that mean a task: its own, that of all platforms, that of all versions. */
export function namesOf<P extends Per>({ activity, subject }: Task<P>): string[] {
  const words = placeWords(placeOf(subject));
  return [0, 1, 2].map((count) => [activity.name, ...words.slice(0, count)].join("-"));
}

export const isAmong = (tasks: readonly string[], names: readonly string[]): boolean =>
  names.some((name) => tasks.includes(name));

/** As what comes before "although": that it was named, or what it follows. What a build that is retried was to make again is what waited in it. */
export function whyMadeAgain<P extends Per>(task: Task<P>, build: BuildInput): string | undefined {
  const { name } = task.activity;
  const { retry } = build;
  const wanted = [build, ...(retry !== undefined && isAmong(retry.waited, namesOf(task)) ? [retry] : [])];
  if (wanted.some(({ force }) => force)) return "made again (--force)";
  const after = wanted.flatMap(({ rerun }) =>
    rerun !== undefined && Object.hasOwn(rerun, name) ? [rerun[name] ?? []] : [],
  );
  if (after.some(({ length }) => length === 0)) return "made again (--rerun)";
  return after.length === 0 ? undefined : `made again after ${[...new Set(after.flat())].join(", ")} (--rerun)`;
}

interface ToMakeAgain {
  /** As usual. */
  readonly decision: Decision;
  readonly why: string;
  readonly asUsual: (isThere: IsThere) => Promise<{ readonly decision: Decision }>;
  readonly isThere: IsThere;
  readonly buckets: StageDescription["buckets"];
}

/**
 * A step that was done is asked as though what it makes were not there, and then as though nothing were published: one that would not run then either is not
 * about this version, platform or build, and stays out.
 */
export async function makeAgain<P extends Per>(
  { activity, subject }: Task<P>,
  { decision: { run, reason, restore }, why, asUsual, isThere, buckets }: ToMakeAgain,
): Promise<Decided> {
  // What is made again is not taken from what was published.
  if (run) return { run, reason: restore === undefined ? reason : why, again: true };
  const own = [...(activity.produces?.(subject) ?? []), ...(activity.publishes?.(subject) ?? [])];
  const names = new Set(own.map((each) => evidenceText(each, buckets)));
  const isOwn = (each: Published) => names.has(evidenceText(each, buckets));
  const isPublished = (each: Published) => isAptPackage(each) || each.bucket === "downloads";
  for (const isHidden of [isOwn, isPublished]) {
    const { decision } = await asUsual(async (each) => !isHidden(each) && (await isThere(each)));
    if (decision.run) return { run: true, reason: `${why}, although ${reason}`, again: true };
  }
  return { run, reason: `not ${why}: ${reason}` };
}
