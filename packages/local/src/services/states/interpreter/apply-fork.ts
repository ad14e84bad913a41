import type { Json } from "../language/json.ts";
import type { MapState, StateGraph } from "../language/state.ts";
import type { Failure } from "../language/state-error.ts";
import type { Execution, ExecutionRecord } from "./execution.ts";
import { createFrame, type Frame, Phase } from "./frame.ts";
import { itemsOf } from "./map-items.ts";

/** An inline Map runs this many iterations at once, whatever its MaxConcurrency. */
const MOST_CONCURRENT_ITERATIONS = 40;
/** A Parallel opens all its branches at once. */
export function forkParallel(execution: Execution, frame: Frame, input: Json): void {
  const state = frame.state;
  if (state?.type !== "Parallel") return;
  fork(frame, undefined, state.branches.length);
  state.branches.forEach((graph, index) => {
    openChild(execution, { parent: frame, index, graph, item: frame.item, input, chain: frame.chain });
  });
}

/** A Map opens none: each of its iterations has a record. Answers how many items it has. */
export function forkMap(execution: Execution, frame: Frame): number {
  const state = frame.state as MapState;
  const { items, concurrency } = itemsOf(execution, frame, state);
  fork(frame, items, Math.min(concurrency || MOST_CONCURRENT_ITERATIONS, MOST_CONCURRENT_ITERATIONS));
  return items.length;
}

function fork(frame: Frame, items: readonly Json[] | undefined, limit: number): void {
  frame.phase = Phase.Forked;
  frame.failure = undefined;
  frame.fork = {
    items,
    results: [],
    limit,
    children: new Map(),
    started: 0,
    ended: 0,
    vacated: [],
    failed: undefined,
  };
}

function openChild(
  execution: Execution,
  child: { parent: Frame; index: number; graph: StateGraph; item: Frame["item"]; input: Json; chain: number },
): void {
  const frame = createFrame({ id: execution.nextFrameId++, ...child });
  execution.frames.set(frame.id, frame);
  child.parent.fork?.children.set(child.index, frame);
}

export function startIteration(execution: Execution, id: number, { frame, value }: ExecutionRecord): void {
  const fork = frame.fork;
  const state = frame.state;
  if (fork === undefined || state?.type !== "Map") return;
  const index = fork.started++;
  fork.vacated.shift();
  const item = { index, value: fork.items?.[index] ?? null };
  openChild(execution, { parent: frame, index, graph: state.processor, item, input: value ?? null, chain: id });
}

export function endIteration(execution: Execution, id: number, frame: Frame): void {
  const parent = frame.parent;
  if (parent?.fork === undefined) return;
  parent.fork.vacated.push(frame.chain);
  endChild(execution, parent, frame);
  if (parent.fork.ended === parent.fork.items?.length) parent.chain = id;
}

/** A branch or an iteration has ended: its output is one of the results. */
export function endChild(execution: Execution, parent: Frame, child: Frame): void {
  if (parent.fork === undefined) return;
  parent.fork.results[child.index] = child.input;
  parent.fork.ended++;
  parent.fork.children.delete(child.index);
  execution.frames.delete(child.id);
}

/** Forgets the frames below: they have failed or been aborted. */
export function dropFork(execution: Execution, frame: Frame): void {
  for (const child of frame.fork?.children.values() ?? []) {
    dropFork(execution, child);
    execution.frames.delete(child.id);
  }
  frame.fork = undefined;
}

/** The state has failed for good: nothing happens below it any more, unless the execution is redriven. */
export function setForkAside(execution: Execution, frame: Frame): void {
  for (const child of frame.fork?.children.values() ?? []) forget(execution, child);
  frame.failedFork = frame.fork;
  frame.fork = undefined;
}

function forget(execution: Execution, frame: Frame): void {
  execution.frames.delete(frame.id);
  for (const child of frame.fork?.children.values() ?? []) forget(execution, child);
}

/**
 * A redrive tries the states again that had not been left, with fresh retries, and of a Parallel or a Map only the branches and iterations that
 * failed, were aborted or had not begun.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 */
export function revive(execution: Execution, frame: Frame, { id, atMs }: { id: number; atMs: number }): void {
  execution.frames.set(frame.id, frame);
  frame.fork ??= frame.failedFork;
  frame.mapRun = undefined;
  frame.failedFork = undefined;
  frame.failure = undefined;
  frame.attempts = undefined;
  frame.iterationClosed = false;
  frame.chain = id;
  if (frame.phase === Phase.Enter || frame.phase === Phase.Ended || frame.state === undefined) return;
  // A wait begins anew.
  if (frame.state.type === "Wait") frame.enteredAtMs = atMs;
  frame.phase = frame.fork === undefined ? Phase.Run : Phase.Forked;
  if (frame.fork === undefined) return;
  frame.fork.failed = undefined;
  for (const child of frame.fork.children.values()) revive(execution, child, { id, atMs });
}

/** A branch or an iteration failed, and with it the state around it. */
export function failParent(frame: Frame, failure: Failure | undefined): void {
  const parent = frame.parent;
  if (parent?.fork === undefined) return;
  parent.fork.failed = frame;
  parent.phase = Phase.Failed;
  parent.failure = failure;
  parent.chain = frame.chain;
}
