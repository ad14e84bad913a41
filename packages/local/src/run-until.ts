import type { VirtualClock } from "./clock.ts";
import type { IdleOptions } from "./movement.ts";

export interface RunUntilOptions extends IdleOptions {
  /** Virtual time after which it is given up; by default 30 days. */
  readonly limitMs?: number;
}

const LIMIT_MS = 30 * 86_400_000;

/**
 * Runs a virtual world: lets everything come to rest, moves the clock to the next timer, and so on, until `goal` is reached.
 * A promise's value or error is passed on. Rejects when nothing is left that time could move, or the limit is reached: a test that
 * waits for something that cannot happen says so instead of hanging.
 */
export async function runUntil<T>(
  aws: { idle(options?: IdleOptions): Promise<void> },
  clock: VirtualClock,
  goal: PromiseLike<T> | (() => boolean | Promise<boolean>),
  { limitMs = LIMIT_MS, ...idleOptions }: RunUntilOptions = {},
): Promise<T | undefined> {
  const startMs = clock.now();
  const settled = watch(goal);
  for (;;) {
    await aws.idle(idleOptions);
    const outcome = await settled();
    if (outcome !== undefined) return outcome.value;
    const elapsedMs = clock.now() - startMs;
    if (elapsedMs > limitMs) throw new Error(`the goal was not reached within ${limitMs} ms of virtual time`);
    if (!clock.advanceToNext()) {
      throw new Error(`the goal was not reached, and after ${elapsedMs} ms of virtual time no timer is left`);
    }
  }
}

function watch<T>(
  goal: PromiseLike<T> | (() => boolean | Promise<boolean>),
): () => Promise<{ value: T | undefined } | undefined> {
  if (typeof goal === "function") return async () => ((await goal()) ? { value: undefined } : undefined);
  let outcome: { value: T } | { error: unknown } | undefined;
  goal.then(
    (value) => {
      outcome = { value };
    },
    (error: unknown) => {
      outcome = { error };
    },
  );
  return async () => {
    if (outcome !== undefined && "error" in outcome) throw outcome.error;
    return outcome;
  };
}
