import type { Activity, LaunchRecord, RepairReport } from "@muster/pipeline";
import { type StateRecords, stateKey } from "@muster/records";
import { listDemands } from "../launching/demands.ts";
import type { LaunchReading } from "../launching/launch-context.ts";
import { serveDemands } from "../launching/serve-demands.ts";
import { isStageCapped } from "../launching/worker-limits.ts";
import { type LeasedActivity, type LeftBehind, underLeases } from "./activity-leases.ts";
import { type Repaired, repairActivities } from "./repair-activities.ts";
import type { RepairContext } from "./repair-context.ts";

/** Rounds that one invocation does for others; each finds something to do only because someone came in between. */
const MAX_ROUNDS = 8;

export interface Tended {
  readonly reports: readonly RepairReport[];
  /** Launches for demands, beyond those that repair made. */
  readonly launches: readonly LaunchRecord[];
}

export interface TendOptions {
  /** Machines that are about to be lost. */
  readonly leaving?: ReadonlySet<string>;
  /** Repairs also where one that has read many histories has just been. */
  readonly atAnyPrice?: boolean;
}

/** Asks for activities to be repaired, and does so where nobody else is at it. */
export async function repairNow(
  activities: readonly Activity[],
  context: RepairContext,
  options: TendOptions = {},
): Promise<Tended> {
  await askForAttention(activities, context.launching);
  return tendActivities(activities, context, options);
}

/**
 * Does what is asked for some activities: repair where somebody asked for attention, workers for open demands. An activity whose lease another
 * invocation holds is left to that one, because after letting go it looks whether anybody came meanwhile. So nobody waits, many who come at once cost one
 * call to EC2, and a tick and an event never launch twice. Whoever asks writes it down first and calls this then.
 */
export async function tendActivities(
  activities: readonly Activity[],
  context: RepairContext,
  options: TendOptions = {},
): Promise<Tended> {
  const reports: RepairReport[] = [];
  const launches: LaunchRecord[] = [];
  const { launching } = context;
  const seen = new Set<string>();
  const resting = new Set<Activity>();
  // On a stage with a limit over all activities, one lease stands for them all: two that count at the same time could exceed it together.
  const together = isStageCapped(launching.stage);
  let wanted: readonly Activity[] = together ? context.activities : activities;
  for (let round = 0; round < MAX_ROUNDS && wanted.length > 0; round++) {
    const held = await underLeases(wanted, { together, ...launching }, async (leased) => {
      for (const each of leased)
        if (!options.atAnyPrice && isResting(each, launching.now())) resting.add(each.activity);
      const due = leased.filter(({ activity }) => !resting.has(activity)).map(({ activity }) => activity);
      const attention = await filterAsync(due, (activity) => wantsAttention(activity, launching.records));
      const repaired = attention.length > 0 ? await repairUnderLeases(attention, context, options) : undefined;
      reports.push(...(repaired?.reports ?? []));
      const left = new Map<Activity, LeftBehind>();
      for (const { activity, ...lease } of leased) {
        const isRepaired = attention.includes(activity);
        const served = await serveDemands(activity, launching, {
          sharingLimits: context.activities,
          // Repair launches too.
          unsettled: lease.settled && !isRepaired ? "none" : lease.unsettledSince,
        });
        launches.push(...served.launches);
        for (const id of served.seen) seen.add(id);
        const restsUntil = repaired && isRepaired ? restAfter(repaired, launching.now()) : lease.restsUntil;
        left.set(activity, { settled: served.settled, restsUntil });
      }
      return left;
    });
    if (launches.some(wasThrottled)) break;
    wanted = await filterAsync(held, (activity) => wantsAnything(activity, { seen, resting }, launching));
  }
  return { reports, launches };
}

const isResting = ({ restsUntil }: LeasedActivity, now: Date): boolean =>
  restsUntil !== undefined && new Date(restsUntil) > now;

/** Pages of histories that any repair may read, however soon it comes after another: builds of some four hundred tasks. */
const FREE_PAGES = 10;
/** Rest for each page more: repairs of ten activities together stay within the 20 calls a second that AWS answers. */
const REST_MS = 500;

/** Where histories are long or many, repairs that the end of each machine asks for would use up what AWS answers: the next one serves for all. */
function restAfter({ pages }: Repaired, now: Date): string | undefined {
  if (pages <= FREE_PAGES) return undefined;
  return new Date(now.getTime() + (pages - FREE_PAGES) * REST_MS).toISOString();
}

/** The request is taken back before counting: one that comes while workers are counted stays, and is seen afterwards. */
async function repairUnderLeases(
  activities: readonly Activity[],
  context: RepairContext,
  options: TendOptions,
): Promise<Repaired> {
  await context.launching.records.delete(activities.map(({ name }) => stateKey.attention(name)));
  try {
    return await repairActivities(activities, context, options);
  } catch (error) {
    await askForAttention(activities, context.launching);
    throw error;
  }
}

async function askForAttention(
  activities: readonly Activity[],
  { records, now }: Pick<LaunchReading, "records" | "now">,
): Promise<void> {
  const asked = { askedAt: now().toISOString() };
  await Promise.all(activities.map(({ name }) => records.write(stateKey.attention(name), asked)));
}

async function wantsAttention({ name }: Activity, records: StateRecords): Promise<boolean> {
  return (await records.etag(stateKey.attention(name))) !== undefined;
}

/**
 * @param seen ids of the demands that were looked at: what waits on has its reason
 * @param resting activities whose repair waits for another who comes
 */
async function wantsAnything(
  activity: Activity,
  { seen, resting }: { seen: ReadonlySet<string>; resting: ReadonlySet<Activity> },
  reading: LaunchReading,
): Promise<boolean> {
  if (!resting.has(activity) && (await wantsAttention(activity, reading.records))) return true;
  return (await listDemands(activity.name, reading)).some((id) => !seen.has(id));
}

async function filterAsync<T>(items: readonly T[], holds: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(items.map(holds));
  return items.filter((_, index) => kept[index]);
}

const wasThrottled = ({ errors }: LaunchRecord): boolean => errors.some(({ refusal }) => refusal === "throttling");
