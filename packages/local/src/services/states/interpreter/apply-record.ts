import {
  dropFork,
  endIteration,
  failParent,
  forkMap,
  forkParallel,
  revive,
  setForkAside,
  startIteration,
} from "./apply-fork.ts";
import {
  closeRun,
  endChildExecution,
  endMapRun,
  openMapRun,
  startChild,
  startMapRun,
  takeItems,
} from "./apply-map-run.ts";
import { enter, exit, settle } from "./apply-state.ts";
import { beat, schedule } from "./apply-task.ts";
import { EventCode, FIRST_BOOKKEEPING_CODE } from "./event-codes.ts";
import type { Execution, ExecutionRecord, ExecutionStatus } from "./execution.ts";
import { type Frame, NEVER, Phase } from "./frame.ts";
import type { EventPayload, EventSubject } from "./history.ts";

/**
 * Folds one record into an execution: the only place where an execution's state changes, so that folding a journal's records
 * again gives the same state. It decides nothing and reaches nothing outside.
 */
export function applyRecord(execution: Execution, record: ExecutionRecord): void {
  const { frame, code, value, extra } = record;
  const id = code < FIRST_BOOKKEEPING_CODE ? execution.history.length + 1 : 0;
  switch (code) {
    case EventCode.ExecutionStarted:
      append(execution, record, undefined, undefined);
      return;

    case EventCode.PassStateEntered:
    case EventCode.TaskStateEntered:
    case EventCode.ChoiceStateEntered:
    case EventCode.WaitStateEntered:
    case EventCode.SucceedStateEntered:
    case EventCode.FailStateEntered:
    case EventCode.ParallelStateEntered:
    case EventCode.MapStateEntered:
      enter(frame, id, record);
      append(execution, record, extra?.state, value);
      return;

    case EventCode.PassStateExited:
    case EventCode.TaskStateExited:
    case EventCode.ChoiceStateExited:
    case EventCode.WaitStateExited:
    case EventCode.SucceedStateExited:
    case EventCode.ParallelStateExited:
    case EventCode.MapStateExited:
      append(execution, record, frame.state?.name, value);
      exit(execution, id, record);
      return;

    case EventCode.LambdaFunctionScheduled:
    case EventCode.TaskScheduled:
    case EventCode.ActivityScheduled:
      schedule(frame, id, record);
      append(execution, record, frame.task, value);
      return;

    case EventCode.LambdaFunctionStarted:
    case EventCode.TaskStarted:
      frame.phase = Phase.Started;
      frame.chain = id;
      append(execution, record, frame.task, undefined);
      return;

    case EventCode.ActivityStarted:
      frame.phase = Phase.Started;
      frame.chain = id;
      beat(frame, record.timestampMs);
      append(execution, record, extra?.workerName, undefined);
      return;

    case EventCode.TaskSubmitted:
      frame.submitted = true;
      frame.chain = id;
      append(execution, record, frame.task, value);
      return;

    case EventCode.LambdaFunctionSucceeded:
    case EventCode.TaskSucceeded:
    case EventCode.ActivitySucceeded:
      settle(frame, Phase.Succeeded);
      frame.result = value;
      frame.chain = id;
      append(execution, record, frame.task, value);
      return;

    case EventCode.LambdaFunctionFailed:
    case EventCode.LambdaFunctionTimedOut:
    case EventCode.TaskFailed:
    case EventCode.TaskTimedOut:
    case EventCode.ActivityFailed:
    case EventCode.ActivityTimedOut:
      settle(frame, Phase.Failed);
      frame.failure = extra?.failure;
      frame.chain = id;
      append(execution, record, frame.task, extra?.failure);
      return;

    case EventCode.ParallelStateStarted:
      frame.chain = id;
      forkParallel(execution, frame, value ?? null);
      append(execution, record, undefined, undefined);
      return;

    case EventCode.MapStateStarted:
      frame.chain = id;
      append(execution, record, undefined, beginMap(execution, frame));
      return;

    case EventCode.MapRunStarted:
      frame.chain = id;
      startMapRun(execution, record);
      append(execution, record, frame.mapRun?.arn, undefined);
      return;

    case EventCode.MapRunItems:
      takeItems(record);
      return;

    case EventCode.ChildStarted:
      startChild(frame);
      return;

    case EventCode.ChildEnded:
      endChildExecution(frame, extra);
      return;

    case EventCode.MapRunSucceeded:
      frame.chain = id;
      frame.result = value;
      endMapRun(frame, "SUCCEEDED", record);
      append(execution, record, undefined, undefined);
      return;

    case EventCode.MapRunFailed:
      frame.chain = id;
      frame.phase = Phase.Failed;
      frame.failure = extra?.failure;
      endMapRun(frame, "FAILED", record);
      append(execution, record, undefined, extra?.failure);
      return;

    case EventCode.MapRunAborted:
      endMapRun(frame, "ABORTED", record);
      append(execution, record, undefined, undefined);
      return;

    case EventCode.MapIterationStarted:
      append(execution, record, frame.state?.name, frame.fork?.started);
      startIteration(execution, id, record);
      return;

    case EventCode.MapIterationSucceeded:
      append(execution, record, frame.parent?.state?.name, frame.index);
      endIteration(execution, id, frame);
      return;

    case EventCode.BranchFailed:
      failParent(frame, extra?.failure);
      return;

    case EventCode.MapIterationFailed:
    case EventCode.MapIterationAborted:
      frame.iterationClosed = true;
      append(execution, record, frame.parent?.state?.name, frame.index);
      return;

    case EventCode.TaskStateAborted:
    case EventCode.WaitStateAborted:
    case EventCode.ParallelStateAborted:
    case EventCode.MapStateAborted:
      settle(frame, Phase.Closed);
      append(execution, record, undefined, undefined);
      return;

    case EventCode.ParallelStateSucceeded:
    case EventCode.MapStateSucceeded:
      frame.phase = Phase.Succeeded;
      if (frame.mapRun === undefined) frame.result = frame.fork?.results;
      frame.fork = undefined;
      append(execution, record, undefined, undefined);
      return;

    case EventCode.ParallelStateFailed:
    case EventCode.MapStateFailed:
      frame.chain = id;
      setForkAside(execution, frame);
      frame.mapRun = undefined;
      append(execution, record, undefined, undefined);
      return;

    case EventCode.WaitUntil:
      frame.phase = Phase.Waiting;
      frame.dueMs = extra?.dueMs ?? NEVER;
      return;

    case EventCode.RetryAt:
      settle(frame, Phase.Backoff);
      dropFork(execution, frame);
      frame.mapRun = undefined;
      frame.dueMs = extra?.dueMs ?? NEVER;
      frame.attempts ??= [];
      frame.attempts[extra?.retrier ?? 0] = (frame.attempts[extra?.retrier ?? 0] ?? 0) + 1;
      return;

    case EventCode.Heartbeat:
      beat(frame, record.timestampMs);
      return;

    case EventCode.ExecutionSucceeded:
      append(execution, record, undefined, value);
      execution.output = value;
      end(execution, "SUCCEEDED", record);
      return;

    case EventCode.ExecutionFailed:
    case EventCode.ExecutionAborted:
    case EventCode.ExecutionTimedOut:
      append(execution, record, undefined, extra?.failure);
      execution.failure = extra?.failure;
      end(execution, ENDINGS[code] ?? "FAILED", record);
      return;

    case EventCode.ExecutionRedriven:
      execution.status = "RUNNING";
      execution.stoppedAtMs = undefined;
      execution.failure = undefined;
      execution.redriveCount++;
      execution.redrivenAtMs = record.timestampMs;
      append(execution, record, undefined, execution.redriveCount);
      revive(execution, frame, { id, atMs: record.timestampMs });
      return;
  }
}

const ENDINGS: Readonly<Record<number, ExecutionStatus>> = {
  [EventCode.ExecutionFailed]: "FAILED",
  [EventCode.ExecutionAborted]: "ABORTED",
  [EventCode.ExecutionTimedOut]: "TIMED_OUT",
};

function append(execution: Execution, record: ExecutionRecord, subject: EventSubject, payload: EventPayload): void {
  const { code, previousEventId, timestampMs } = record;
  execution.history.append({ code, previousEventId, timestampMs, subject, payload });
}

/** Answers how many items the Map has. */
function beginMap(execution: Execution, frame: Frame): number {
  const isDistributed = frame.state?.type === "Map" && frame.state.distributed !== undefined;
  return isDistributed ? openMapRun(execution, frame) : forkMap(execution, frame);
}

/** What a redrive goes on with hangs on the machine's own frame. */
function end(execution: Execution, status: ExecutionStatus, { frame, timestampMs }: ExecutionRecord): void {
  execution.status = status;
  execution.stoppedAtMs = timestampMs;
  for (const run of execution.mapRuns) closeRun(run, "ABORTED", timestampMs);
  execution.frames.clear();
  if (status !== "SUCCEEDED") execution.frames.set(frame.id, frame);
}
