import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** What a program leaves to chance, and the waiting of those who are handed no clock. A simulation decides both. */
export interface Chance {
  /** 0 ≤ x < 1. */
  fraction(): number;
  uuid(): string;
  pause(ms: number): Promise<void>;
  /** Aborted after so long. */
  abortAfter(ms: number): AbortSignal;
}

const ofThisMachine: Chance = {
  fraction: Math.random,
  uuid: randomUUID,
  pause: (ms) => sleep(ms),
  abortAfter: (ms) => AbortSignal.timeout(ms),
};

const inForce = new AsyncLocalStorage<Chance>();

/** The machine's own, unless the caller runs under another. */
export const chance = (): Chance => inForce.getStore() ?? ofThisMachine;

/** Runs `work`, and whatever it starts, under a chance that the caller decides. */
export const underChance = <T>(decided: Chance, work: () => T): T => inForce.run(decided, work);
