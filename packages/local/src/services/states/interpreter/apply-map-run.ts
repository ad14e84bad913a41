import { isArray } from "../language/json.ts";
import type { MapState } from "../language/state.ts";
import type { Execution, ExecutionRecord } from "./execution.ts";
import { type Frame, Phase } from "./frame.ts";
import { itemsOf } from "./map-items.ts";
import type { MapRun, MapRunStatus } from "./map-run.ts";

/** The Map's state is entered for good; answers how many items it has, as far as its input tells. */
export function openMapRun(execution: Execution, frame: Frame): number {
  const state = frame.state as MapState;
  frame.phase = Phase.Forked;
  frame.failure = undefined;
  frame.mapRun = undefined;
  return state.distributed?.reader === undefined ? itemsOf(execution, frame, state).items.length : 0;
}

export function startMapRun(execution: Execution, { frame, extra, timestampMs }: ExecutionRecord): void {
  const state = frame.state as MapState;
  const { items, concurrency } = itemsOf(execution, frame, state);
  const isRead = state.distributed?.reader === undefined;
  const run: MapRun = {
    arn: extra?.mapRunArn ?? "",
    mapState: state.name,
    startedAtMs: timestampMs,
    maxConcurrency: concurrency,
    toleratedCount: state.distributed?.toleratedCount ?? 0,
    toleratedPercentage: state.distributed?.toleratedPercentage ?? 0,
    items: isRead ? items : undefined,
    total: isRead ? items.length : 0,
    started: 0,
    running: new Set(),
    ended: { SUCCEEDED: 0, FAILED: 0, TIMED_OUT: 0, ABORTED: 0 },
    status: "RUNNING",
    stoppedAtMs: undefined,
    resultsWritten: 0,
  };
  frame.mapRun = run;
  execution.mapRuns.push(run);
}

export function takeItems({ frame, value }: ExecutionRecord): void {
  if (frame.mapRun === undefined || !isArray(value)) return;
  frame.mapRun.items = value;
  frame.mapRun.total = value.length;
}

export function startChild({ mapRun }: Frame): void {
  mapRun?.running.add(mapRun.started++);
}

export function endChildExecution({ mapRun }: Frame, extra: ExecutionRecord["extra"]): void {
  if (mapRun === undefined || extra?.index === undefined || !mapRun.running.delete(extra.index)) return;
  const status = extra.status ?? "FAILED";
  if (status !== "RUNNING") mapRun.ended[status]++;
}

export function endMapRun({ mapRun }: Frame, status: MapRunStatus, { timestampMs, extra }: ExecutionRecord): void {
  if (mapRun === undefined) return;
  mapRun.resultsWritten = extra?.resultsWritten ?? 0;
  closeRun(mapRun, status, timestampMs);
}

/** Those of its executions that had not ended are counted as aborted. */
export function closeRun(run: MapRun, status: MapRunStatus, atMs: number): void {
  if (run.status !== "RUNNING") return;
  run.status = status;
  run.stoppedAtMs = atMs;
  run.ended.ABORTED += run.running.size;
  run.running.clear();
  run.items = undefined;
}
