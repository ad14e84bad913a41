import type { LaunchRecord } from "@muster/pipeline";
import { launchedAt } from "../launching/launched-at.ts";
import type { Worker } from "./describe-workers.ts";

/**
 * A machine that is not ready after this long is not counted on: the next health check, which comes every five minutes, serves its task by another.
 */
export const BOOT_ALLOWANCE_MS = 240_000;

/** Workers of one activity, by what they are good for. */
export interface WorkerCount {
  /** Launched, and not visible to DescribeInstances yet. */
  readonly requested: number;
  readonly booting: number;
  readonly idle: number;
  readonly active: number;
  /** Finishing: they take no further task. */
  readonly stopping: number;
  /** Kept after a failure for somebody to look at: they run, and do nothing. */
  readonly kept: number;
  /** Should have been ready long ago. */
  readonly neverReady: readonly Worker[];
}

export interface CountOptions {
  readonly workers: readonly Worker[];
  readonly launches: readonly LaunchRecord[];
  readonly now: Date;
  /** Machines that hold a task, as histories say: whatever their tags say, they are active. */
  readonly busy?: ReadonlySet<string>;
  /** Machines that are about to be lost. */
  readonly leaving?: ReadonlySet<string>;
}

export function countWorkers(activity: string, options: CountOptions): WorkerCount {
  const { workers, launches, now, busy = new Set(), leaving = new Set() } = options;
  const own = workers.filter((worker) => worker.activity === activity && worker.state !== "gone");
  const states = own.map((worker) => {
    if (leaving.has(worker.instanceId)) return "stopping";
    if (busy.has(worker.instanceId)) return "active";
    return worker.state === "booting" && isOverdue(worker.launchedAt, now) ? "never-ready" : worker.state;
  });
  const count = (state: string) => states.filter((candidate) => candidate === state).length;
  return {
    requested: invisibleInstances(activity, { workers, launches, now }),
    booting: count("booting"),
    idle: count("idle"),
    active: count("active"),
    stopping: count("stopping"),
    kept: count("failed"),
    neverReady: own.filter((_, index) => states[index] === "never-ready"),
  };
}

const isOverdue = (since: Date, now: Date): boolean => now.getTime() - since.getTime() >= BOOT_ALLOWANCE_MS;

/** EC2 is eventually consistent: an instance may not be visible for a while after it was launched. */
function invisibleInstances(activity: string, { workers, launches, now }: CountOptions): number {
  const visible = new Set(workers.map(({ instanceId }) => instanceId));
  return launches
    .filter((launch) => launch.activity === activity && !isOverdue(new Date(launchedAt(launch)), now))
    .flatMap(({ instances }) => instances)
    .filter((instance) => !visible.has(instance)).length;
}

/** Workers that do or will do something; those that are kept or were never ready stand in nobody's way. */
export const liveWorkers = ({ requested, booting, idle, active, stopping }: WorkerCount): number =>
  requested + booting + idle + active + stopping;
