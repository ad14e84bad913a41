import type { Clock } from "../clock.ts";
import type { ClaimedTask } from "../task/claimed-task.ts";
import type { TaskEnd } from "../task/run-task.ts";
import type { TaskSource } from "./task-source.ts";

/** Why a worker ended; for its own log and the one line in its status file. */
export type AgentEnd = "idle" | "lifetime" | "failed task" | "recovered" | "stopped";

/** What a worker's life came to. */
export interface WorkerEnd {
  readonly end: AgentEnd;
  /** How many it took. */
  readonly tasks: number;
  readonly last: TaskEnd | undefined;
}

/** The steps of a worker's life, in the order in which its loop takes them. */
export interface Worker {
  /** Ends what an agent that died here has left, and gets ready for tasks; false where there was a task, so that it takes no other. */
  begin(): Promise<boolean>;
  readonly nextTask: TaskSource;
  /** @param number from 1 */
  runTask(claimed: ClaimedTask, number: number): Promise<TaskEnd>;
  /** After a failed task, whose machine people may want to look at. */
  stay(last: TaskEnd, tasks: number): Promise<void>;
  end(end: WorkerEnd): Promise<void>;
  readonly limits: WorkerLimits;
  readonly clock: Clock;
  readonly stop: AbortSignal;
}

export interface WorkerLimits {
  /** Without a task. */
  readonly idleMs: number;
  readonly lifetimeMs: number;
}
