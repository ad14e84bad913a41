import { logMarker } from "@muster/pipeline";
import { type Clock, within } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { LogStream } from "../log/log-stream.ts";
import { attemptLog } from "../report/attempt-log.ts";
import type { AttemptRecords } from "../report/attempt-records.ts";
import type { Outcome } from "../report/outcome.ts";
import type { ReportAnswer } from "../report/report.ts";
import type { TaskReports } from "../report/task-reports.ts";
import type { WorkerStop } from "../worker-stop.ts";
import type { Execution, TaskToExecute } from "./execute-task.ts";
import { markerPlace } from "./marker-place.ts";

/** What takes a task to its report. */
export interface PerformingParts {
  readonly execute: (task: TaskToExecute) => Promise<Execution>;
  readonly reports: TaskReports;
  readonly records: AttemptRecords;
  readonly log: LogStream;
  readonly instanceId: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly stop: WorkerStop;
}

export type TaskToPerform = Omit<TaskToExecute, "targets">;

export interface Performance {
  readonly execution: Execution;
  readonly answer: ReportAnswer;
}

/** Of the time before a step's timeout this much stays for the report. */
export const REPORT_MS = 15_000;
const LONGEST_FLUSH_MS = 60_000;

/** Executes a task and reports how it ended. Log and record are in place before Step Functions goes on; but no longer than the report can wait. */
export async function performTask(parts: PerformingParts, toPerform: TaskToPerform): Promise<Performance> {
  const { reports, records, log, instanceId, clock, diagnostics, stop } = parts;
  const { task, claimed, files } = toPerform;
  const ownLog = attemptLog(files.log, diagnostics);
  const targets = [log, ownLog];
  const place = markerPlace(task, claimed.claimedAtMs);
  const mark = (line: string) => {
    for (const target of targets) target.write([line]);
  };
  mark(logMarker({ kind: "start", ...place, details: `on ${instanceId}` }));
  const execution = await parts.execute({ ...toPerform, targets });
  const { outcome } = execution;
  mark(logMarker({ kind: "end", ...place, details: describeOutcome(outcome) }));

  const timeoutMs = claimed.claimedAtMs + task.timeoutSeconds * 1000;
  const mostMs = stop.signal.aborted ? stop.lastWordsMs / 2 : LONGEST_FLUSH_MS;
  const flushMs = Math.max(0, Math.min(mostMs, timeoutMs - REPORT_MS - clock.now()));
  const kept = records.keep(toPerform, { execution, log: ownLog });
  await Promise.all([log.flush(flushMs), within(clock, flushMs, { work: kept, otherwise: undefined })]);
  const answer = await reports.report({ token: claimed.token, outcome, untilMs: timeoutMs });
  return { execution, answer };
}

function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case "success":
      return `succeeded after ${outcome.output.time_sec} s`;
    case "failure": {
      const { exit, message, time_sec } = outcome.cause;
      const details = [outcome.error, exit === undefined ? undefined : `exit ${exit}`, message, `after ${time_sec} s`];
      return details.filter((part) => part !== undefined).join(", ");
    }
    case "cancelled":
      return `cancelled: ${outcome.why}`;
  }
}
