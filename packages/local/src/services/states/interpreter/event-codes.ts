/**
 * What can be recorded about an execution. Below 100 these are the events of AWS's history; the rest is what a
 * restart must know besides. Journals hold the numbers: add to the ends, never reorder.
 */
export const EventCode = {
  ExecutionStarted: 0,
  PassStateEntered: 1,
  PassStateExited: 2,
  TaskStateEntered: 3,
  TaskStateExited: 4,
  TaskStateAborted: 5,
  ChoiceStateEntered: 6,
  ChoiceStateExited: 7,
  WaitStateEntered: 8,
  WaitStateExited: 9,
  WaitStateAborted: 10,
  SucceedStateEntered: 11,
  SucceedStateExited: 12,
  FailStateEntered: 13,
  ParallelStateEntered: 14,
  ParallelStateExited: 15,
  ParallelStateAborted: 16,
  ParallelStateStarted: 17,
  ParallelStateSucceeded: 18,
  ParallelStateFailed: 19,
  MapStateEntered: 20,
  MapStateExited: 21,
  MapStateAborted: 22,
  MapStateStarted: 23,
  MapStateSucceeded: 24,
  MapStateFailed: 25,
  MapIterationStarted: 26,
  MapIterationSucceeded: 27,
  MapIterationFailed: 28,
  MapIterationAborted: 29,
  LambdaFunctionScheduled: 30,
  LambdaFunctionStarted: 31,
  LambdaFunctionSucceeded: 32,
  LambdaFunctionFailed: 33,
  LambdaFunctionTimedOut: 34,
  TaskScheduled: 35,
  TaskStarted: 36,
  TaskSubmitted: 37,
  TaskSucceeded: 38,
  TaskFailed: 39,
  TaskTimedOut: 40,
  ActivityScheduled: 41,
  ActivityStarted: 42,
  ActivitySucceeded: 43,
  ActivityFailed: 44,
  ActivityTimedOut: 45,
  ExecutionSucceeded: 46,
  ExecutionFailed: 47,
  ExecutionAborted: 48,
  ExecutionTimedOut: 49,
  ExecutionRedriven: 50,
  MapRunStarted: 51,
  MapRunSucceeded: 52,
  MapRunFailed: 53,
  MapRunAborted: 54,
  /** A Wait state's timer was set. */
  WaitUntil: 100,
  /** A failed attempt will be retried at a given time. */
  RetryAt: 101,
  /** A branch or an iteration failed, and with it the state around it. */
  BranchFailed: 102,
  /** A worker said that it is still at work. */
  Heartbeat: 103,
  /** The items of a Map Run were read. */
  MapRunItems: 104,
  /** An item's execution is to be started. */
  ChildStarted: 105,
  /** An item's execution has ended. */
  ChildEnded: 106,
} as const;

export type EventCode = (typeof EventCode)[keyof typeof EventCode];

/** Codes from here on are not part of the history. */
export const FIRST_BOOKKEEPING_CODE = 100;

export type EventType = keyof typeof EventCode;

const NAMES: readonly (EventType | undefined)[] = (() => {
  const names: (EventType | undefined)[] = [];
  for (const [name, code] of Object.entries(EventCode)) names[code] = name as EventType;
  return names;
})();

export function eventType(code: EventCode): EventType {
  const name = NAMES[code];
  if (name === undefined) throw new RangeError(`unknown event code ${code}`);
  return name;
}

interface StateCodes {
  readonly entered: EventCode;
  readonly exited: EventCode | undefined;
  readonly aborted: EventCode | undefined;
}

/** The events of each type of state; AWS has no abort for states that take no time. */
export const STATE_CODES: Readonly<Record<string, StateCodes>> = {
  Pass: { entered: EventCode.PassStateEntered, exited: EventCode.PassStateExited, aborted: undefined },
  Task: { entered: EventCode.TaskStateEntered, exited: EventCode.TaskStateExited, aborted: EventCode.TaskStateAborted },
  Choice: { entered: EventCode.ChoiceStateEntered, exited: EventCode.ChoiceStateExited, aborted: undefined },
  Wait: { entered: EventCode.WaitStateEntered, exited: EventCode.WaitStateExited, aborted: EventCode.WaitStateAborted },
  Succeed: { entered: EventCode.SucceedStateEntered, exited: EventCode.SucceedStateExited, aborted: undefined },
  Fail: { entered: EventCode.FailStateEntered, exited: undefined, aborted: undefined },
  Parallel: {
    entered: EventCode.ParallelStateEntered,
    exited: EventCode.ParallelStateExited,
    aborted: EventCode.ParallelStateAborted,
  },
  Map: { entered: EventCode.MapStateEntered, exited: EventCode.MapStateExited, aborted: EventCode.MapStateAborted },
};
