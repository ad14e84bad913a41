import type { Activity, LaunchRecord, RepairReport } from "@muster/pipeline";
import { type StateRecords, stateKey } from "@muster/records";
import { openDemands } from "../launching/demands.ts";
import type { LaunchReading } from "../launching/launch-context.ts";
import { readLaunches } from "../launching/launch-records.ts";
import { serveDemands } from "../launching/serve-demands.ts";
import { isStageCapped } from "../launching/worker-limits.ts";
import { underLeases } from "./activity-leases.ts";
import { repairActivities } from "./repair-activities.ts";
import type { RepairContext } from "./repair-context.ts";

/** Rounds that one invocation does for others; each finds something to do only because someone came in between. */
const MAX_ROUNDS = 8;

export interface Tended {
  readonly reports: readonly RepairReport[];
  /** Launches for demands, beyond those that repair made. */
  readonly launches: readonly LaunchRecord[];
}

/**
 * Asks for activities to be repaired, and does so where nobody else is at it.
 * @param leaving machines that are about to be lost
 */
export async function repairNow(
  activities: readonly Activity[],
  context: RepairContext,
  options: { leaving?: ReadonlySet<string> } = {},
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
  options: { leaving?: ReadonlySet<string> } = {},
): Promise<Tended> {
  const reports: RepairReport[] = [];
  const launches: LaunchRecord[] = [];
  const { launching } = context;
  // On a stage with a limit over all activities, one lease stands for them all: two that count at the same time could exceed it together.
  const together = isStageCapped(launching.stage);
  let wanted: readonly Activity[] = together ? context.activities : activities;
  for (let round = 0; round < MAX_ROUNDS && wanted.length > 0; round++) {
    const held = await underLeases(wanted, { together, ...launching }, async (leased) => {
      const attention = await filterAsync(leased, (activity) => wantsAttention(activity, launching.records));
      if (attention.length > 0) reports.push(...(await repairUnderLeases(attention, context, options)));
      for (const activity of leased)
        launches.push(...(await serveDemands(activity, launching, { sharingLimits: context.activities })));
    });
    if (launches.some(wasThrottled)) break;
    wanted = await filterAsync(held, (activity) => wantsAnything(activity, launching));
  }
  return { reports, launches };
}

/** The request is taken back before counting: one that comes while workers are counted stays, and is seen afterwards. */
async function repairUnderLeases(
  activities: readonly Activity[],
  context: RepairContext,
  options: { leaving?: ReadonlySet<string> },
): Promise<RepairReport[]> {
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

async function wantsAnything(activity: Activity, reading: LaunchReading): Promise<boolean> {
  if (await wantsAttention(activity, reading.records)) return true;
  const launches = await readLaunches(activity, reading);
  return (await openDemands(activity.name, { launches, reading })).length > 0;
}

async function filterAsync<T>(items: readonly T[], holds: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(items.map(holds));
  return items.filter((_, index) => kept[index]);
}

const wasThrottled = ({ errors }: LaunchRecord): boolean => errors.some(({ refusal }) => refusal === "throttling");
