import type { TaskState } from "../language/state.ts";
import type { ExecutionRecord } from "./execution.ts";
import { type Frame, NEVER, Phase } from "./frame.ts";
import type { TaskAttempt } from "./history.ts";

export function schedule(frame: Frame, id: number, { value, extra }: ExecutionRecord): void {
  const state = frame.state as TaskState;
  frame.phase = Phase.Scheduled;
  frame.chain = id;
  frame.scheduledId = id;
  frame.task = attemptOf(state, extra);
  frame.payload = value ?? null;
  frame.submitted = false;
  frame.failure = undefined;
  frame.dueMs = extra?.dueMs ?? NEVER;
}

/** Attempts of the same state with the same limits share one object. */
const attempts = new WeakMap<TaskState, TaskAttempt>();
function attemptOf(state: TaskState, extra: ExecutionRecord["extra"]): TaskAttempt {
  const known = attempts.get(state);
  const timeoutSeconds = extra?.timeoutSeconds;
  const heartbeatSeconds = extra?.heartbeatSeconds;
  if (known?.timeoutSeconds === timeoutSeconds && known?.heartbeatSeconds === heartbeatSeconds && known !== undefined)
    return known;
  const attempt = { resource: state.resource, timeoutSeconds, heartbeatSeconds };
  attempts.set(state, attempt);
  return attempt;
}

export function beat(frame: Frame, atMs: number): void {
  const seconds = frame.task?.heartbeatSeconds;
  if (seconds !== undefined) frame.heartbeatDueMs = atMs + seconds * 1000;
}
