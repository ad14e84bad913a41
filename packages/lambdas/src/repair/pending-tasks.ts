import { executionHistory } from "../builds/execution-history.ts";
import { runningBuilds } from "../builds/running-builds.ts";
import type { TaskOfBuild } from "../builds/tasks-of-history.ts";
import { type BuildProgress, tasksOfHistory } from "../builds/tasks-of-history.ts";
import type { RepairContext } from "./repair-context.ts";

export interface RunningBuild extends BuildProgress {
  readonly executionArn: string;
}

/** Every running build with its tasks; one history at a time, which keeps within the API's rate. */
export async function progressOfRunningBuilds({
  sfn,
  stage,
}: Pick<RepairContext, "sfn" | "stage">): Promise<RunningBuild[]> {
  const builds: RunningBuild[] = [];
  for (const { executionArn } of await runningBuilds(sfn, stage.stateMachineArn)) {
    if (executionArn === undefined) continue;
    builds.push({ executionArn, ...(await tasksOfHistory(executionHistory(sfn, executionArn))) });
  }
  return builds;
}

/** Needs a worker that Muster launches: in the queue, or soon again. Tasks of skip builds wait for workers started by hand. */
export function isPending({ state, debug }: TaskOfBuild): boolean {
  return (state === "waiting" || state === "backing-off") && debug !== "skip_ec2";
}

/** The identity of a task over its attempts. */
export const taskKey = ({ execution, task }: { execution: string; task: string }): string => `${execution}/${task}`;
