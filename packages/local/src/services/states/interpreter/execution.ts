import type { Json } from "../language/json.ts";
import { parseJson } from "../language/json-text.ts";
import type { StateMachineDefinition } from "../language/state.ts";
import type { Failure } from "../language/state-error.ts";
import type { EventCode } from "./event-codes.ts";
import { createFrame, type Frame } from "./frame.ts";
import { createHistory, type History } from "./history.ts";
import type { ChildOf, MapRun, NewChild, S3Place } from "./map-run.ts";

export type ExecutionStatus = "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";

/** What an execution is started with. */
export interface ExecutionStart {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly roleArn: string;
  readonly definitionHash: string;
  readonly definition: StateMachineDefinition;
  /** As the caller wrote it. */
  readonly inputText: string;
  readonly startedAtMs: number;
  /** Of one that runs an item of a distributed Map. */
  readonly child?: ChildOf;
}

/** An execution's whole state: what folding its records, and nothing else, makes of it. */
export interface Execution extends ExecutionStart {
  readonly input: Json;
  readonly surroundings: Surroundings;
  readonly history: History;
  readonly frames: Map<number, Frame>;
  nextFrameId: number;
  status: ExecutionStatus;
  stoppedAtMs: number | undefined;
  redriveCount: number;
  redrivenAtMs: number | undefined;
  output: Json | undefined;
  failure: Failure | undefined;
  /** Of its distributed Maps, in their order. */
  readonly mapRuns: MapRun[];
  /** Of the execution's own timeout. */
  cancelTimer: (() => void) | undefined;
}

/** One step of an execution, as it is journalled. */
export interface ExecutionRecord {
  readonly frame: Frame;
  readonly code: EventCode;
  readonly previousEventId: number;
  readonly timestampMs: number;
  readonly value: Json | undefined;
  readonly extra: RecordExtra | undefined;
}

/** What a record says beyond its event. */
export interface RecordExtra {
  /** The state that is entered, or the one that a choice or a catcher leads to. */
  readonly state?: string;
  readonly assigned?: Readonly<Record<string, Json>>;
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
  readonly dueMs?: number;
  readonly retrier?: number;
  readonly failure?: Failure;
  readonly workerName?: string;
  readonly status?: ExecutionStatus;
  readonly mapRunArn?: string;
  /** Of an item. */
  readonly index?: number;
  readonly resultsWritten?: number;
}

/** What the interpreter needs from outside. It calls these; it never waits for them. */
export interface Surroundings {
  readonly timeScale: number;
  readonly historyLimit: number;
  now(): number;
  /** Writes a record down, before it is applied. */
  record(execution: Execution, record: ExecutionRecord): void;
  /** Asks for a later step of the frame, after those that were asked for before. */
  ready(execution: Execution, frame: Frame): void;
  /** Sets the frame's timer for its `dueMs` and `heartbeatDueMs`. */
  arm(execution: Execution, frame: Frame): void;
  /** Calls the frame's function or offers its task to workers, once everything recorded is written. */
  dispatch(execution: Execution, frame: Frame): void;
  ended(execution: Execution): void;
  mapRunStarted(execution: Execution, mapRunArn: string): void;
  /** Reads the items of a frame's Map Run, once everything recorded is written. */
  readItems(execution: Execution, frame: Frame, place: S3Place): void;
  /** Writes the results of a frame's Map Run under a prefix, the same. */
  writeResults(execution: Execution, frame: Frame, prefix: S3Place): void;
  /** Starts an item's execution; one that is there already is told of again if it has ended. */
  startChild(execution: Execution, child: NewChild): void;
  abortChild(executionArn: string): void;
  findExecution(executionArn: string): Execution | undefined;
  activityExists(activityArn: string): boolean;
  /** The token of the task that was or will be scheduled by this event. */
  taskToken(execution: Execution, frame: Frame, scheduledId: number): string;
  /** Numbers in [0, 1) that depend on the execution and the event alone. */
  random(execution: Execution, eventId: number): () => number;
}

export function createExecution(start: ExecutionStart, surroundings: Surroundings): Execution {
  return {
    ...start,
    input: parseJson(start.inputText),
    surroundings,
    history: createHistory(),
    frames: new Map(),
    nextFrameId: 0,
    status: "RUNNING",
    stoppedAtMs: undefined,
    redriveCount: 0,
    redrivenAtMs: undefined,
    output: undefined,
    failure: undefined,
    mapRuns: [],
    cancelTimer: undefined,
  };
}

/** The machine's own frame: every execution has it from its first record until it ends. */
export function openRoot(execution: Execution): Frame {
  const root = createFrame({
    id: execution.nextFrameId++,
    parent: undefined,
    index: 0,
    graph: execution.definition,
    item: undefined,
    input: execution.input,
    chain: 0,
  });
  execution.frames.set(root.id, root);
  return root;
}
