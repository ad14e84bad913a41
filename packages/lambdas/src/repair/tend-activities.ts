import { randomUUID } from "node:crypto";
import { type Activity, type LaunchRecord, stateKey } from "@muster/pipeline";
import { openDemands } from "../launching/demands.ts";
import type { LaunchContext } from "../launching/launch-context.ts";
import { readLaunches } from "../launching/launch-records.ts";
import { serveDemands } from "../launching/serve-demands.ts";
import { isStageCapped } from "../launching/worker-limits.ts";
import { type HeldLease, takeLease } from "../records/lease.ts";
import { type RepairReport, repairActivities } from "./repair-activities.ts";
import type { RepairContext } from "./repair-context.ts";

/** Longer than any function that holds one may run, so that its work ends before its lease does. */
const LEASE_SECONDS = 90;
/** Rounds that one invocation does for others; each finds something to do only because someone came in between. */
const MAX_ROUNDS = 8;

/**
 * Launches for the demands of one activity, unless another invocation does so at this moment: that one then looks again before it ends.
 * @returns the launches that this invocation made
 */
export async function tendDemands(activity: Activity, context: RepairContext): Promise<LaunchRecord[]> {
  const launches: LaunchRecord[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const made = await underLeases([activity], context, async () => {
      if ((await attentionWanted([activity], context)).length > 0) await repairUnderLeases([activity], context);
      return serveDemands(activity, context);
    });
    if (made === undefined) break;
    launches.push(...made);
    if (wereThrottled(made) || !(await wantedAgain(activity, context))) break;
  }
  return launches;
}

/**
 * Repairs activities. One whose lease another invocation holds is repaired by that one, which looks after letting go whether anybody has asked; nobody
 * needs to wait, and a tick and an event never launch twice.
 * @param leaving machines that are about to be lost
 */
export async function tendActivities(
  activities: readonly Activity[],
  context: RepairContext,
  { leaving = new Set<string>() }: { leaving?: ReadonlySet<string> } = {},
): Promise<RepairReport[]> {
  const reports: RepairReport[] = [];
  await askForAttention(activities, context);
  let wanted: readonly Activity[] = activities;
  for (let round = 0; round < MAX_ROUNDS && wanted.length > 0; round++) {
    const held: Activity[] = [];
    await underLeases(wanted, context, async (leased) => {
      held.push(...leased);
      reports.push(...(await repairUnderLeases(leased, context, { leaving })));
    });
    wanted = await attentionWanted(held, context);
  }
  return reports;
}

/** The request is taken back before counting: one that comes while workers are counted stays, and is seen afterwards. */
async function repairUnderLeases(
  activities: readonly Activity[],
  context: RepairContext,
  options: { leaving?: ReadonlySet<string> } = {},
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

async function attentionWanted(activities: readonly Activity[], { records }: LaunchContext): Promise<Activity[]> {
  const asked = await Promise.all(activities.map(({ name }) => records.etag(stateKey.attention(name))));
  return activities.filter((_, index) => asked[index] !== undefined);
}

async function wantedAgain(activity: Activity, context: LaunchContext): Promise<boolean> {
  if ((await attentionWanted([activity], context)).length > 0) return true;
  const launches = await readLaunches(activity, context);
  return (await openDemands(context.records, activity.name, { launches, now: context.now() })).length > 0;
}

const wereThrottled = (launches: readonly LaunchRecord[]): boolean =>
  launches.some(({ errors }) => errors.some(({ refusal }) => refusal === "throttling"));

/**
 * Runs `work` for those activities whose lease is free; undefined when none is. On a stage with a limit over all activities, one lease stands for
 * them all: two activities that count at the same time could exceed it together.
 */
async function underLeases<T>(
  activities: readonly Activity[],
  { records, stage, now }: LaunchContext,
  work: (held: readonly Activity[]) => Promise<T>,
): Promise<T | undefined> {
  const holder = randomUUID();
  const take = (name: string) =>
    takeLease(records, stateKey.repairLease(name), { holder, now: now(), seconds: LEASE_SECONDS });
  const leases: HeldLease[] = [];
  const held: Activity[] = [];
  try {
    if (isStageCapped(stage)) {
      const lease = await take("all");
      if (lease === undefined) return undefined;
      leases.push(lease);
      held.push(...activities);
    } else {
      for (const activity of activities) {
        const lease = await take(activity.name);
        if (lease === undefined) continue;
        leases.push(lease);
        held.push(activity);
      }
    }
    return held.length === 0 ? undefined : await work(held);
  } finally {
    await Promise.all(leases.map((lease) => lease.release()));
  }
}
