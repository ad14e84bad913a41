import type { Activity, DebugMode, Demand, LaunchRecord } from "@muster/pipeline";
import { describeWorkers } from "../workers/describe-workers.ts";
import { openDemands } from "./demands.ts";
import { freeWorkers, reusesWorkers } from "./free-workers.ts";
import type { LaunchContext } from "./launch-context.ts";
import { finishAll, readLaunches, recentLaunches } from "./launch-records.ts";
import { launchWorkers } from "./launch-workers.ts";
import { allowance, isLimited, isStageCapped } from "./worker-limits.ts";

/** A worker that only fake builds asked for is tagged so; one that a real build asked for serves fakes as well. */
export const debugModeOf = (demands: readonly Pick<Demand, "debug">[]): DebugMode =>
  demands.some(({ debug }) => debug !== "fake_ec2") ? "" : "fake_ec2";

/**
 * Launches a worker for each demand that has not been answered and that no free worker is left to, all in one call: what many steps want at the same moment costs EC2 one request. First come
 * the calls that nobody has answered; where EC2 still does not answer them, another call is of no use. The caller holds the activity's lease.
 * @param sharingLimits the activities whose workers count where the stage has limits over all of them
 * @returns what was asked of EC2, repeated calls included
 */
export async function serveDemands(
  activity: Activity,
  context: LaunchContext,
  { sharingLimits }: { sharingLimits: readonly Activity[] },
): Promise<LaunchRecord[]> {
  const { stage } = context;
  const stored = await readLaunches(activity, context);
  const own = await finishAll(activity, stored, context);
  const repeated = own.filter((_, index) => stored[index]?.finished === false);
  if (!repeated.every(({ finished }) => finished)) return repeated;
  const now = context.now();
  const demands = await openDemands(activity.name, { launches: own, reading: context });
  if (demands.length === 0) return repeated;

  const free = reusesWorkers(stage) ? await freeWorkers(activity.name, own, context) : [];
  const wanted = Math.max(0, demands.length - free.length);
  const { count, limit } = isLimited(activity, stage)
    ? allowance(activity, wanted, {
        workers: await describeWorkers(context.ec2, stage),
        launches: isStageCapped(stage) ? [...own, ...(await launchesOfOthers(activity, sharingLimits, context))] : own,
        stage,
        now,
      })
    : { count: wanted };
  if (count < wanted) context.log.info("limit reached", { activity: activity.name, limit, wanted, count });
  const launched = await launchWorkers(
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
  return [...repeated, ...launched];
}

async function launchesOfOthers(
  activity: Activity,
  all: readonly Activity[],
  context: LaunchContext,
): Promise<LaunchRecord[]> {
  const others = all.filter(({ name }) => name !== activity.name);
  return (await Promise.all(others.map((other) => recentLaunches(other, context)))).flat();
}
