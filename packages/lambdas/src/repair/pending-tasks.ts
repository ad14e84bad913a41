import type { ExecutionListItem } from "@aws-sdk/client-sfn";
import { executionHistory } from "../builds/execution-history.ts";
import { type BuildProgress, type TaskOfBuild, tasksOfHistory } from "../builds/tasks-of-history.ts";
import type { RepairContext } from "./repair-context.ts";

export interface RunningBuild extends BuildProgress {
  readonly executionArn: string;
}

/** Running builds with their tasks; one history at a time, which keeps within the API's rate. */
export async function progressOfBuilds(
  builds: readonly ExecutionListItem[],
  { sfn }: Pick<RepairContext, "sfn">,
): Promise<RunningBuild[]> {
  const progress: RunningBuild[] = [];
  for (const { executionArn } of builds) {
    if (executionArn === undefined) continue;
    progress.push({ executionArn, ...(await tasksOfHistory(executionHistory(sfn, executionArn))) });
  }
  return progress;
}

/** Needs a worker that Muster launches: in the queue, or soon again. Tasks of skip builds wait for workers started by hand. */
export function isPending({ state, debug }: TaskOfBuild): boolean {
  return (state === "waiting" || state === "backing-off") && debug !== "skip_ec2";
}

/** The identity of a task over its attempts. */
export const taskKey = ({ execution, task }: { execution: string; task: string }): string => `${execution}/${task}`;
