import type { Worker } from "../workers/describe-workers.ts";

/** A machine that is not ready by then will never be; repair has replaced it long ago. */
export const READY_WITHIN_MS = 20 * 60_000;
/** A worker takes no further task after a day; one that is still there and holds none was forgotten. */
export const LIFETIME_MS = 24 * 3_600_000;
/** No task runs this long. */
export const LAST_RESORT_MS = 48 * 3_600_000;

/** When a machine was first seen to deserve it, and why. */
export interface Mark {
  readonly markedAt: string;
  readonly why: string;
}
export type Marks = Readonly<Record<string, Mark>>;

export interface Verdict {
  /** To be terminated now. */
  readonly victims: readonly { readonly instanceId: string; readonly why: string }[];
  /** To be looked at again in the next cycle. */
  readonly marks: Marks;
}

/**
 * Who is to be terminated: who was marked in an earlier cycle and deserves it still. A machine that holds a task is never marked, until it is two days
 * old.
 * @param holdsTask whether a machine has claimed a task that has not ended
 */
export function chooseVictims(
  workers: readonly Worker[],
  { marks, holdsTask, now }: { marks: Marks; holdsTask: (instanceId: string) => boolean; now: Date },
): Verdict {
  const victims: { instanceId: string; why: string }[] = [];
  const next: Record<string, Mark> = {};
  for (const worker of workers) {
    const { instanceId } = worker;
    const why = reason(worker, now, holdsTask(instanceId));
    if (why === undefined) continue;
    if (Object.hasOwn(marks, instanceId)) victims.push({ instanceId, why });
    else next[instanceId] = { markedAt: now.toISOString(), why };
  }
  return { victims, marks: next };
}

function reason({ state, launchedAt }: Worker, now: Date, holdsTask: boolean): string | undefined {
  if (state === "gone") return undefined;
  const age = now.getTime() - launchedAt.getTime();
  if (age >= LAST_RESORT_MS) return "it is more than 48 hours old";
  if (holdsTask) return undefined;
  if (state === "booting" && age >= READY_WITHIN_MS) return "it never became ready";
  if (age >= LIFETIME_MS) return "it is more than 24 hours old and holds no task";
  return undefined;
}
