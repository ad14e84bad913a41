import { emit } from "../interpreter/emit.ts";
import { EventCode } from "../interpreter/event-codes.ts";
import type { Execution } from "../interpreter/execution.ts";
import { assign, exitState } from "../interpreter/finish-state.ts";
import type { Frame } from "../interpreter/frame.ts";
import { effectiveInput, filterOutput, readExplained, scopeOf } from "../interpreter/scope.ts";
import { type Json, numberOf } from "../language/json.ts";
import { jsonText } from "../language/json-text.ts";
import type { WaitState } from "../language/state.ts";
import { RuntimeError } from "../language/state-error.ts";
import { parseTimestamp } from "../language/timestamp.ts";

/** AWS counts a wait in seconds in 32 bits: some 68 years. */
const LONGEST_WAIT_MS = (2 ** 31 - 1) * 1000;

export function runWait(execution: Execution, frame: Frame, state: WaitState): void {
  const input = effectiveInput(execution, frame);
  const lengthMs = waitMs(execution, frame, { state, input });
  if (lengthMs > LONGEST_WAIT_MS) throw new RuntimeError("Wait state delay is too long.");
  const dueMs = frame.enteredAtMs + lengthMs / execution.surroundings.timeScale;
  if (dueMs <= execution.surroundings.now()) {
    endWait(execution, frame, state);
    return;
  }
  emit(execution, { frame, code: EventCode.WaitUntil, extra: { dueMs } });
  execution.surroundings.arm(execution, frame);
}

export function endWait(execution: Execution, frame: Frame, state: WaitState): void {
  const input = effectiveInput(execution, frame);
  const output = filterOutput(execution, frame, input);
  exitState(execution, frame, { output, assigned: assign(execution, frame, { assign: state.assign, input }) });
}

function waitMs(execution: Execution, frame: Frame, { state, input }: { state: WaitState; input: Json }): number {
  const { until } = state;
  if (until.kind === "seconds") return until.seconds * 1000;
  if (until.kind === "timestamp") return until.atMs - frame.enteredAtMs;
  const value = readExplained(until.path, scopeOf(execution, frame, input));
  if (until.kind === "secondsPath") {
    const seconds = numberOf(value);
    if (Number.isInteger(seconds) && Number(seconds) >= 0) return Number(seconds) * 1000;
    throw new RuntimeError(
      `The SecondsPath parameter does not reference a non-negative integer: ${until.path.text} == ${jsonText(value)}`,
    );
  }
  const atMs = typeof value === "string" ? parseTimestamp(value) : undefined;
  if (atMs !== undefined) return atMs - frame.enteredAtMs;
  throw new RuntimeError(
    `The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: ${until.path.text} == ${typeof value === "string" ? value : jsonText(value)}`,
  );
}
