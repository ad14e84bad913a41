import type { ExecutionListItem, SFNClient } from "@aws-sdk/client-sfn";
import { type Retry, secondsUntilRetry } from "@muster/pipeline";
import { progressOfBuild } from "../builds/build-progress.ts";
import type { BuildProgress, TaskOfBuild } from "../builds/tasks-of-history.ts";

export interface RunningBuild extends BuildProgress {
  readonly executionArn: string;
  /** Of histories, that were read of it. */
  readonly pages: number;
}

/** Histories read at once: pages of them stay within the 20 a second that the API allows. */
const AT_ONCE = 3;

/** Running builds with their tasks. */
export async function progressOfBuilds(builds: readonly ExecutionListItem[], sfn: SFNClient): Promise<RunningBuild[]> {
  const progress: RunningBuild[] = [];
  const queue = builds.flatMap(({ executionArn }) => executionArn ?? []).values();
  const reader = async () => {
    for (const executionArn of queue) {
      progress.push({ executionArn, ...(await progressOfBuild(sfn, executionArn)) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reader));
  return progress;
}

/** A worker that is launched this long before a task is published anew is still there then, and the next health check may come after that. */
const SOON_MS = 360_000;

/** Needs a worker that Muster launches: in the queue, or soon again. Tasks of skip builds wait for workers started by hand. */
export function isPending(task: TaskOfBuild, { retries, now }: { retries: readonly Retry[]; now: Date }): boolean {
  if (task.debug === "skip_ec2") return false;
  return task.state === "waiting" || (task.state === "backing-off" && isBackSoon(task, { retries, now }));
}

/** A task whose retries are used up is over in a moment. */
function isBackSoon(
  { errors, failedAt }: TaskOfBuild,
  { retries, now }: { retries: readonly Retry[]; now: Date },
): boolean {
  const seconds = secondsUntilRetry(retries, errors);
  return (
    seconds !== undefined && failedAt !== undefined && failedAt.getTime() + seconds * 1000 - now.getTime() <= SOON_MS
  );
}

/** The identity of a task over its attempts. */
export const taskKey = ({ execution, task }: { execution: string; task: string }): string => `${execution}/${task}`;
