import { chance } from "@muster/records";

/** Time as the agent sees it; tests hand in one that moves when they say so. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Calls `callback` once, when `now() >= atMs`. The return value cancels it. */
  at(atMs: number, callback: () => void): () => void;
}

/** Node clamps longer timers to 1 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's time. */
export const realClock: Clock = {
  now: () => Date.now(),
  at(atMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, atMs - Date.now()), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`, or as soon as the signal is aborted: whoever waits looks at the signal then. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const wake = () => {
      cancel();
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const cancel = clock.at(clock.now() + ms, wake);
    signal?.addEventListener("abort", wake, { once: true });
  });
}

/** The value, or `otherwise` when it takes longer than `ms`. A rejection passes through; one that comes too late is dropped. */
export async function within<T, U>(
  clock: Clock,
  ms: number,
  { work, otherwise }: { work: Promise<T>; otherwise: U },
): Promise<T | U> {
  const done = new AbortController();
  work.catch(() => {});
  try {
    return await Promise.race([work, sleep(clock, ms, done.signal).then(() => otherwise)]);
  } finally {
    done.abort();
  }
}

/** The value, or undefined as soon as the signal is aborted. A rejection passes through; one that comes too late is dropped. */
export async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  work.catch(() => {});
  const done = new AbortController();
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) return resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true, signal: done.signal });
  });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    done.abort();
  }
}

/** Milliseconds before try number `tries` (1, 2, …): doubling up to a limit, and spread, so that a fleet does not come back as one. */
export function backOff(tries: number, { firstMs, mostMs }: { firstMs: number; mostMs: number }): number {
  return Math.min(mostMs, firstMs * 2 ** (tries - 1)) * (0.5 + chance().fraction() / 2);
}
