import type { Clock } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { LogEvent } from "./log-sink.ts";
import type { LogSpool, SpooledBatch } from "./log-spool.ts";

/** Batches that are on disk, by their place in the log. Nothing here rejects: a disk at fault is told of, and the log goes on. */
export interface SpooledBatches {
  /** Takes over what a predecessor left, under the numbers below 0; answers how many batches that are. */
  adopt(): Promise<number>;
  /** False when the disk does not take it. */
  store(sequence: number, events: readonly LogEvent[]): Promise<boolean>;
  /** A line that says so where they cannot be read any more. */
  load(sequence: number): Promise<readonly LogEvent[]>;
  /** Nothing happens where there is none. */
  remove(sequence: number): Promise<void>;
}

export interface SpooledBatchesOptions {
  readonly spool: LogSpool;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

export function spooledBatches({ spool, clock, diagnostics }: SpooledBatchesOptions): SpooledBatches {
  const batches = new Map<number, SpooledBatch>();
  return {
    async adopt() {
      try {
        const left = await spool.leftovers();
        for (const [index, batch] of left.entries()) batches.set(index - left.length, batch);
        return left.length;
      } catch (error) {
        diagnostics.warn("the spool cannot be read", { error });
        return 0;
      }
    },
    async store(sequence, events) {
      try {
        batches.set(sequence, await spool.store(sequence, events));
        return true;
      } catch (error) {
        diagnostics.warn("the log cannot be spooled to disk; scripts are held back while CloudWatch is slow", {
          error,
        });
        return false;
      }
    },
    async load(sequence) {
      try {
        return (await batches.get(sequence)?.load()) ?? [];
      } catch (error) {
        diagnostics.error("lines of the log cannot be read back from disk and are lost", { error });
        return [
          { timestamp: clock.now(), message: "muster: lines are missing here: they could not be read back from disk" },
        ];
      }
    },
    async remove(sequence) {
      const batch = batches.get(sequence);
      batches.delete(sequence);
      try {
        await batch?.remove();
      } catch (error) {
        // Were this agent to die, the next one would send these lines again.
        diagnostics.warn("lines that were sent cannot be removed from disk", { error });
      }
    },
  };
}
