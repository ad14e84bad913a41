import { AsyncLocalStorage } from "node:async_hooks";

/** Where one run of a function happens that will not come to its end. */
export interface Sandbox {
  /** Tells that a call of the function has taken effect; it may have been the last one. */
  called(): void;
  /** From then on nothing of it moves: calls are not made, and answers to those that were made do not come. */
  readonly dead: boolean;
  readonly died: Promise<void>;
  die(): void;
}

/** @param calls after which of its calls it dies; 0 before the first */
export function createSandbox(calls: number): Sandbox {
  let left = calls;
  let dead = false;
  let tell = () => {};
  const died = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const die = () => {
    dead = true;
    tell();
  };
  return {
    called() {
      left--;
      if (left <= 0) die();
    },
    get dead() {
      return dead;
    },
    died,
    die,
  };
}

/** The sandbox that a call comes from, if it comes from one. */
const current = new AsyncLocalStorage<Sandbox>();

export const runInSandbox = <T>(sandbox: Sandbox, work: () => Promise<T>): Promise<T> => current.run(sandbox, work);

export const currentSandbox = (): Sandbox | undefined => current.getStore();

/** What a call sets off in its service is no part of the function that called. */
export const outsideSandbox = <T>(work: () => T): T => current.exit(work);

/** Whoever called has come to a stand: it gets no answer, not even an error. */
export class Frozen extends Error {
  override readonly name = "Frozen";
  /** For whoever watches calls. */
  readonly code = "Frozen";
}
