import { applyRecord } from "./apply-record.ts";
import { EventCode } from "./event-codes.ts";
import type { Execution, ExecutionRecord } from "./execution.ts";
import type { Frame } from "./frame.ts";

/** The history is full: AWS ends an execution with its 25,000th event. */
export class HistoryFullError extends Error {
  override readonly name = "HistoryFullError";
}

export interface Emission {
  readonly frame: Frame;
  readonly code: EventCode;
  readonly value?: ExecutionRecord["value"];
  readonly extra?: ExecutionRecord["extra"];
  /** The frame's last event unless given. */
  readonly previousEventId?: number;
}

/** Writes a record down and applies it: whatever happens in an execution happens through here. */
export function emit(
  execution: Execution,
  { frame, code, value, extra, previousEventId = frame.chain }: Emission,
): void {
  const { surroundings, history } = execution;
  if (history.length + 1 >= surroundings.historyLimit && !isLast(code)) throw new HistoryFullError();
  const record: ExecutionRecord = { frame, code, previousEventId, timestampMs: surroundings.now(), value, extra };
  surroundings.record(execution, record);
  applyRecord(execution, record);
}

function isLast(code: EventCode): boolean {
  return code >= EventCode.ExecutionSucceeded && code <= EventCode.ExecutionTimedOut;
}
