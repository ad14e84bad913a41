import type { LaunchRecord, Retry } from "@muster/pipeline";
import type { TaskOfBuild } from "../builds/tasks-of-history.ts";
import type { OpenDemand } from "../launching/demands.ts";
import { countWorkers, type WorkerCount } from "../workers/count-workers.ts";
import type { Worker } from "../workers/describe-workers.ts";
import { isPending, taskKey } from "./pending-tasks.ts";

/** An idle worker takes a task within one poll; one that lets tasks wait this long is not polling. */
const POLL_ALLOWANCE_MS = 120_000;

/** A task that was interrupted this often does not get a spot instance again. */
const INTERRUPTIONS_BEFORE_ON_DEMAND = 2;

export interface Deficit {
  readonly pending: readonly TaskOfBuild[];
  /** Demands of tasks that are not in any history yet. */
  readonly demands: readonly OpenDemand[];
  readonly workers: WorkerCount;
  /** Whether a worker is there that takes tasks, or will after the one it has. */
  readonly anyReady: boolean;
  /** How long the task that has waited longest has had no worker; 0 where none waits. */
  readonly oldestWaitSeconds: number;
  /** Workers missing. */
  readonly missing: number;
  readonly onDemand: number;
}

export interface DeficitOptions {
  readonly activity: string;
  readonly activityArn: string;
  /** The activity's rules, in their order. */
  readonly retries: readonly Retry[];
  /** Tasks of all running builds. */
  readonly tasks: readonly TaskOfBuild[];
  readonly runningExecutions: ReadonlySet<string>;
  readonly openDemands: readonly OpenDemand[];
  readonly workers: readonly Worker[];
  readonly launches: readonly LaunchRecord[];
  readonly leaving: ReadonlySet<string>;
  readonly now: Date;
}

/** Tasks without a worker, minus workers without a task. */
export function measureDeficit(options: DeficitOptions): Deficit {
  const { activity, activityArn, leaving, now } = options;
  const tasks = options.tasks.filter((task) => task.activityArn === activityArn);
  const running = tasks.filter(({ state }) => state === "running");
  // The task of a machine that is about to be lost needs another one as if it were lost already.
  const pending = [
    ...tasks.filter((task) => isPending(task, options)),
    ...running.filter(({ instance, debug }) => debug !== "skip_ec2" && instance !== undefined && leaving.has(instance)),
  ];
  const known = new Set(tasks.map((task) => taskKey({ execution: task.execution, task: task.name })));
  const asking = options.openDemands.filter(
    (demand) => options.runningExecutions.has(demand.execution) && !known.has(taskKey(demand)),
  );
  // A task may have been asked for ahead, and again when the build came to it.
  const demands = [...new Map(asking.map((demand) => [taskKey(demand), demand])).values()];
  const busy = new Set(running.flatMap(({ instance }) => instance ?? []));
  const workers = countWorkers(activity, { ...options, busy });
  const waiting = pending.filter(({ state }) => state === "waiting");
  const longest = (since: (task: TaskOfBuild) => Date) =>
    Math.max(0, ...waiting.map((task) => now.getTime() - since(task).getTime()));
  const longestWait = longest(({ scheduledAt }) => scheduledAt);
  const idle = longestWait < POLL_ALLOWANCE_MS ? workers.idle : 0;
  const missing = Math.max(0, pending.length + demands.length - workers.requested - workers.booting - idle);
  const interrupted = pending.filter(({ interruptions }) => interruptions >= INTERRUPTIONS_BEFORE_ON_DEMAND).length;
  const critical = demands.filter((demand) => demand.onDemand).length;
  return {
    pending,
    demands,
    workers,
    oldestWaitSeconds: Math.round(longest(({ waitingSince }) => waitingSince) / 1000),
    anyReady: idle + workers.active > 0 || running.length > 0,
    missing,
    onDemand: Math.min(missing, interrupted + critical),
  };
}
