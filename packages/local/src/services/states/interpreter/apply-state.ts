import { endChild } from "./apply-fork.ts";
import type { Execution, ExecutionRecord } from "./execution.ts";
import { type Frame, NEVER, Phase } from "./frame.ts";

export function enter(frame: Frame, id: number, { value, extra, timestampMs }: ExecutionRecord): void {
  frame.state = frame.graph.states.get(extra?.state ?? "");
  frame.phase = Phase.Run;
  frame.input = value ?? null;
  frame.enteredAtMs = timestampMs;
  frame.enteredId = id;
  frame.chain = id;
  frame.result = undefined;
  frame.failure = undefined;
  frame.attempts = undefined;
  frame.failedFork = undefined;
}

export function exit(execution: Execution, id: number, { frame, value, extra }: ExecutionRecord): void {
  const next = extra?.state ?? frame.state?.next;
  frame.input = value ?? null;
  frame.chain = id;
  frame.fork = undefined;
  frame.failedFork = undefined;
  frame.mapRun = undefined;
  if (extra?.assigned !== undefined) frame.variables = { ...frame.variables, ...extra.assigned };
  if (next !== undefined) {
    frame.phase = Phase.Enter;
    frame.next = next;
    return;
  }
  settle(frame, Phase.Ended);
  const parent = frame.parent;
  if (parent?.fork !== undefined && parent.state?.type === "Parallel") {
    endChild(execution, parent, frame);
    if (parent.fork.children.size === 0) parent.chain = id;
  }
}

export function settle(frame: Frame, phase: Phase): void {
  frame.phase = phase;
  frame.dueMs = NEVER;
  frame.heartbeatDueMs = NEVER;
}
