import { type Clock, sleepUntil } from "../clock.ts";
import { ConnectionError } from "../fault.ts";
import type { Movement } from "../movement.ts";

/** Lets so much time pass for who waits for an answer; whoever still waits when the AWS closes finds the connection broken. */
export type Pause = (ms: number) => Promise<void>;

export interface PauseOptions {
  readonly clock: Clock;
  readonly movement: Movement;
  readonly closing: AbortSignal;
}

export const createPause =
  ({ clock, movement, closing }: PauseOptions): Pause =>
  (ms) =>
    movement
      .park(() => sleepUntil(clock, clock.now() + ms, closing))
      .catch(() => {
        throw new ConnectionError("ECONNRESET");
      });
