import type { Clock } from "../../clock.ts";
import type { InvokeFunction } from "../../lambda-functions.ts";
import type { InvokeEventually } from "../lambda/invoke-eventually.ts";
import { type ActivityQueues, activityQueues, type QueuedTask } from "./activity-queues.ts";
import { dispatchTask } from "./dispatch-task.ts";
import { emit } from "./interpreter/emit.ts";
import { EventCode, FIRST_BOOKKEEPING_CODE } from "./interpreter/event-codes.ts";
import {
  type Execution,
  type ExecutionRecord,
  type ExecutionStart,
  openRoot,
  type Surroundings,
} from "./interpreter/execution.ts";
import { type Frame, release } from "./interpreter/frame.ts";
import { needsOf } from "./interpreter/resume-frame.ts";
import { attempt } from "./interpreter/step.ts";
import { mapRunEffects, type ResultObjects } from "./map-run-effects.ts";
import { seededRandom } from "./seeded-random.ts";
import { resumeMapRun } from "./state-types/distributed-map.ts";
import { claimTask } from "./state-types/task.ts";
import { type TaskTokens, taskTokens } from "./task-token.ts";
import { createTimers } from "./timers.ts";
import { createTurns } from "./turns.ts";

/** Where records go before anything they cause is seen. */
export interface RecordSink {
  append(execution: Execution, record: ExecutionRecord): void;
  /** Hands everything appended so far to the operating system. */
  write(): void;
  ended(execution: Execution): void;
}

export interface EngineOptions {
  readonly clock: Clock;
  readonly secret: string;
  readonly invoke: InvokeFunction;
  readonly invokeEventually: InvokeEventually;
  readonly sink: RecordSink;
  readonly timeScale: number;
  readonly historyLimit: number;
  readonly activityExists: (activityArn: string) => boolean;
  readonly objects: ResultObjects | undefined;
  readonly findExecution: (arn: string) => Execution | undefined;
  /** Begins an execution of an item of a distributed Map. */
  readonly begin: (start: ExecutionStart) => void;
  readonly mapRunStarted: (execution: Execution, mapRunArn: string) => void;
  /** Told of every public event once it is written. */
  readonly onEvent: ((execution: Execution, eventId: number) => void) | undefined;
}

/** Runs executions: calls functions, hands tasks to workers, keeps timers. */
export interface Engine {
  readonly surroundings: Surroundings;
  readonly queues: ActivityQueues;
  readonly tokens: TaskTokens;
  start(execution: Execution): void;
  /** Takes up an execution whose records were read back. */
  resume(execution: Execution): void;
  /** Takes up an execution that ended without success, where it had come to. */
  redrive(execution: Execution): void;
  /** Runs `change`, then everything that follows from it without time or outside help; on return it is all written. */
  run<T>(change: () => T): T;
  /** Calls back once what has been recorded so far is written. */
  afterWrite(callback: () => void): void;
  claim(task: QueuedTask, workerName: string | undefined): void;
  /** Nothing moves any more: timers and calls are stopped, their outcomes ignored. */
  park(executions: Iterable<Execution>): void;
}

export function createEngine({
  clock,
  secret,
  invoke,
  invokeEventually,
  sink,
  onEvent,
  ...options
}: EngineOptions): Engine {
  const queues = activityQueues();
  const tokens = taskTokens(secret);
  let parked = false;
  const isParked = () => parked;
  const { run, now, ready, observe, afterWrite } = createTurns({ clock, write: () => sink.write(), onEvent });
  const { arm, armExecution } = createTimers(clock, { run, isParked });
  const dispatching = { invoke, invokeEventually, queues, run, isParked };

  const mapRuns = mapRunEffects({ ...options, run, afterWrite, isParked });

  const surroundings: Surroundings = {
    ...mapRuns,
    timeScale: options.timeScale,
    historyLimit: options.historyLimit,
    now,
    record(execution, record) {
      sink.append(execution, record);
      if (onEvent !== undefined && record.code < FIRST_BOOKKEEPING_CODE)
        observe(execution, execution.history.length + 1);
    },
    ready,
    arm,
    dispatch(execution, frame) {
      const task = { execution, frame, scheduledId: frame.scheduledId };
      afterWrite(() => dispatchTask(task, dispatching));
    },
    ended(execution) {
      execution.cancelTimer?.();
      sink.ended(execution);
      mapRuns.childEnded(execution);
    },
    activityExists: options.activityExists,
    taskToken: (execution, frame, scheduledId) =>
      tokens.create({ executionArn: execution.arn, frameId: frame.id, scheduledId }),
    random: (execution, eventId) => seededRandom(`${secret}/${execution.arn}/${eventId}`),
  };

  const resume = (execution: Execution): void =>
    run(() => {
      if (mapRuns.isLeftOver(execution)) return mapRuns.abortChild(execution.arn);
      const root = execution.frames.get(0);
      if (root !== undefined && execution.history.length === 0) begin(execution, root);
      armExecution(execution);
      for (const frame of execution.frames.values()) resumeFrame(execution, frame);
    });

  return {
    surroundings,
    queues,
    tokens,
    run,
    afterWrite,
    start(execution) {
      run(() => {
        const frame = openRoot(execution);
        begin(execution, frame);
        ready(execution, frame);
        armExecution(execution);
      });
    },
    resume,
    redrive(execution) {
      const frame = execution.frames.get(0);
      if (frame === undefined) throw new TypeError(`${execution.arn} holds nothing to go on with`);
      run(() => {
        emit(execution, { frame, code: EventCode.ExecutionRedriven, previousEventId: execution.history.length });
        resume(execution);
      });
    },
    claim(task, workerName) {
      attempt(task.execution, task.frame, () => claimTask(task.execution, task.frame, workerName));
    },
    park(executions) {
      parked = true;
      for (const execution of executions) {
        execution.cancelTimer?.();
        for (const frame of execution.frames.values()) release(frame);
      }
    },
  };
}

function begin(execution: Execution, frame: Frame): void {
  emit(execution, { frame, code: EventCode.ExecutionStarted, previousEventId: 0 });
}

function resumeFrame(execution: Execution, frame: Frame): void {
  const { surroundings } = execution;
  attempt(execution, frame, () => resumeMapRun(execution, frame));
  const { step, timer, dispatch } = needsOf(frame);
  if (step) surroundings.ready(execution, frame);
  if (timer) surroundings.arm(execution, frame);
  if (dispatch) surroundings.dispatch(execution, frame);
}
