import { type BuildInput, LaunchRecord, median } from "@muster/pipeline";
import { type AttemptKey, parseAttemptKey, readText, stateKey, stateRecords } from "@muster/records";
import { mapAtMost } from "../artifacts/map-at-most.ts";
import { listBuilds } from "../history/find-build.ts";
import type { Stage } from "../stages/stage.ts";
import { isPlayed, readSuccess } from "./recorded-attempt.ts";

/** How long a task takes, and how that is known. */
export interface Duration {
  readonly seconds: number;
  /** `records`: the median of what this stage has seen; `definition`: the pipeline's own estimate. */
  readonly from: "records" | "definition";
}

/** A task whose duration is asked for. */
export interface TimedTask {
  readonly activity: string;
  readonly platform: string | undefined;
  /** The definition's, in seconds. */
  readonly estimate: number | undefined;
}

/** What a stage's records tell of time. */
export interface Durations {
  readonly of: (task: TimedTask) => Duration | undefined;
  /** From the call to EC2 until a worker took its first task, in seconds; undefined where nothing tells. */
  readonly boot: number | undefined;
}

/** Builds that are looked at, the latest first. */
const BUILDS = 10;
/** Records that are read of an activity on a platform, and of launches of an activity. */
const SAMPLES = 5;
/** Records that are read in all: a plan takes a second, not a minute. */
const MOST_READ = 60;
/** Requests under way at once. */
const AT_ONCE = 16;

type Records = Pick<Stage, "s3" | "sfn" | "description" | "damagedBuilds">;

/**
 * How long tasks take on this stage, by the records of its last builds: few requests, whatever has been built there.
 * @param tasks those that would run
 */
export async function readDurations(
  stage: Records,
  tasks: readonly TimedTask[],
  build: BuildInput,
): Promise<Durations> {
  const activities = new Set(tasks.map(({ activity }) => activity));
  const keys = await recordedKeys(stage, activities);
  const chosen = chooseRecords(keys, tasks);
  const s3 = await stage.s3();
  const { state } = stage.description.buckets;
  const [texts, boots] = await Promise.all([
    Promise.all(chosen.map(({ key }) => readText(s3, { bucket: state, key }))),
    // Who may read attempts may not always read launches: the plan then says that no start is counted.
    readBoots(stage, activities, keys).catch(() => []),
  ]);
  const samples = chosen.flatMap(({ task, activity }, index) => {
    const success = readSuccess(texts[index]?.text ?? "");
    // Whose it is, its key tells: its worker could write anything into it.
    return success?.isPlayed === isPlayed(build.debug) ? [{ ...success, task, activity }] : [];
  });
  return {
    of({ activity, platform, estimate }) {
      const ofActivity = samples.filter((sample) => sample.activity === activity);
      const here = ofActivity.filter(({ task }) => platform !== undefined && task.endsWith(`-${platform}`));
      const seconds = median((here.length > 0 ? here : ofActivity).map((sample) => sample.seconds));
      if (seconds !== undefined) return { seconds, from: "records" };
      return estimate === undefined || isPlayed(build.debug) ? undefined : { seconds: estimate, from: "definition" };
    },
    boot: median(boots),
  };
}

/** Of the last builds, the latest attempt first. */
async function recordedKeys(stage: Records, activities: ReadonlySet<string>): Promise<AttemptKey[]> {
  const builds = (await listBuilds(stage, { max: BUILDS })).map(({ name }) => name);
  const records = stateRecords(await stage.s3(), stage.description.buckets.state);
  const folders = builds.flatMap((build) => [
    stateKey.formerAttempts(build),
    ...[...activities].map((activity) => stateKey.attemptsIn(activity, build)),
  ]);
  const lists = await mapAtMost(AT_ONCE, folders, (folder) => records.list(folder));
  return lists
    .flat()
    .flatMap((key) => parseAttemptKey(key) ?? [])
    .sort((one, other) => other.claimedAt.getTime() - one.claimedAt.getTime());
}

/** The latest few of each activity on each of its platforms; of an activity that was never on a platform, the latest few of all. */
function chooseRecords(keys: readonly AttemptKey[], tasks: readonly TimedTask[]): AttemptKey[] {
  const byPlace = new Map(tasks.map((task) => [`${task.activity} ${task.platform ?? ""}`, task]));
  const chosen = new Set<AttemptKey>();
  for (const { activity, platform } of byPlace.values()) {
    const ofActivity = keys.filter(({ activity: of }) => of === activity);
    const here = ofActivity.filter(({ task }) => platform !== undefined && task.endsWith(`-${platform}`));
    for (const key of (here.length > 0 ? here : ofActivity).slice(0, SAMPLES)) chosen.add(key);
  }
  return [...chosen].slice(0, MOST_READ);
}

/** How long workers took to begin: of the latest launches that are still known. */
async function readBoots(
  { s3, description }: Records,
  activities: ReadonlySet<string>,
  keys: readonly AttemptKey[],
): Promise<number[]> {
  if (keys.length === 0) return [];
  const firstTask = new Map(keys.map(({ instance, claimedAt }) => [instance, claimedAt.getTime()]));
  const records = stateRecords(await s3(), description.buckets.state);
  const lists = await Promise.all([...activities].map((activity) => records.list(stateKey.launches(activity))));
  const latest = lists.flatMap((list) => list.slice(-SAMPLES)).slice(-MOST_READ);
  const launches = await Promise.all(latest.map((key) => records.read(key, LaunchRecord)));
  return launches.flatMap((launch) =>
    (launch?.value.instances ?? []).flatMap((instance) => {
      const claimedMs = firstTask.get(instance);
      return claimedMs === undefined ? [] : [(claimedMs - Date.parse(launch?.value.requestedAt as string)) / 1000];
    }),
  );
}
