import { ErrorName } from "@muster/pipeline";
import type { TellingLines } from "../log/telling-lines.ts";
import type { ScriptExit } from "../script/run-script.ts";
import type { EndReason } from "./task-ending.ts";

/** A failure before it is put into a report. */
export interface TaskFailure {
  readonly error: string;
  readonly exit?: number | string;
  readonly message?: string;
  /** Of its log, the line that tells most of why. */
  readonly line?: string | undefined;
}

/**
 * Why a script did not succeed; undefined when it did.
 * @param outOfMemory the kernel killed a process for want of memory while it ran
 */
export function classifyExit(
  { code, signal }: ScriptExit,
  { reason, outOfMemory }: { reason: EndReason | undefined; outOfMemory: boolean },
): TaskFailure | undefined {
  const exit = signal ?? code;
  // Whatever its traps made of the exit code: it was not let finish.
  if (reason !== undefined) return { ...failureOf(reason), ...(exit !== undefined && { exit }) };
  if (code === 0) return undefined;
  // What was killed is seldom the script itself: make says 2 when its compiler was.
  if (signal !== undefined || outOfMemory) {
    return {
      error: ErrorName.scriptKilled,
      ...(exit !== undefined && { exit }),
      message: outOfMemory ? "out of memory" : `killed by ${signal}, not by the agent`,
    };
  }
  return { error: ErrorName.scriptFailed, ...(exit !== undefined && { exit }) };
}

/**
 * The line of a failed script's log that tells why: what looks like an error, or else what it printed last. Of one that was ended because it
 * hung, what it had printed last by then; of one that the machine has failed, none.
 */
export function tellingLine(log: TellingLines, reason: EndReason | undefined): string | undefined {
  switch (reason?.kind) {
    case undefined:
      return log.error() ?? log.last();
    case "timed-out":
    case "log-idle":
      return log.last();
    case "interrupted":
    case "lease-lost":
    case "cancelled":
      return undefined;
  }
}

/** What a script that was ended for this reason failed of. */
export function failureOf(reason: EndReason): TaskFailure {
  switch (reason.kind) {
    case "timed-out":
      return { error: ErrorName.scriptTimedOut, message: "ended a minute before the step's timeout" };
    case "log-idle":
      return { error: ErrorName.logIdle, message: `printed nothing for ${reason.seconds} s` };
    case "interrupted":
      return { error: ErrorName.workerInterrupted, message: reason.why };
    case "lease-lost":
      return { error: ErrorName.workerInterrupted, message: "the activity's lease could not be kept" };
    case "cancelled":
      return { error: ErrorName.workerInterrupted, message: `the task is over: ${reason.why}` };
  }
}
