import { type Clock, sleep } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { WorkerDisplay } from "../machine/worker-display.ts";
import type { TaskEnd } from "../task/run-task.ts";

export interface StayOptions {
  readonly display: WorkerDisplay;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly stop: AbortSignal;
}

const KEEP_FAILED_MS = 4 * 3600_000;

/** `--keep-failed`: the machine stays, idle and tagged, for some hours. */
export async function stayForPeople(options: StayOptions, last: TaskEnd, tasks: number): Promise<void> {
  const { display, clock, diagnostics, stop } = options;
  display.show({ state: "active", tasks, subject: last.name, tagState: "failed", task: last.name });
  if (!last.keepMachine) return;
  diagnostics.info("the machine is kept for people to look at", { task: last.name, hours: KEEP_FAILED_MS / 3600_000 });
  await sleep(clock, KEEP_FAILED_MS, stop);
}
