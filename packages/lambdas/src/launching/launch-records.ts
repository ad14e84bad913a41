import { type Activity, LaunchRecord } from "@muster/pipeline";
import { type StateRecords, stateKey } from "@muster/records";
import { readOrSkip } from "../records/read-or-skip.ts";
import { BOOT_ALLOWANCE_MS } from "../workers/count-workers.ts";
import { callFleet } from "./call-fleet.ts";
import type { LaunchContext, LaunchReading } from "./launch-context.ts";
import { weighRefusals } from "./weigh-refusals.ts";

/** How far back launches are of interest: to demands and invisible instances for minutes, to what waits in vain for its `startTimeout`. */
const memoryMs = ({ startTimeout }: Activity): number => Math.max(3_600_000, 2000 * startTimeout);

/**
 * The latest launches of an activity, oldest first. One that was never finished belongs to a function that died, or to a moment in which EC2 did not answer: it
 * is repeated under its own client token, which gives the same instances if EC2 had heard it. Only whoever holds the activity's lease may ask.
 */
export async function recentLaunches(
  activity: Activity,
  context: LaunchContext,
  since?: string,
): Promise<LaunchRecord[]> {
  return finishAll(activity, await readLaunches(activity, context, since), context);
}

/** In their order; one that is unfinished still has met an EC2 that still does not answer. */
export function finishAll(
  activity: Activity,
  launches: readonly LaunchRecord[],
  context: LaunchContext,
): Promise<LaunchRecord[]> {
  return Promise.all(launches.map((launch) => (launch.finished ? launch : finishLaunch(activity, launch, context))));
}

/**
 * Launches as they are written, oldest first.
 * @param since those requested from then on alone; by default all that are of interest
 */
export async function readLaunches(
  activity: Activity,
  reading: LaunchReading,
  since?: string,
): Promise<LaunchRecord[]> {
  const prefix = stateKey.launches(activity.name);
  const remembered = new Date(reading.now().getTime() - memoryMs(activity)).toISOString();
  const keys = await reading.records.list(prefix, { startAfter: `${prefix}${since ?? remembered}` });
  const known = finishedLaunches(activity, reading.records);
  const read = async (key: string) => known.get(key) ?? (await readOrSkip(key, LaunchRecord, reading));
  const stored = await Promise.all(keys.map(async (key) => [key, await read(key)] as const));
  if (since === undefined) known.clear();
  for (const [key, launch] of stored) if (launch?.finished) known.set(key, launch);
  return stored.flatMap(([, launch]) => launch ?? []);
}

/** Finished launches never change: an invocation need not read again what an earlier one in the same process has read. */
const finished = new WeakMap<StateRecords, Map<string, Map<string, LaunchRecord>>>();

function finishedLaunches({ name }: Activity, records: StateRecords): Map<string, LaunchRecord> {
  const byActivity = finished.get(records) ?? new Map<string, Map<string, LaunchRecord>>();
  finished.set(records, byActivity);
  const ofActivity = byActivity.get(name) ?? new Map<string, LaunchRecord>();
  byActivity.set(name, ofActivity);
  return ofActivity;
}

/** Machines that a lost answer may hide have long been visible by then, and counted. */
const OPEN_MS = 900_000;

/** Launches that were requested before then have no machine that EC2 does not show yet. */
export const invisibleSince = (now: Date): string =>
  new Date(now.getTime() - OPEN_MS - BOOT_ALLOWANCE_MS).toISOString();

/** A call that fails each time must not keep its activity from any other. */
function giveUpInTime(launch: LaunchRecord, now: Date): LaunchRecord {
  const isOver = now.getTime() - new Date(launch.requestedAt).getTime() >= OPEN_MS;
  return { ...launch, finished: launch.finished || isOver };
}

/** Carries out an intent that is written already, and writes down what came of it. */
export async function finishLaunch(
  activity: Activity,
  intent: LaunchRecord,
  context: LaunchContext,
): Promise<LaunchRecord> {
  const called = giveUpInTime(await callFleet(activity, intent, context), context.now());
  const throttled = called.finished && weighRefusals(called.errors) === "throttling";
  const launch = {
    ...called,
    ...(called.finished && { answeredAt: context.now().toISOString() }),
    // What was only throttled has not been answered: its demands stay open for the next call. Those of a call that is to be repeated stay with it.
    ...(throttled && called.instances.length === 0 && { demands: [] }),
  };
  await context.records.write(stateKey.launch(activity.name, launch.requestedAt, launch.clientToken), launch);
  context.log.info("launch", {
    activity: activity.name,
    market: launch.market,
    wanted: launch.wanted,
    launched: launch.instances.length,
    instances: launch.instances,
    ...(!launch.finished && { unanswered: true }),
    errors: launch.errors,
    // For filters of metrics, which see no more of a list than its first.
    refusals: launch.errors.length,
    outOfCapacity: launch.errors.filter(({ refusal }) => refusal === "capacity" || refusal === "quota").length,
  });
  return launch;
}
