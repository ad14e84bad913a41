import type { Json } from "../language/json.ts";
import type { State, StateGraph } from "../language/state.ts";
import type { Failure } from "../language/state-error.ts";
import type { TaskAttempt } from "./history.ts";
import type { MapRun } from "./map-run.ts";

/** Of what is not due. */
export const NEVER = Number.POSITIVE_INFINITY;

/** Where a frame stands, and so what can happen to it next. */
export const Phase = {
  /** Its next state is to be entered. */
  Enter: 0,
  /** Its state has been entered, or is to be tried again. */
  Run: 1,
  /** Its task was scheduled: an activity's waits for a worker, a function's is about to be called. */
  Scheduled: 2,
  /** A worker or a function has its task. */
  Started: 3,
  /** Its Wait state's timer runs. */
  Waiting: 4,
  /** Its state has a result that is still to be put into its output. */
  Succeeded: 5,
  /** Its state failed; what follows is still to be decided. */
  Failed: 6,
  /** It waits before it tries its state again. */
  Backoff: 7,
  /** Its branches or iterations are under way. */
  Forked: 8,
  /** Its graph has ended; `input` is the output. */
  Ended: 9,
  /** It was aborted or failed; nothing happens to it any more. */
  Closed: 10,
} as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

/** One line of states being executed: the machine's own, a Parallel's branch, a Map's iteration. Plain data: records rebuild it. */
export interface Frame {
  readonly id: number;
  readonly parent: Frame | undefined;
  /** Of the branch or iteration in its parent; 0 for the machine's own. */
  readonly index: number;
  readonly graph: StateGraph;
  /** `$$.Map.Item`, of the iteration that the frame is in. */
  readonly item: { readonly index: number; readonly value: Json } | undefined;
  phase: Phase;
  /** Name of the state to enter. */
  next: string;
  state: State | undefined;
  /** The raw input of the state, or of the next one, or, at the end, the output. */
  input: Json;
  variables: Readonly<Record<string, Json>> | undefined;
  enteredAtMs: number;
  enteredId: number;
  /** The event that the next one of this line follows. */
  chain: number;
  result: Json | undefined;
  failure: Failure | undefined;
  /** How often each retrier of the state was used. */
  attempts: number[] | undefined;
  /** Event id of the task's schedule: names the attempt, in tokens too. */
  scheduledId: number;
  task: TaskAttempt | undefined;
  /** What the task was called with. */
  payload: Json;
  /** The function of a `.waitForTaskToken` task has been called. */
  submitted: boolean;
  /** When the wait, the back-off or the task's time is over. */
  dueMs: number;
  heartbeatDueMs: number;
  fork: Fork | undefined;
  /** What a redrive goes on with: the branches or iterations of a state that failed for good. */
  failedFork: Fork | undefined;
  /** Of a distributed Map, whose iterations are executions of their own. */
  mapRun: MapRun | undefined;
  /** Of a Map: it has been recorded as failed or aborted. */
  iterationClosed: boolean;
  /** Stop what runs for the frame outside; they are no part of its state. */
  cancelTimer: (() => void) | undefined;
  abortCall: (() => void) | undefined;
}

/** The branches of a Parallel or the iterations of a Map. */
export interface Fork {
  /** A Map's items; undefined for a Parallel. */
  readonly items: readonly Json[] | undefined;
  readonly results: Json[];
  readonly limit: number;
  /** Those that have not ended, in the order of their index. */
  readonly children: Map<number, Frame>;
  started: number;
  ended: number;
  /** The last events of iterations whose places are free: the next ones to start follow them. */
  readonly vacated: number[];
  failed: Frame | undefined;
}

export interface NewFrame {
  readonly id: number;
  readonly parent: Frame | undefined;
  readonly index: number;
  readonly graph: StateGraph;
  readonly item: Frame["item"];
  readonly input: Json;
  readonly chain: number;
}

export function createFrame({ id, parent, index, graph, item, input, chain }: NewFrame): Frame {
  return {
    id,
    parent,
    index,
    graph,
    item,
    phase: Phase.Enter,
    next: graph.startAt,
    state: undefined,
    input,
    variables: parent?.variables,
    enteredAtMs: 0,
    enteredId: 0,
    chain,
    result: undefined,
    failure: undefined,
    attempts: undefined,
    scheduledId: 0,
    task: undefined,
    payload: null,
    submitted: false,
    dueMs: NEVER,
    heartbeatDueMs: NEVER,
    fork: undefined,
    failedFork: undefined,
    mapRun: undefined,
    iterationClosed: false,
    cancelTimer: undefined,
    abortCall: undefined,
  };
}

/** Stops the timer and the call of a frame that no longer waits for them. */
export function release(frame: Frame): void {
  frame.cancelTimer?.();
  frame.cancelTimer = undefined;
  frame.abortCall?.();
  frame.abortCall = undefined;
}
