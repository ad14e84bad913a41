import { GetActivityTaskCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { isOwnMistake } from "@muster/records";
import { backOff, type Clock, sleep } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { ClaimedTask } from "../task/claimed-task.ts";

export interface Poll {
  readonly sfn: SFNClient;
  readonly activityArn: string;
  /** As histories name the worker. */
  readonly workerName: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Ends the waiting after a failed call. */
  readonly stop: AbortSignal;
  /** Called when Step Functions has said whether there is work; or that it will never say, which is the worker's own mistake. */
  readonly onAnswer?: () => void;
}

/** One long poll, of about a minute; undefined when no task came, which a poll without an answer does not say of the queue. The signal gives it up. */
export type Poller = (signal: AbortSignal) => Promise<ClaimedTask | undefined>;

/** After a failed call a poll waits, longer each time, so that a throttled fleet comes to rest. */
export function createPoller({ sfn, activityArn, workerName, clock, diagnostics, stop, onAnswer }: Poll): Poller {
  let failures = 0;
  return async (signal) => {
    try {
      const { taskToken, input } = await sfn.send(new GetActivityTaskCommand({ activityArn, workerName }), {
        abortSignal: signal,
      });
      failures = 0;
      onAnswer?.();
      return taskToken ? { token: taskToken, input: input ?? "", claimedAtMs: clock.now() } : undefined;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (isOwnMistake(error)) onAnswer?.();
      failures++;
      diagnostics.warn("a poll failed", { failures, error });
      await sleep(clock, backOff(failures, { firstMs: 500, mostMs: 30_000 }), AbortSignal.any([signal, stop]));
      return undefined;
    }
  };
}
