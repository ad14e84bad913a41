import { ErrorName, logMarker } from "@muster/pipeline";
import { type Clock, within } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { LogStream } from "../log/log-stream.ts";
import type { TaskReports } from "../report/task-reports.ts";
import { markerPlace } from "../task/marker-place.ts";
import type { Notices } from "../task/notices.ts";
import { type UnfinishedTask, UnreadableNoteError } from "../task/unfinished-task.ts";
import type { WorkerStop } from "../worker-stop.ts";
import type { FormerAgent } from "./former-agent.ts";
import type { RecoveredEnd } from "./recover-record.ts";

export interface RecoveryParts {
  readonly notices: Notices;
  readonly endScript: FormerAgent["endScript"];
  readonly reports: TaskReports;
  readonly keepRecord: (note: UnfinishedTask, end: RecoveredEnd) => Promise<void>;
  readonly log: LogStream;
  readonly instanceId: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly stop: WorkerStop;
}

const REPORT_MS = 300_000;
/** So long the report waits for the record. */
const RECORD_MS = 30_000;

/**
 * Ends what an agent that died here has left: its script's processes, and its task, which is reported as interrupted.
 * False when there was nothing. A worker that has recovered a task takes no other: why it died is not known.
 */
export async function recoverTask(parts: RecoveryParts): Promise<boolean> {
  const { notices, endScript, reports, keepRecord, log, instanceId, clock, diagnostics, stop } = parts;
  const { unfinished, claims } = notices;
  const note = await unfinished.read().catch((error: unknown) => {
    if (error instanceof UnreadableNoteError) return error;
    throw error;
  });
  if (note === undefined) return false;
  if (note instanceof UnreadableNoteError) {
    // Its claim stays: by it, repair ends the task when this machine is gone.
    diagnostics.warn("this agent was started again, and cannot tell which task it died in", { error: note });
    return true;
  }
  const { task, claimedAtMs, token } = note;
  await endScript(note.variable);
  if (note.reported) {
    diagnostics.warn("this agent was started again after it died behind a failed task", { task: task.name });
    return true;
  }
  diagnostics.warn("this agent was started again after it died in a task", { task: task.name });
  const seconds = Math.max(0, Math.round((clock.now() - claimedAtMs) / 1000));
  const cause = { ec2: instanceId, time_sec: String(seconds), message: "the worker's agent died" };
  const lastLines = [
    "muster: the worker's agent died: what was printed just before may be missing here",
    logMarker({
      kind: "end",
      ...markerPlace(task, claimedAtMs),
      details: `${ErrorName.workerInterrupted}, ${cause.message}, after ${seconds} s`,
    }),
  ];
  log.write(lastLines);
  const outcome = { kind: "failure", error: ErrorName.workerInterrupted, cause } as const;
  const kept = keepRecord(note, { outcome, lastLines });
  const recordMs = stop.signal.aborted ? stop.lastWordsMs / 2 : RECORD_MS;
  await within(clock, recordMs, { work: kept, otherwise: undefined });
  if (token !== undefined) {
    const answer = await reports.report({ token, outcome, untilMs: clock.now() + REPORT_MS });
    // Where nothing was reported, or there is no token, the claim stays: by it, repair ends the task when this machine is gone.
    if (answer !== "unreported") claims.clear();
  }
  return true;
}
