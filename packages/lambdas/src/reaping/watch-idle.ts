import type { Worker } from "../workers/describe-workers.ts";
import type { ReaperMarks } from "./marks.ts";

/** A worker whose polls nobody answers does not take itself for idle, for an hour. */
const UNHEARD_MS = 60 * 60_000;
/** An after-task script or the end of an init, half an hour each at most, the last lines of its log, and its shutdown. */
const ENDING_MS = 45 * 60_000;
/** `--keep-failed` keeps a machine so long for people to look at. */
const KEPT_MS = 4 * 3_600_000;

export interface WatchOptions {
  /** What was seen in earlier cycles, by instance id. */
  readonly seen: ReaperMarks;
  /** Whether a machine has claimed a task that has not ended. */
  readonly holdsTask: (instanceId: string) => boolean;
  /** After which a worker without a task ends itself. */
  readonly idleSeconds: number;
  readonly now: Date;
}

export interface Watched {
  /** To be terminated now. */
  readonly victims: readonly { readonly instanceId: string; readonly why: string }[];
  readonly seen: ReaperMarks;
}

/** So long a machine may have no task and look the same: a worker that is well has ended itself by then, whatever it met. */
export const patienceMs = (state: Worker["state"] | "stopped", idleSeconds: number): number =>
  idleSeconds * 1000 + UNHEARD_MS + ENDING_MS + (state === "failed" ? KEPT_MS : 0);

/**
 * Finds machines that hang: EC2 calls them running, and no heartbeat is missed where there is no task. Whoever has held none in any cycle, and has
 * tagged itself anew in none, for longer than a worker stays that is well, is one. A machine that holds a task is begun with anew.
 */
export function watchIdle(workers: readonly Worker[], { seen, holdsTask, idleSeconds, now }: WatchOptions): Watched {
  const victims: { instanceId: string; why: string }[] = [];
  const next: Record<string, ReaperMarks[string]> = {};
  for (const worker of workers) {
    const { instanceId, state } = worker;
    if (state === "gone" || state === "booting" || holdsTask(instanceId)) continue;
    const still = looks(worker);
    const before = Object.hasOwn(seen, instanceId) ? seen[instanceId] : undefined;
    const markedAt = before?.still === still ? before.markedAt : now.toISOString();
    const why = `it has had no task since ${markedAt}, and should have ended itself`;
    if (now.getTime() - Date.parse(markedAt) >= patienceMs(state, idleSeconds)) victims.push({ instanceId, why });
    else next[instanceId] = { markedAt, why: "it has no task", still };
  }
  return { victims, seen: next };
}

/** What changes with each task that it takes and ends. */
const looks = ({ state, tasks, task = "" }: Worker): string => `${state} ${tasks} ${task}`.trim();
