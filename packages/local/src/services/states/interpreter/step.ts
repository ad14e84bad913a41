import type { State } from "../language/state.ts";
import { RuntimeError } from "../language/state-error.ts";
import { runChoice } from "../state-types/choice.ts";
import { goOnWithMapRun, isDistributed, runDistributedMap } from "../state-types/distributed-map.ts";
import { runFail } from "../state-types/fail.ts";
import { fillIterations, runMap } from "../state-types/map.ts";
import { runParallel } from "../state-types/parallel.ts";
import { runPass } from "../state-types/pass.ts";
import { runSucceed } from "../state-types/succeed.ts";
import { runTask, settleTask, startTask } from "../state-types/task.ts";
import { endWait, runWait } from "../state-types/wait.ts";
import { emit, HistoryFullError } from "./emit.ts";
import { EventCode, STATE_CODES } from "./event-codes.ts";
import type { Execution } from "./execution.ts";
import { closeFrame, failState, failureOf } from "./fail-state.ts";
import { exitWithResult } from "./finish-state.ts";
import { type Frame, Phase, release } from "./frame.ts";
import { childrenOf } from "./map-run.ts";

/**
 * Does what follows from where a frame stands. Nothing is remembered between steps but what was recorded, so a step may be asked for
 * again, after a restart for instance: it goes on from the last record.
 */
export function step(execution: Execution, frame: Frame): void {
  if (execution.status === "RUNNING") attempt(execution, frame, () => proceed(execution, frame));
}

/** The time that the frame's record set is over. */
export function timeOver(execution: Execution, frame: Frame): void {
  if (execution.status !== "RUNNING") return;
  attempt(execution, frame, () => {
    const nowMs = execution.surroundings.now();
    if (frame.phase === Phase.Waiting && frame.state?.type === "Wait") {
      endWait(execution, frame, frame.state);
    } else if (frame.phase === Phase.Backoff && frame.state !== undefined) {
      run(execution, frame, frame.state);
    } else if (nowMs >= frame.dueMs || nowMs >= frame.heartbeatDueMs) {
      settleTask(execution, frame, { kind: "timedOut", heartbeat: nowMs < frame.dueMs });
    }
  });
}

function proceed(execution: Execution, frame: Frame): void {
  const { state } = frame;
  switch (frame.phase) {
    case Phase.Enter:
      enter(execution, frame);
      return;
    case Phase.Run:
      if (state !== undefined) run(execution, frame, state);
      return;
    case Phase.Scheduled:
      if (state?.type === "Task") startTask(execution, frame, state);
      return;
    case Phase.Succeeded:
      exitWithResult(execution, frame, frame.result ?? null);
      return;
    case Phase.Failed:
      failState(execution, frame, frame.failure ?? { error: undefined, cause: undefined });
      return;
    case Phase.Forked:
      join(execution, frame);
      return;
    case Phase.Ended:
      end(execution, frame);
      return;
  }
}

function enter(execution: Execution, frame: Frame): void {
  const state = frame.graph.states.get(frame.next);
  if (state === undefined) throw new RuntimeError(`The state '${frame.next}' does not exist.`);
  const codes = STATE_CODES[state.type];
  if (codes === undefined) throw new TypeError(`unknown type of state ${state.type}`);
  emit(execution, { frame, code: codes.entered, value: frame.input, extra: { state: state.name } });
  run(execution, frame, state);
}

function run(execution: Execution, frame: Frame, state: State): void {
  switch (state.type) {
    case "Pass":
      runPass(execution, frame, state);
      return;
    case "Task":
      runTask(execution, frame, state);
      return;
    case "Choice":
      runChoice(execution, frame, state);
      return;
    case "Wait":
      runWait(execution, frame, state);
      return;
    case "Succeed":
      runSucceed(execution, frame);
      return;
    case "Fail":
      runFail(execution, frame, state);
      return;
    case "Parallel":
      runParallel(execution, frame, state);
      return;
    case "Map":
      if (isDistributed(state)) runDistributedMap(execution, frame, state);
      else runMap(execution, frame, state);
      join(execution, frame);
      return;
  }
}

/** Starts the iterations that a Map has room for; leaves a Map or a Parallel whose last child has ended. */
function join(execution: Execution, frame: Frame): void {
  const { fork, state } = frame;
  if (isDistributed(state)) goOnWithMapRun(execution, frame, state);
  if (fork === undefined) return;
  if (state?.type === "Map") fillIterations(execution, frame, state);
  if (fork.children.size > 0) return;
  emit(execution, {
    frame,
    code: state?.type === "Map" ? EventCode.MapStateSucceeded : EventCode.ParallelStateSucceeded,
  });
  exitWithResult(execution, frame, frame.result ?? null);
}

/** A frame's graph has ended: the execution succeeds, or the state around it may be complete. */
function end(execution: Execution, frame: Frame): void {
  const { parent } = frame;
  if (parent === undefined) {
    emit(execution, { frame, code: EventCode.ExecutionSucceeded, value: frame.input });
    execution.surroundings.ended(execution);
    return;
  }
  if (parent.state?.type === "Map") emit(execution, { frame, code: EventCode.MapIterationSucceeded });
  execution.surroundings.ready(execution, parent);
}

/** Ends an execution from outside: somebody stopped it, or its own time is over. */
export function endExecution(
  execution: Execution,
  {
    code,
    failure,
  }: { code: typeof EventCode.ExecutionAborted | typeof EventCode.ExecutionTimedOut; failure: Execution["failure"] },
): void {
  const root = execution.frames.get(0);
  if (root === undefined || execution.status !== "RUNNING") return;
  try {
    closeFrame(execution, root, { previousEventId: 0, stopped: true });
  } catch (error) {
    if (!(error instanceof HistoryFullError)) throw error;
  }
  emit(execution, { frame: root, code, previousEventId: 0, extra: failure === undefined ? undefined : { failure } });
  execution.surroundings.ended(execution);
}

/** Runs an action of a frame and makes what it throws the failure of the frame's state. */
export function attempt(execution: Execution, frame: Frame, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (error instanceof HistoryFullError) endFull(execution);
    else attempt(execution, frame, () => failState(execution, frame, failureOf(frame, error)));
  }
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
function endFull(execution: Execution): void {
  const root = execution.frames.get(0);
  if (root === undefined) return;
  for (const frame of execution.frames.values()) release(frame);
  const children = [...execution.frames.values()].flatMap(childrenOf);
  const cause = `The execution reached the maximum number of history events (${execution.surroundings.historyLimit}).`;
  emit(execution, {
    frame: root,
    code: EventCode.ExecutionFailed,
    previousEventId: execution.history.length,
    extra: { failure: { error: "States.Runtime", cause, fatal: true } },
  });
  for (const child of children) execution.surroundings.abortChild(child);
  execution.surroundings.ended(execution);
}
