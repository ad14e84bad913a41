import type { ExecutionListItem, SFNClient } from "@aws-sdk/client-sfn";
import { executionHistory } from "../builds/execution-history.ts";
import { type BuildProgress, type TaskOfBuild, tasksOfHistory } from "../builds/tasks-of-history.ts";

export interface RunningBuild extends BuildProgress {
  readonly executionArn: string;
}

/** Histories read at once: pages of them stay within the 20 a second that the API allows. */
const AT_ONCE = 3;

/** Running builds with their tasks. */
export async function progressOfBuilds(builds: readonly ExecutionListItem[], sfn: SFNClient): Promise<RunningBuild[]> {
  const progress: RunningBuild[] = [];
  const queue = builds.flatMap(({ executionArn }) => executionArn ?? []).values();
  const reader = async () => {
    for (const executionArn of queue) {
      progress.push({ executionArn, ...(await tasksOfHistory(executionHistory(sfn, executionArn))) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reader));
  return progress;
}

/** Needs a worker that Muster launches: in the queue, or soon again. Tasks of skip builds wait for workers started by hand. */
export function isPending({ state, debug }: TaskOfBuild): boolean {
  return (state === "waiting" || state === "backing-off") && debug !== "skip_ec2";
}

/** The identity of a task over its attempts. */
export const taskKey = ({ execution, task }: { execution: string; task: string }): string => `${execution}/${task}`;
