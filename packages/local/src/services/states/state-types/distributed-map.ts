import { emit } from "../interpreter/emit.ts";
import { EventCode } from "../interpreter/event-codes.ts";
import type { Execution, ExecutionStatus } from "../interpreter/execution.ts";
import { checkSize, exitWithResult } from "../interpreter/finish-state.ts";
import type { Frame } from "../interpreter/frame.ts";
import { itemsOf } from "../interpreter/map-items.ts";
import {
  childArnOf,
  childNameOf,
  hasFailed,
  limitOf,
  type MapRun,
  mapRunArnOf,
  type NewChild,
  openRunOf,
  type S3Place,
  uuidOf,
} from "../interpreter/map-run.ts";
import { effectiveInput, scopeOf } from "../interpreter/scope.ts";
import { isArray, isObject, type Json, member } from "../language/json.ts";
import { parseJson } from "../language/json-text.ts";
import type { DistributedMap, MapState } from "../language/state.ts";
import { RuntimeError, StateError } from "../language/state-error.ts";

export type DistributedState = MapState & { readonly distributed: DistributedMap };

export const isDistributed = (state: Frame["state"]): state is DistributedState =>
  state?.type === "Map" && state.distributed !== undefined;

export function runDistributedMap(execution: Execution, frame: Frame, state: DistributedState): void {
  // Evaluated for its errors: applying the record evaluates it again, also after a restart.
  itemsOf(execution, frame, state);
  emit(execution, { frame, code: EventCode.MapStateStarted });
}

/** Goes on where the state's Map Run stands: a step may be asked for again, after a restart for instance. */
export function goOnWithMapRun(execution: Execution, frame: Frame, state: DistributedState): void {
  if (frame.mapRun === undefined) openRun(execution, frame, state);
  if (frame.mapRun?.status === "SUCCEEDED") leave(execution, frame);
  const run = openRunOf(frame);
  if (run === undefined || frame.abortCall !== undefined) return;
  if (run.items === undefined) {
    execution.surroundings.readItems(execution, frame, itemsPlace(execution, frame, state));
    return;
  }
  if (!hasFailed(run)) startChildren(execution, frame, { state, run, items: run.items });
  if (hasFailed(run)) abortChildren(execution, frame, run);
  else if (run.running.size > 0 || run.started < run.total) return;
  const prefix = resultsPrefix(execution, frame, state);
  if (prefix !== undefined) execution.surroundings.writeResults(execution, frame, prefix);
  else if (hasFailed(run)) throw thresholdExceeded();
  else succeed(execution, frame, { result: outputsOf(execution, run), written: 0 });
}

/** The object with the items has been read. */
export function takeItems(execution: Execution, frame: Frame, text: string): void {
  const { state } = frame;
  if (!isDistributed(state) || openRunOf(frame)?.items !== undefined) return;
  const items = parseItems(text);
  if (!isArray(items)) throw readerFailed("Attempting to map over non-iterable node.");
  const { mostItems = items.length } = state.distributed.reader ?? {};
  emit(execution, { frame, code: EventCode.MapRunItems, value: items.slice(0, mostItems) });
  execution.surroundings.ready(execution, frame);
}

export const readerFailed = (cause: string): StateError => new StateError({ error: "States.ItemReaderFailed", cause });

export const writerFailed = (cause: string): StateError =>
  new StateError({ error: "States.ResultWriterFailed", cause });

/** The results lie in S3; of a run that failed too. */
export function endWritten(
  execution: Execution,
  frame: Frame,
  { manifest, written }: { readonly manifest: S3Place; readonly written: number },
): void {
  const run = openRunOf(frame);
  if (run === undefined) return;
  if (hasFailed(run)) throw thresholdExceeded();
  const { Bucket, Key } = manifest;
  succeed(execution, frame, { result: { MapRunArn: run.arn, ResultWriterDetails: { Bucket, Key } }, written });
}

/** An item's execution has ended: by itself, or stopped by somebody. */
export function endChildExecution(
  execution: Execution,
  frame: Frame,
  { index, status }: { readonly index: number; readonly status: ExecutionStatus },
): void {
  if (!openRunOf(frame)?.running.has(index)) return;
  emit(execution, { frame, code: EventCode.ChildEnded, extra: { index, status } });
  execution.surroundings.ready(execution, frame);
}

function openRun(execution: Execution, frame: Frame, { distributed }: DistributedState): void {
  const random = execution.surroundings.random(execution, execution.history.length + 1);
  const mapRunArn = mapRunArnOf(execution, distributed.label, uuidOf(random));
  emit(execution, { frame, code: EventCode.MapRunStarted, extra: { mapRunArn } });
  execution.surroundings.mapRunStarted(execution, mapRunArn);
}

interface Starting {
  readonly state: DistributedState;
  readonly run: MapRun;
  readonly items: readonly Json[];
}

/** After a restart: what was recorded as started may not have come about, or have ended meanwhile. */
export function resumeMapRun(execution: Execution, frame: Frame): void {
  const { state } = frame;
  const run = openRunOf(frame);
  if (!isDistributed(state) || run?.items === undefined) return;
  for (const index of [...run.running]) {
    execution.surroundings.startChild(execution, childAt(execution, frame, { state, run, items: run.items, index }));
  }
}

function startChildren(execution: Execution, frame: Frame, { state, run, items }: Starting): void {
  while (run.started < items.length && run.running.size < limitOf(run)) {
    const index = run.started;
    const child = childAt(execution, frame, { state, run, items, index });
    emit(execution, { frame, code: EventCode.ChildStarted });
    execution.surroundings.startChild(execution, child);
  }
}

/** What runs an item. It follows from the Map's input and the items alone. */
function childAt(
  execution: Execution,
  frame: Frame,
  { state, run, items, index }: Starting & { readonly index: number },
): NewChild {
  const item = { index, value: items[index] ?? null };
  const { itemSelector, distributed, name } = state;
  const input =
    itemSelector === undefined
      ? item.value
      : itemSelector(scopeOf(execution, frame, effectiveInput(execution, frame), { item }));
  checkSize(name, input);
  return {
    executionArn: execution.arn,
    frameId: frame.id,
    mapRunArn: run.arn,
    label: distributed.label,
    mapState: name,
    index,
    name: childNameOf(run.arn, index),
    input,
    state,
  };
}

function abortChildren(execution: Execution, frame: Frame, run: MapRun): void {
  for (const index of [...run.running]) {
    execution.surroundings.abortChild(childArnOf(run.arn, childNameOf(run.arn, index)));
    if (run.running.has(index)) {
      emit(execution, { frame, code: EventCode.ChildEnded, extra: { index, status: "ABORTED" } });
    }
  }
}

function outputsOf(execution: Execution, run: MapRun): Json {
  const { surroundings } = execution;
  return Array.from({ length: run.total }, (_, index): Json => {
    const child = surroundings.findExecution(childArnOf(run.arn, childNameOf(run.arn, index)));
    if (child?.output !== undefined) return child.output;
    return { Error: child?.failure?.error ?? "", Cause: child?.failure?.cause ?? "" };
  });
}

function succeed(execution: Execution, frame: Frame, { result, written }: { result: Json; written: number }): void {
  checkSize(frame.state?.name ?? "", result);
  emit(execution, { frame, code: EventCode.MapRunSucceeded, value: result, extra: { resultsWritten: written } });
  leave(execution, frame);
}

/** Its Map Run has succeeded: the state has, too. */
function leave(execution: Execution, frame: Frame): void {
  emit(execution, { frame, code: EventCode.MapStateSucceeded });
  exitWithResult(execution, frame, frame.result ?? null);
}

function itemsPlace(execution: Execution, frame: Frame, { distributed }: DistributedState): S3Place {
  const place = distributed.reader?.object(scopeOf(execution, frame, effectiveInput(execution, frame))) ?? null;
  return { Bucket: textOf(place, "Bucket"), Key: textOf(place, "Key") };
}

function resultsPrefix(execution: Execution, frame: Frame, { distributed }: DistributedState): S3Place | undefined {
  if (distributed.writer === undefined) return undefined;
  const place = distributed.writer(scopeOf(execution, frame, effectiveInput(execution, frame)));
  return { Bucket: textOf(place, "Bucket"), Key: textOf(place, "Prefix") };
}

function textOf(place: Json, name: string): string {
  const value = isObject(place) ? member(place, name) : undefined;
  if (typeof value === "string") return value;
  throw new RuntimeError(`The ${name} parameter does not reference a string`);
}

function parseItems(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    throw readerFailed("Attempting to parse the object as JSON failed.");
  }
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html#maprun-fail-threshold */
const thresholdExceeded = (): StateError =>
  new StateError({
    error: "States.ExceedToleratedFailureThreshold",
    cause: "The specified tolerated failure threshold was exceeded",
  });
