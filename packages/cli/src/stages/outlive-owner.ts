import { setTimeout as sleep } from "node:timers/promises";
import { StageError } from "../usage-error.ts";
import type { Stage } from "./stage.ts";

/** A process that ends its workers answers no more and owns the folder still: this long that is no fault. */
const PATIENCE_MS = 15_000;
const LOOK_MS = 200;

const LOST = ["ECONNREFUSED", "ECONNRESET", "EPIPE"];

/**
 * Works on a stage. When another process moved its builds and ends meanwhile, the work is done again on the stage as it is then: moved by this
 * process, by yet another one, or by nobody.
 * @throws StageError when the other process neither answers nor ends
 */
export async function outliveOwner<S extends Pick<Stage, "movedBy">, T>(
  open: () => Promise<S>,
  work: (stage: S) => Promise<T>,
  { patienceMs = PATIENCE_MS, lookMs = LOOK_MS }: { patienceMs?: number; lookMs?: number } = {},
): Promise<T> {
  let lost: { pid: number; until: number } | undefined;
  for (;;) {
    const stage = await open();
    try {
      return await work(stage);
    } catch (error) {
      const pid = lostOwner(stage, error);
      if (pid === undefined) throw error;
      if (lost?.pid !== pid) lost = { pid, until: Date.now() + patienceMs };
      if (Date.now() > lost.until) {
        throw new StageError(`process ${pid} moves the builds here but does not answer`, {
          hint: `end it: kill ${pid}`,
        });
      }
      await sleep(lookMs);
    }
  }
}

/** Whose stage does not answer because it has ended; undefined for any other failure. */
export function lostOwner({ movedBy }: Pick<Stage, "movedBy">, error: unknown): number | undefined {
  if (typeof movedBy !== "object" || !(error instanceof Error) || !("code" in error)) return undefined;
  return LOST.includes(String(error.code)) ? movedBy.pid : undefined;
}
