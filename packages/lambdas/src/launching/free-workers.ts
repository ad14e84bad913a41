import { type LaunchRecord, policyOf, type StageDescription } from "@muster/pipeline";
import { stateKey } from "@muster/records";
import { BOOT_ALLOWANCE_MS } from "../workers/count-workers.ts";
import { describeWorkers, type Worker } from "../workers/describe-workers.ts";
import { isAhead } from "./demands.ts";
import type { LaunchContext } from "./launch-context.ts";
import { launchedAt } from "./launched-at.ts";

/** A task that is left to an idle worker is taken within one poll; a worker that is idle still has been left another's. */
const RESERVED_MS = 120_000;

/** Whether new tasks are left to workers that are there; what is launched ahead of a step is of use only so. */
export function reusesWorkers(stage: Pick<StageDescription, "policy">): boolean {
  const { idleWorkers, startAhead } = policyOf(stage);
  return idleWorkers === "reused" || startAhead;
}

/**
 * Ids of an activity's workers that new tasks may be left to. Tags are best effort and come late: a worker that has claimed a task is not free, whatever
 * they say. One listing of instances and one of claims.
 */
export async function freeWorkers(
  activity: string,
  launches: readonly LaunchRecord[],
  { ec2, stage, records, now }: LaunchContext,
): Promise<string[]> {
  const prefix = stateKey.claims(activity);
  const [workers, claims] = await Promise.all([describeWorkers(ec2, stage), records.list(prefix)]);
  const claimants = new Set(claims.map((key) => key.slice(prefix.length, -".json".length)));
  const own = workers.filter((worker) => worker.activity === activity);
  return chooseFree({ workers: own, claimants, launches, now: now() });
}

interface Choosing {
  /** Of one activity, like the launches. */
  readonly workers: readonly Pick<Worker, "instanceId" | "state">[];
  /** Those that have claimed a task. */
  readonly claimants: ReadonlySet<string>;
  readonly launches: readonly LaunchRecord[];
  readonly now: Date;
}

/** Idle workers, and those that were launched ahead and are not ready yet, without those that other tasks have been left to. */
export function chooseFree({ workers, claimants, launches, now }: Choosing): string[] {
  const isYoungerThan = (ms: number) => (launch: LaunchRecord) => now.getTime() - launchedAt(launch) < ms;
  const reservedBy = (some: readonly LaunchRecord[]) => new Set(some.flatMap(({ reused = [] }) => reused));
  const reserved = reservedBy(launches.filter(isYoungerThan(RESERVED_MS)));
  const ready = workers
    .filter(({ state, instanceId }) => state === "idle" && !claimants.has(instanceId) && !reserved.has(instanceId))
    .map(({ instanceId }) => instanceId);

  const everReserved = reservedBy(launches);
  const states = new Map(workers.map(({ instanceId, state }) => [instanceId, state]));
  // What is not visible yet has been launched a moment ago.
  const isBooting = (instance: string) => (states.get(instance) ?? "booting") === "booting" && !claimants.has(instance);
  const booting = launches.filter(isYoungerThan(BOOT_ALLOWANCE_MS)).flatMap(({ instances, demands }) => {
    const [left, free] = [
      instances.filter((each) => everReserved.has(each)),
      instances.filter((each) => !everReserved.has(each)),
    ];
    return free.filter(isBooting).slice(0, Math.max(0, demands.filter(isAhead).length - left.length));
  });
  return [...ready, ...booting];
}
