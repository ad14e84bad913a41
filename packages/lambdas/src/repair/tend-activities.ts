import { randomUUID } from "node:crypto";
import { type Activity, type LaunchRecord, type RepairReport, stateKey } from "@muster/pipeline";
import { openDemands } from "../launching/demands.ts";
import type { LaunchContext } from "../launching/launch-context.ts";
import { readLaunches } from "../launching/launch-records.ts";
import { serveDemands } from "../launching/serve-demands.ts";
import { isStageCapped } from "../launching/worker-limits.ts";
import { type HeldLease, takeLease } from "../records/lease.ts";
import { repairActivities } from "./repair-activities.ts";
import type { RepairContext } from "./repair-context.ts";

/** Longer than any function that holds one may run, so that its work ends before its lease does. */
const LEASE_SECONDS = 90;
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
  await askForAttention(activities, context);
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
  let wanted: readonly Activity[] = leasedTogether(activities, context);
  for (let round = 0; round < MAX_ROUNDS && wanted.length > 0; round++) {
    const held = await underLeases(wanted, context, async (leased) => {
      const attention = await filterAsync(leased, (activity) => wantsAttention(activity, context));
      if (attention.length > 0) reports.push(...(await repairUnderLeases(attention, context, options)));
      for (const activity of leased) launches.push(...(await serveDemands(activity, context)));
    });
    if (launches.some(wasThrottled)) break;
    wanted = await filterAsync(held, (activity) => wantsAnything(activity, context));
  }
  return { reports, launches };
}

/** On a stage with a limit over all activities, one lease stands for them all: two that count at the same time could exceed it together. */
function leasedTogether(activities: readonly Activity[], { stage, pipeline }: LaunchContext): readonly Activity[] {
  return isStageCapped(stage) ? pipeline.activities : activities;
}

/** The request is taken back before counting: one that comes while workers are counted stays, and is seen afterwards. */
async function repairUnderLeases(
  activities: readonly Activity[],
  context: RepairContext,
  options: { leaving?: ReadonlySet<string> },
): Promise<RepairReport[]> {
  await context.records.delete(activities.map(({ name }) => stateKey.attention(name)));
  try {
    return await repairActivities(activities, context, options);
  } catch (error) {
    await askForAttention(activities, context);
    throw error;
  }
}

async function askForAttention(activities: readonly Activity[], { records, now }: LaunchContext): Promise<void> {
  const asked = { askedAt: now().toISOString() };
  await Promise.all(activities.map(({ name }) => records.write(stateKey.attention(name), asked)));
}

async function wantsAttention({ name }: Activity, { records }: LaunchContext): Promise<boolean> {
  return (await records.etag(stateKey.attention(name))) !== undefined;
}

async function wantsAnything(activity: Activity, context: LaunchContext): Promise<boolean> {
  if (await wantsAttention(activity, context)) return true;
  const launches = await readLaunches(activity, context);
  return (await openDemands(activity.name, { launches, context })).length > 0;
}

async function filterAsync<T>(items: readonly T[], holds: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(items.map(holds));
  return items.filter((_, index) => kept[index]);
}

const wasThrottled = ({ errors }: LaunchRecord): boolean => errors.some(({ refusal }) => refusal === "throttling");

/** Runs `work` for those activities whose lease is free, and answers which these were. */
async function underLeases(
  activities: readonly Activity[],
  { records, stage, now }: LaunchContext,
  work: (held: readonly Activity[]) => Promise<void>,
): Promise<readonly Activity[]> {
  const holder = randomUUID();
  const leases: HeldLease[] = [];
  const take = async (name: string) => {
    const lease = await takeLease(records, stateKey.repairLease(name), { holder, now: now(), seconds: LEASE_SECONDS });
    if (lease !== undefined) leases.push(lease);
    return lease !== undefined;
  };
  try {
    const held = isStageCapped(stage)
      ? (await take("all"))
        ? activities
        : []
      : await filterAsync(activities, ({ name }) => take(name));
    if (held.length > 0) await work(held);
    return held;
  } finally {
    await Promise.all(leases.map((lease) => lease.release()));
  }
}
