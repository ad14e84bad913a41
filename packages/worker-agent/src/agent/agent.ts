import type { TaskEnd } from "../task/run-task.ts";
import type { AgentEnd, Worker, WorkerEnd } from "./worker.ts";

/** Polls and runs tasks, one at a time, until there is a reason to stop; then cleans up. Rejects only where the agent itself is wrong. */
export async function runAgent(worker: Worker): Promise<AgentEnd> {
  const end = await pollAndRun(worker);
  await worker.end(end);
  return end.end;
}

async function pollAndRun(worker: Worker): Promise<WorkerEnd> {
  const { limits, clock, stop } = worker;
  const endOfLifeMs = clock.now() + limits.lifetimeMs;
  let idleSinceMs = clock.now();
  let tasks = 0;
  let last: TaskEnd | undefined;
  if (!(await worker.begin())) return { end: "recovered", tasks, last };
  while (!stop.aborted) {
    if (clock.now() >= endOfLifeMs) return { end: "lifetime", tasks, last };
    if (clock.now() - idleSinceMs >= limits.idleMs) return { end: "idle", tasks, last };
    const claimed = await worker.nextTask();
    if (claimed === undefined) continue;
    last = await worker.runTask(claimed, ++tasks);
    if (stop.aborted) break;
    if (last.failed) {
      await worker.stay(last, tasks);
      return { end: "failed task", tasks, last };
    }
    idleSinceMs = clock.now();
  }
  return { end: "stopped", tasks, last };
}
