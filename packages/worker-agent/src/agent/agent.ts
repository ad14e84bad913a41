import type { TaskEnd } from "../task/run-task.ts";
import type { AgentEnd, Worker, WorkerEnd } from "./worker.ts";

/** A worker that Step Functions does not answer is not idle, but for this long at most: it may be alone with its trouble. */
const MOST_UNHEARD_MS = 3_600_000;

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
  let unheardMs = 0;
  let tasks = 0;
  let last: TaskEnd | undefined;
  if (!(await worker.begin())) return { end: "recovered", tasks, last };
  while (!stop.aborted) {
    if (clock.now() >= endOfLifeMs) return { end: "lifetime", tasks, last };
    if (clock.now() - idleSinceMs >= limits.idleMs) return { end: "idle", tasks, last };
    const askedMs = clock.now();
    const { claimed, answered } = await worker.nextTask();
    if (claimed === undefined) {
      // A poll without an answer has not seen that there is no work.
      const unheard = answered ? 0 : Math.min(clock.now() - askedMs, MOST_UNHEARD_MS - unheardMs);
      unheardMs = answered ? 0 : unheardMs + unheard;
      idleSinceMs += unheard;
      continue;
    }
    last = await worker.runTask(claimed, ++tasks);
    if (stop.aborted) break;
    if (last.failed) {
      await worker.stay(last, tasks);
      return { end: "failed task", tasks, last };
    }
    idleSinceMs = clock.now();
    unheardMs = 0;
  }
  return { end: "stopped", tasks, last };
}
