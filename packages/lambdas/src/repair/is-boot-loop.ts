import type { LaunchRecord } from "@muster/pipeline";
import type { TaskOfBuild } from "../builds/tasks-of-history.ts";
import { launchedAt } from "../launching/launched-at.ts";
import { BOOT_ALLOWANCE_MS } from "../workers/count-workers.ts";
import type { Worker } from "../workers/describe-workers.ts";

/** One machine may be unlucky; two that end before they are ready, and none that gets ready meanwhile, have a reason. */
const BAD_LUCK = 1;

/**
 * Whether an activity's machines keep ending before they are ready, and one was launched just now. Each end is an event that asks for another machine: without a
 * brake, a broken image or agent would launch as fast as it fails. The next health check tries again.
 */
export function isBootLoop(
  activity: string,
  {
    workers,
    tasks,
    launches,
    now,
  }: { workers: readonly Worker[]; tasks: readonly TaskOfBuild[]; launches: readonly LaunchRecord[]; now: Date },
): boolean {
  const own = workers.filter((worker) => worker.activity === activity);
  // Tags are best effort; who took a task was ready.
  const worked = new Set(tasks.flatMap(({ machines }) => machines));
  const wasReady = ({ everReady, instanceId }: Worker) => everReady || worked.has(instanceId);
  const lastReady = Math.max(0, ...own.filter(wasReady).map(({ launchedAt }) => launchedAt.getTime()));
  const failed = own.filter(
    (worker) =>
      worker.state === "gone" && !wasReady(worker) && !wasTakenAway(worker) && worker.launchedAt.getTime() > lastReady,
  );
  const lastLaunch = Math.max(0, ...launches.filter(({ instances }) => instances.length > 0).map(launchedAt));
  return failed.length > BAD_LUCK && now.getTime() - lastLaunch < BOOT_ALLOWANCE_MS;
}

/**
 * EC2 has ended it, for reasons of its own: a spot instance that it wants back, a host that failed.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html
 */
const wasTakenAway = ({ stateReason }: Worker): boolean => stateReason?.startsWith("Server.") ?? false;
