import { backOff, type Clock, sleep } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { LogEvent, LogSink } from "./log-sink.ts";

export interface SendEventsOptions {
  readonly sink: LogSink;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Called after each try that failed. */
  readonly onFailure: () => void;
}

/** What AWS refuses again with a time that is right will not be taken any more. */
const MOST_REFUSALS = 3;

/** Sends events until they are taken, or refused for good. It never rejects: what is not taken now is sent again. */
export async function sendEvents(
  batch: readonly LogEvent[],
  { sink, clock, diagnostics, onFailure }: SendEventsOptions,
): Promise<void> {
  let events = batch;
  let refusals = 0;
  for (let tries = 1; events.length > 0; tries++) {
    try {
      events = await sink(events);
      if (events.length === 0) return;
      if (++refusals === MOST_REFUSALS) {
        diagnostics.error("lines of the log are refused and lost", { lines: events.length });
        return;
      }
    } catch (error) {
      diagnostics.warn("log events could not be sent", { tries, error });
      onFailure();
      await sleep(clock, backOff(tries, { firstMs: 200, mostMs: 5000 }));
    }
  }
}
