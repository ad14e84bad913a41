import { emit } from "../interpreter/emit.ts";
import { EventCode } from "../interpreter/event-codes.ts";
import type { Execution, RecordExtra } from "../interpreter/execution.ts";
import { checkSize, dataLimitExceeded } from "../interpreter/finish-state.ts";
import { type Frame, Phase, release } from "../interpreter/frame.ts";
import { effectiveInput, readExplained, scopeOf } from "../interpreter/scope.ts";
import { type Json, numberOf } from "../language/json.ts";
import { DATA_LIMIT_BYTES, jsonSize } from "../language/json-size.ts";
import { jsonText } from "../language/json-text.ts";
import type { TaskState } from "../language/state.ts";
import { type Failure, RuntimeError } from "../language/state-error.ts";

/** How one attempt at a task ended. */
export type TaskOutcome =
  | { readonly kind: "succeeded"; readonly output: Json }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "timedOut"; readonly heartbeat: boolean };

const CODES = {
  lambda: {
    scheduled: EventCode.LambdaFunctionScheduled,
    started: EventCode.LambdaFunctionStarted,
    succeeded: EventCode.LambdaFunctionSucceeded,
    failed: EventCode.LambdaFunctionFailed,
    timedOut: EventCode.LambdaFunctionTimedOut,
  },
  "lambda:invoke": {
    scheduled: EventCode.TaskScheduled,
    started: EventCode.TaskStarted,
    succeeded: EventCode.TaskSucceeded,
    failed: EventCode.TaskFailed,
    timedOut: EventCode.TaskTimedOut,
  },
  activity: {
    scheduled: EventCode.ActivityScheduled,
    started: EventCode.ActivityStarted,
    succeeded: EventCode.ActivitySucceeded,
    failed: EventCode.ActivityFailed,
    timedOut: EventCode.ActivityTimedOut,
  },
} as const;

/** Schedules the task: an activity's is offered to workers, a function is called in the frame's next step. */
export function runTask(execution: Execution, frame: Frame, state: TaskState): void {
  const { surroundings, history } = execution;
  const { resource } = state;
  if (resource.kind === "activity" && !surroundings.activityExists(resource.arn)) {
    throw new RuntimeError(`The activity ${resource.arn} does not exist.`);
  }
  const input = effectiveInput(execution, frame);
  const takesToken = resource.kind === "lambda:invoke" && resource.callback;
  const taskToken = takesToken ? surroundings.taskToken(execution, frame, history.length + 1) : undefined;
  const scope = scopeOf(execution, frame, input, taskToken === undefined ? {} : { taskToken });
  const payload = state.parameters === undefined ? input : state.parameters(scope);
  checkSize(state.name, payload);
  const extra = limits(execution, frame, { state, input });
  emit(execution, { frame, code: CODES[resource.kind].scheduled, value: payload, extra });
  if (resource.kind === "activity") {
    surroundings.dispatch(execution, frame);
    surroundings.arm(execution, frame);
  } else {
    surroundings.ready(execution, frame);
  }
}

/** A scheduled function is about to be called. */
export function startTask(execution: Execution, frame: Frame, state: TaskState): void {
  const { kind } = state.resource;
  if (kind === "activity") return;
  emit(execution, { frame, code: CODES[kind].started });
  execution.surroundings.dispatch(execution, frame);
  execution.surroundings.arm(execution, frame);
}

/** A worker takes an activity's task. */
export function claimTask(execution: Execution, frame: Frame, workerName: string | undefined): void {
  emit(execution, {
    frame,
    code: EventCode.ActivityStarted,
    extra: workerName === undefined ? undefined : { workerName },
  });
  execution.surroundings.arm(execution, frame);
}

/** The function of a `.waitForTaskToken` task has answered; the task itself goes on. */
export function submitTask(execution: Execution, frame: Frame, response: Json): void {
  emit(execution, { frame, code: EventCode.TaskSubmitted, value: response });
}

export function settleTask(execution: Execution, frame: Frame, outcome: TaskOutcome): void {
  const { state } = frame;
  if (state?.type !== "Task" || (frame.phase !== Phase.Started && frame.phase !== Phase.Scheduled)) return;
  if (outcome.kind === "timedOut") release(frame);
  else letGo(frame);
  const codes = CODES[state.resource.kind];
  if (outcome.kind === "succeeded" && jsonSize(outcome.output) <= DATA_LIMIT_BYTES) {
    emit(execution, { frame, code: codes.succeeded, value: outcome.output });
  } else if (outcome.kind === "timedOut") {
    const failure: Failure = {
      error: "States.Timeout",
      cause: undefined,
      ...(outcome.heartbeat ? { heartbeat: true } : {}),
    };
    emit(execution, { frame, code: codes.timedOut, extra: { failure } });
  } else {
    const failure = outcome.kind === "failed" ? outcome.failure : dataLimitExceeded(resultOwner(state));
    emit(execution, { frame, code: codes.failed, extra: { failure } });
  }
  execution.surroundings.ready(execution, frame);
}

/** What a callback answered may still be running: as on AWS, the function may finish what it does. */
function letGo(frame: Frame): void {
  frame.cancelTimer?.();
  frame.cancelTimer = undefined;
  frame.abortCall = undefined;
}

function resultOwner({ resource }: TaskState): string {
  return resource.kind === "lambda:invoke" ? "lambda" : resource.arn;
}

/** Time scaling shortens only what paces: the wait for a callback, never the time that work may take. */
function limits(
  execution: Execution,
  frame: Frame,
  { state, input }: { state: TaskState; input: Json },
): RecordExtra | undefined {
  const timeoutSeconds = secondsOf(execution, frame, { state, input, field: "timeoutSeconds" });
  const heartbeatSeconds = secondsOf(execution, frame, { state, input, field: "heartbeatSeconds" });
  if (timeoutSeconds === undefined && heartbeatSeconds === undefined) return undefined;
  const scale =
    state.resource.kind === "lambda:invoke" && state.resource.callback ? execution.surroundings.timeScale : 1;
  return {
    ...(timeoutSeconds === undefined
      ? {}
      : { timeoutSeconds, dueMs: execution.surroundings.now() + (timeoutSeconds * 1000) / scale }),
    ...(heartbeatSeconds === undefined ? {} : { heartbeatSeconds }),
  };
}

function secondsOf(
  execution: Execution,
  frame: Frame,
  { state, input, field }: { state: TaskState; input: Json; field: "timeoutSeconds" | "heartbeatSeconds" },
): number | undefined {
  const limit = state[field];
  if (limit === undefined || typeof limit === "number") return limit;
  const value = readExplained(limit, scopeOf(execution, frame, input));
  const seconds = numberOf(value);
  if (Number.isInteger(seconds) && Number(seconds) > 0) return seconds;
  const name = field === "timeoutSeconds" ? "TimeoutSecondsPath" : "HeartbeatSecondsPath";
  throw new RuntimeError(
    `The ${name} parameter does not reference a positive integer: ${limit.text} == ${jsonText(value)}`,
  );
}
