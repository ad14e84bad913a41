import type { Activity, DebugMode, Demand, LaunchRecord } from "@muster/pipeline";
import { describeWorkers } from "../workers/describe-workers.ts";
import { isAhead, type OpenDemand, putAwayDemands, waitingDemands } from "./demands.ts";
import { freeWorkers, reusesWorkers } from "./free-workers.ts";
import type { LaunchContext } from "./launch-context.ts";
import { finishAll, invisibleSince, readLaunches, recentLaunches } from "./launch-records.ts";
import { launchWorkers } from "./launch-workers.ts";
import { type Allowance, allowance, isLimited, isStageCapped } from "./worker-limits.ts";

/** A worker that only fake builds asked for is tagged so; one that a real build asked for serves fakes as well. */
export const debugModeOf = (demands: readonly Pick<Demand, "debug">[]): DebugMode =>
  demands.some(({ debug }) => debug !== "fake_ec2") ? "" : "fake_ec2";

export interface Served {
  /** What was asked of EC2, repeated calls included. */
  readonly launches: readonly LaunchRecord[];
  /** Ids of the demands that were looked at. */
  readonly seen: readonly string[];
  /** Whether no launch waits for an outcome, nor an answered demand to be put away. */
  readonly settled: boolean;
}

/**
 * Launches a worker for each demand that has not been answered and that no free worker is left to, all in one call: what many steps want at the same moment
 * costs EC2 one request. Demands of steps to come are repair's. First come
 * the calls that nobody has answered; where EC2 still does not answer them, another call is of no use. The caller holds the activity's lease.
 *
 * What it costs does not grow with how many were launched before: it looks at what is unsettled, and leaves nothing so that is settled.
 * @param sharingLimits the activities whose workers count where the stage has limits over all of them
 * @param unsettled since when launches may be unsettled; undefined where nobody knows; "none" where all are settled
 */
export async function serveDemands(
  activity: Activity,
  context: LaunchContext,
  { sharingLimits, unsettled }: { sharingLimits: readonly Activity[]; unsettled: string | undefined | "none" },
): Promise<Served> {
  const { name } = activity;
  const stored = unsettled === "none" ? [] : await readLaunches(activity, context, unsettled);
  const own = await finishAll(activity, stored, context);
  const repeated = own.filter((_, index) => stored[index]?.finished === false);
  const waiting = await waitingDemands(name, { launches: own, reading: context });
  const isAnswered = repeated.every(({ finished }) => finished);
  const demands = isAnswered ? waiting.open.filter(({ id }) => !isAhead(id)) : [];
  const launched = demands.length > 0 ? await launchFor(demands, { activity, sharingLimits, context }) : [];
  await putAwayDemands(name, waiting, { launches: launched, reading: context });
  const launches = [...repeated, ...launched];
  return { launches, seen: waiting.ids, settled: launches.every(({ finished }) => finished) };
}

async function launchFor(
  demands: readonly OpenDemand[],
  {
    activity,
    sharingLimits,
    context,
  }: { activity: Activity; sharingLimits: readonly Activity[]; context: LaunchContext },
): Promise<LaunchRecord[]> {
  const { stage } = context;
  const free = reusesWorkers(stage) ? await freeWorkersNow(activity, context) : [];
  const wanted = Math.max(0, demands.length - free.length);
  const { count, limit } = isLimited(activity, stage)
    ? await allowanceNow(activity, wanted, { sharingLimits, context })
    : { count: wanted };
  if (count < wanted) context.log.info("limit reached", { activity: activity.name, limit, wanted, count });
  return launchWorkers(
    {
      activity,
      count,
      onDemand: Math.min(count, demands.filter((demand) => demand.onDemand).length),
      launchedBy: debugModeOf(demands),
      templateVersion: demands[0]?.templateVersion,
      demands: demands.map(({ id }) => id),
      reused: free.slice(0, demands.length),
      situation: [],
    },
    context,
  );
}

/** Launches of which machines may be booting, or have just been left to a task, tell which are free: no older ones. */
async function freeWorkersNow(activity: Activity, context: LaunchContext): Promise<string[]> {
  const launches = await recentLaunches(activity, context, invisibleSince(context.now()));
  return freeWorkers(activity.name, launches, context);
}

async function allowanceNow(
  activity: Activity,
  wanted: number,
  { sharingLimits, context }: { sharingLimits: readonly Activity[]; context: LaunchContext },
): Promise<Allowance> {
  const { stage } = context;
  const now = context.now();
  const sharing = isStageCapped(stage) ? sharingLimits : [activity];
  const launches = await Promise.all(sharing.map((each) => recentLaunches(each, context, invisibleSince(now))));
  return allowance(activity, wanted, {
    workers: await describeWorkers(context.ec2, stage),
    launches: launches.flat(),
    stage,
    now,
  });
}
