import type { Json } from "../language/json.ts";
import { NoSuchPathError } from "../language/path.ts";
import { matchesError, retryDelaySeconds } from "../language/retry-catch.ts";
import { type Failure, RuntimeError, StateError } from "../language/state-error.ts";
import { emit } from "./emit.ts";
import { EventCode, STATE_CODES } from "./event-codes.ts";
import type { Execution } from "./execution.ts";
import { assign, exitState, putResult } from "./finish-state.ts";
import { type Frame, Phase, release } from "./frame.ts";
import { childrenOf, openRunOf } from "./map-run.ts";

/** The frame's state failed: tries it again, goes where a catcher says, or fails what is around it. */
export function failState(execution: Execution, frame: Frame, failure: Failure): void {
  if (frame.fork !== undefined) closeChildren(execution, frame, { previousEventId: frame.chain });
  endMapRun(execution, frame, { code: EventCode.MapRunFailed, failure, previousEventId: frame.chain });
  if (retry(execution, frame, failure)) return;
  if (frame.fork !== undefined || frame.mapRun !== undefined) {
    emit(execution, {
      frame,
      code: frame.state?.type === "Map" ? EventCode.MapStateFailed : EventCode.ParallelStateFailed,
    });
  }
  const uncaught = catchFailure(execution, frame, failure);
  if (uncaught !== undefined) failParent(execution, frame, uncaught);
}

function retry(execution: Execution, frame: Frame, failure: Failure): boolean {
  const { state } = frame;
  if (state === undefined || !("retriers" in state)) return false;
  const index = state.retriers.findIndex((retrier) => matchesError(retrier.errorEquals, failure));
  const retrier = state.retriers[index];
  const attempts = frame.attempts?.[index] ?? 0;
  if (retrier === undefined || attempts >= retrier.maxAttempts) return false;
  const { surroundings, history } = execution;
  const seconds = retryDelaySeconds(retrier, attempts, surroundings.random(execution, history.length + 1));
  const dueMs = surroundings.now() + (seconds * 1000) / surroundings.timeScale;
  emit(execution, { frame, code: EventCode.RetryAt, extra: { retrier: index, dueMs } });
  surroundings.arm(execution, frame);
  return true;
}

/** Answers the failure that remains when no catcher took it, or when the catcher itself failed. */
function catchFailure(execution: Execution, frame: Frame, failure: Failure): Failure | undefined {
  const { state } = frame;
  if (state === undefined || !("catchers" in state)) return failure;
  const catcher = state.catchers.find(({ errorEquals }) => matchesError(errorEquals, failure));
  if (catcher === undefined) return failure;
  const caught: Json = { Error: failure.error ?? "", Cause: failure.cause ?? "" };
  try {
    const output = putResult(frame.input, catcher.resultPath, caught);
    exitState(execution, frame, {
      output,
      next: catcher.next,
      assigned: assign(execution, frame, { assign: catcher.assign, input: caught }),
    });
    return undefined;
  } catch (error) {
    return failureOf(frame, error);
  }
}

/** What an error that a state's fields threw means for the state; an error that none of them can throw goes on. */
export function failureOf(frame: Frame, error: unknown): Failure {
  if (error instanceof StateError) return error.failure;
  if (!(error instanceof RuntimeError) && !(error instanceof NoSuchPathError)) throw error;
  const problem =
    error instanceof RuntimeError ? error.message : `The JSONPath '${error.message}' could not be found in the input.`;
  const where = `An error occurred while executing the state '${frame.state?.name}' (entered at the event id #${frame.enteredId}).`;
  return { error: "States.Runtime", cause: `${where} ${problem}`, fatal: true };
}

function failParent(execution: Execution, frame: Frame, failure: Failure): void {
  const parent = frame.parent;
  if (parent === undefined) {
    emit(execution, { frame, code: EventCode.ExecutionFailed, extra: { failure } });
    execution.surroundings.ended(execution);
    return;
  }
  emit(execution, { frame, code: EventCode.BranchFailed, extra: { failure } });
  failState(execution, parent, failure);
}

/** How an abort is recorded. */
interface Abort {
  readonly previousEventId: number;
  /** By a stop from outside: AWS then records no abort of Wait states. */
  readonly stopped?: boolean;
}

/**
 * Closes what is below a frame, in the order of the branches: the iteration that failed is recorded as failed, those that still run as
 * aborted, and after each the state that it was in. A restart in the midst of this goes on where it stopped.
 */
function closeChildren(execution: Execution, frame: Frame, abort: Abort): void {
  const { fork, state } = frame;
  if (fork === undefined) return;
  for (const child of fork.children.values()) {
    const failed = child === fork.failed;
    if (state?.type === "Map" && !child.iterationClosed) {
      const code = failed ? EventCode.MapIterationFailed : EventCode.MapIterationAborted;
      emit(execution, { frame: child, code, previousEventId: abort.previousEventId });
    }
    // A failed Map or Parallel has been recorded as such.
    if (!failed || child.state?.type === "Task") closeFrame(execution, child, abort);
  }
}

/** Aborts the state that a frame is in, and everything below it. */
export function closeFrame(execution: Execution, frame: Frame, abort: Abort): void {
  release(frame);
  endMapRun(execution, frame, { code: EventCode.MapRunAborted, previousEventId: abort.previousEventId });
  const inState = frame.phase !== Phase.Enter && frame.phase !== Phase.Ended && frame.phase !== Phase.Closed;
  const code =
    inState && !(abort.stopped && frame.state?.type === "Wait")
      ? STATE_CODES[frame.state?.type ?? ""]?.aborted
      : undefined;
  if (code !== undefined) emit(execution, { frame, code, previousEventId: abort.previousEventId });
  closeChildren(execution, frame, abort);
}

interface RunEnd {
  readonly code: typeof EventCode.MapRunFailed | typeof EventCode.MapRunAborted;
  readonly failure?: Failure;
  readonly previousEventId: number;
}

/** Ends a frame's Map Run before its time, and with it the executions of its items. */
function endMapRun(execution: Execution, frame: Frame, { code, failure, previousEventId }: RunEnd): void {
  const run = openRunOf(frame);
  if (run === undefined) return;
  release(frame);
  const children = childrenOf(frame);
  emit(execution, { frame, code, previousEventId, extra: failure === undefined ? undefined : { failure } });
  for (const child of children) execution.surroundings.abortChild(child);
}
