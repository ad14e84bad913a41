import type { Activity, LaunchRecord, StageDescription } from "@muster/pipeline";
import { countWorkers, liveWorkers } from "../workers/count-workers.ts";
import type { Worker } from "../workers/describe-workers.ts";
import { hourlyPrice } from "../workers/hourly-price.ts";

export interface Allowance {
  /** At most as many as were wanted. */
  readonly count: number;
  /** Which limit allows no more. */
  readonly limit?: string;
}

/** An activity's own limit; an exclusive one has a single worker. */
export function maxWorkersOf({ exclusive, maxWorkers }: Activity): number | undefined {
  return exclusive ? 1 : maxWorkers;
}

export const isStageCapped = ({ maxWorkers, maxCostPerHour }: StageDescription): boolean =>
  maxWorkers !== undefined || maxCostPerHour !== undefined;

/** Whether workers must be counted before one of this activity is launched. */
export const isLimited = (activity: Activity, stage: StageDescription): boolean =>
  maxWorkersOf(activity) !== undefined || isStageCapped(stage);

/**
 * How many of `wanted` workers the limits allow now. Without a limit it is all: no more workers are ever wanted than there are tasks, which is
 * the size of the matrix.
 */
export function allowance(
  activity: Activity,
  wanted: number,
  {
    workers,
    launches,
    stage,
    now,
  }: { workers: readonly Worker[]; launches: readonly LaunchRecord[]; stage: StageDescription; now: Date },
): Allowance {
  const living = (name: string) => liveWorkers(countWorkers(name, { workers, launches, now }));
  const limits: Allowance[] = [{ count: wanted }];

  const max = maxWorkersOf(activity);
  if (max !== undefined) {
    limits.push({
      count: max - living(activity.name),
      limit: `${activity.name} may have ${max} worker${max === 1 ? "" : "s"}`,
    });
  }
  const existing = workers.filter(({ state }) => state !== "gone");
  const names = new Set([...workers, ...launches].map((of) => of.activity));
  const requested = [...names].map((name) => countWorkers(name, { workers, launches, now }).requested);
  const soon = requested.reduce((sum, count) => sum + count, 0);
  if (stage.maxWorkers !== undefined) {
    const count = stage.maxWorkers - existing.length - soon;
    limits.push({ count, limit: `the stage "${stage.stage}" may have ${stage.maxWorkers} workers` });
  }
  if (stage.maxCostPerHour !== undefined) {
    const price = Math.max(...activity.worker.instanceTypes.map(hourlyPrice));
    const running = existing.reduce((sum, { instanceType }) => sum + hourlyPrice(instanceType), 0);
    const count = Math.floor((stage.maxCostPerHour - running - soon * price) / price);
    limits.push({ count, limit: `the stage "${stage.stage}" may cost $${stage.maxCostPerHour} an hour` });
  }
  const tightest = limits.reduce((tight, candidate) => (candidate.count < tight.count ? candidate : tight));
  return { ...tightest, count: Math.max(0, tightest.count) };
}
