import type { Clock } from "../../clock.ts";
import { createAlarms } from "./alarms.ts";
import { EventCode } from "./interpreter/event-codes.ts";
import type { Execution } from "./interpreter/execution.ts";
import type { Frame } from "./interpreter/frame.ts";
import { endExecution, timeOver } from "./interpreter/step.ts";
import type { Turns } from "./turns.ts";

/** The timers of frames, for what their records set, and of whole executions. */
export interface Timers {
  /** Sets the frame's timer for its `dueMs` and `heartbeatDueMs`. */
  arm(execution: Execution, frame: Frame): void;
  /** Sets the timer of the execution's own timeout. */
  armExecution(execution: Execution): void;
}

export function createTimers(
  clock: Clock,
  { run, isParked }: Pick<Turns, "run"> & { readonly isParked: () => boolean },
): Timers {
  const alarms = createAlarms<{ readonly execution: Execution; readonly frame: Frame }>(clock, (due) => {
    run(() => {
      for (const { execution, frame } of due) {
        frame.cancelTimer = undefined;
        // A heartbeat moves the time without touching the timer.
        if (clock.now() < dueOf(frame)) arm(execution, frame);
        else timeOver(execution, frame);
      }
    });
  });
  const arm = (execution: Execution, frame: Frame): void => {
    frame.cancelTimer?.();
    const atMs = dueOf(frame);
    frame.cancelTimer =
      isParked() || atMs === Number.POSITIVE_INFINITY ? undefined : alarms.set(atMs, { execution, frame });
  };
  return {
    arm,
    armExecution(execution) {
      const { timeoutSeconds } = execution.definition;
      if (timeoutSeconds === undefined || isParked()) return;
      execution.cancelTimer = clock.at(
        (execution.redrivenAtMs ?? execution.startedAtMs) + timeoutSeconds * 1000,
        () => {
          const failure = { error: "States.Timeout", cause: undefined };
          run(() => endExecution(execution, { code: EventCode.ExecutionTimedOut, failure }));
        },
      );
    },
  };
}

const dueOf = ({ dueMs, heartbeatDueMs }: Frame): number => Math.min(dueMs, heartbeatDueMs);
