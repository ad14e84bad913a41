import type { Clock } from "../../clock.ts";
import type { InvokeFunction } from "../../lambda-functions.ts";
import { type ActivityQueues, activityQueues, type QueuedTask } from "./activity-queues.ts";
import { createAlarms } from "./alarms.ts";
import { callFunction } from "./call-function.ts";
import { emit } from "./interpreter/emit.ts";
import { EventCode, FIRST_BOOKKEEPING_CODE } from "./interpreter/event-codes.ts";
import { type Execution, type ExecutionRecord, openRoot, type Surroundings } from "./interpreter/execution.ts";
import { type Frame, Phase, release } from "./interpreter/frame.ts";
import { attempt, endExecution, step, timeOver } from "./interpreter/step.ts";
import { seededRandom } from "./seeded-random.ts";
import { claimTask, settleTask, submitTask } from "./state-types/task.ts";
import { type TaskTokens, taskTokens } from "./task-token.ts";

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
  readonly sink: RecordSink;
  readonly timeScale: number;
  readonly historyLimit: number;
  readonly activityExists: (activityArn: string) => boolean;
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

export function createEngine(options: EngineOptions): Engine {
  const { clock, secret, invoke, sink, onEvent } = options;
  const queues = activityQueues();
  const tokens = taskTokens(secret);
  const steps: { readonly execution: Execution; readonly frame: Frame }[] = [];
  let written: (() => void)[] = [];
  let observed: { readonly execution: Execution; readonly eventId: number }[] = [];
  let running = false;
  let nowMs = 0;
  let parked = false;

  const surroundings: Surroundings = {
    timeScale: options.timeScale,
    historyLimit: options.historyLimit,
    // Everything that follows from one change happens at one instant.
    now: () => (running ? nowMs : clock.now()),
    record(execution, record) {
      sink.append(execution, record);
      if (onEvent !== undefined && record.code < FIRST_BOOKKEEPING_CODE) {
        observed.push({ execution, eventId: execution.history.length + 1 });
      }
    },
    ready(execution, frame) {
      steps.push({ execution, frame });
    },
    arm,
    dispatch(execution, frame) {
      const { scheduledId } = frame;
      written.push(() => dispatch({ execution, frame, scheduledId }));
    },
    ended(execution) {
      execution.cancelTimer?.();
      sink.ended(execution);
    },
    activityExists: options.activityExists,
    taskToken: (execution, frame, scheduledId) =>
      tokens.create({ executionArn: execution.arn, frameId: frame.id, scheduledId }),
    random: (execution, eventId) => seededRandom(`${secret}/${execution.arn}/${eventId}`),
  };

  const alarms = createAlarms<{ readonly execution: Execution; readonly frame: Frame }>(clock, (due) => {
    run(() => {
      for (const { execution, frame } of due) {
        frame.cancelTimer = undefined;
        // A heartbeat moves the time without touching the timer.
        if (clock.now() < Math.min(frame.dueMs, frame.heartbeatDueMs)) arm(execution, frame);
        else timeOver(execution, frame);
      }
    });
  });

  function arm(execution: Execution, frame: Frame): void {
    frame.cancelTimer?.();
    const atMs = Math.min(frame.dueMs, frame.heartbeatDueMs);
    frame.cancelTimer =
      parked || atMs === Number.POSITIVE_INFINITY ? undefined : alarms.set(atMs, { execution, frame });
  }

  function armExecution(execution: Execution): void {
    const { timeoutSeconds } = execution.definition;
    if (timeoutSeconds === undefined || parked) return;
    execution.cancelTimer = clock.at((execution.redrivenAtMs ?? execution.startedAtMs) + timeoutSeconds * 1000, () => {
      const failure = { error: "States.Timeout", cause: undefined };
      run(() => endExecution(execution, { code: EventCode.ExecutionTimedOut, failure }));
    });
  }

  function dispatch(task: QueuedTask): void {
    const { execution, frame, scheduledId } = task;
    const isCurrent = () => execution.status === "RUNNING" && frame.scheduledId === scheduledId;
    const resource = frame.task?.resource;
    if (!isCurrent() || resource === undefined || parked) return;
    if (resource.kind === "activity") {
      if (frame.phase === Phase.Scheduled) queues.offer(resource.arn, task);
      return;
    }
    if (frame.phase !== Phase.Started) return;
    const controller = new AbortController();
    frame.abortCall = () => controller.abort();
    void callFunction(invoke, { execution, frame, signal: controller.signal }).then((outcome) => {
      if (parked || !isCurrent() || frame.phase !== Phase.Started) return;
      frame.abortCall = undefined;
      const callback = resource.kind === "lambda:invoke" && resource.callback;
      run(() => {
        attempt(execution, frame, () => {
          if (callback && outcome.kind === "succeeded") submitTask(execution, frame, outcome.output);
          else settleTask(execution, frame, outcome);
        });
      });
    });
  }

  function run<T>(change: () => T): T {
    if (running) return change();
    running = true;
    nowMs = clock.now();
    try {
      const result = change();
      do {
        for (let index = 0; index < steps.length; index++) {
          const next = steps[index];
          if (next !== undefined) step(next.execution, next.frame);
        }
        steps.length = 0;
        sink.write();
        const callbacks = written;
        const events = observed;
        written = [];
        observed = [];
        for (const callback of callbacks) callback();
        for (const { execution, eventId } of events) onEvent?.(execution, eventId);
      } while (steps.length > 0 || written.length > 0 || observed.length > 0);
      return result;
    } finally {
      running = false;
    }
  }

  function resume(execution: Execution): void {
    run(() => {
      const root = execution.frames.get(0);
      if (root !== undefined && execution.history.length === 0) begin(execution, root);
      armExecution(execution);
      for (const frame of execution.frames.values()) {
        if (isReachable(frame)) resumeFrame(frame);
      }
      function resumeFrame(frame: Frame): void {
        // A call that is under way already was made since the execution was read back.
        if (frame.abortCall !== undefined) return;
        const activity = frame.task?.resource.kind === "activity";
        const waitsOutside = frame.phase === Phase.Started || (frame.phase === Phase.Scheduled && activity);
        if (frame.phase === Phase.Waiting || frame.phase === Phase.Backoff) arm(execution, frame);
        else if (!waitsOutside) surroundings.ready(execution, frame);
        else {
          arm(execution, frame);
          if (!frame.submitted) surroundings.dispatch(execution, frame);
        }
      }
    });
  }

  return {
    surroundings,
    queues,
    tokens,
    run,
    afterWrite(callback) {
      written.push(callback);
    },
    start(execution) {
      run(() => {
        const frame = openRoot(execution);
        begin(execution, frame);
        surroundings.ready(execution, frame);
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

/** A frame below one that failed is about to be aborted; it does nothing more. */
function isReachable(frame: Frame): boolean {
  for (let parent = frame.parent; parent !== undefined; parent = parent.parent) {
    if (parent.phase !== Phase.Forked) return false;
  }
  return frame.phase !== Phase.Closed;
}
