import { isOwnMistake } from "@muster/records";
import { backOff, type Clock, sleep, within } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";

/** What attempts leave in S3. A task does not wait for long; what could not be put by then goes on being tried beside later tasks. */
export interface RecordUploads {
  /**
   * Tries an upload again and again until it is there, another try is senseless, or the worker ends.
   * @param task for the agent's own log
   * @returns resolves in each of these cases; it never rejects
   */
  put(task: string, upload: () => Promise<unknown>): Promise<void>;
  /** Waits for what is still under way, and gives the rest up after `ms`. */
  settle(ms: number): Promise<void>;
}

export function recordUploads({ clock, diagnostics }: { clock: Clock; diagnostics: Diagnostics }): RecordUploads {
  const pending = new Set<Promise<void>>();
  const ended = new AbortController();

  const tryUntilDone = async (task: string, upload: () => Promise<unknown>): Promise<void> => {
    for (let tries = 1; ; tries++) {
      try {
        await upload();
        return;
      } catch (error) {
        const gaveUp = isFinal(error) || ended.signal.aborted;
        if (gaveUp) return diagnostics.error("the attempt's record could not be kept", { task, tries, error });
        diagnostics.warn("the attempt's record could not be kept yet", { task, tries, error });
        await sleep(clock, backOff(tries, { firstMs: 500, mostMs: 30_000 }), ended.signal);
      }
    }
  };
  return {
    async put(task, upload) {
      const work = tryUntilDone(task, upload);
      pending.add(work);
      await work.finally(() => pending.delete(work));
    },
    async settle(ms) {
      const all = Promise.all(pending).then(() => true);
      if (await within(clock, ms, { work: all, otherwise: false })) return;
      // Each has one more try, the last.
      ended.abort();
      await within(clock, LAST_TRY_MS, { work: all, otherwise: false });
    },
  };
}

const LAST_TRY_MS = 1000;

/** What only a person can change, or a file that is gone. */
function isFinal(error: unknown): boolean {
  return isOwnMistake(error) || (error as NodeJS.ErrnoException).code === "ENOENT";
}
