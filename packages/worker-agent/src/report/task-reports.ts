import { type HeartbeatOptions, startHeartbeat } from "./heartbeat.ts";
import type { ReportAnswer } from "./report.ts";
import { type OutcomeToReport, type ReportOutcomeOptions, reportOutcome } from "./report-outcome.ts";

/** What Step Functions is told of a task, by its token. */
export interface TaskReports {
  startHeartbeat(heartbeat: Omit<HeartbeatOptions, "sfn" | "clock" | "diagnostics">): { stop(): void };
  /** How the task ended. */
  report(outcome: OutcomeToReport): Promise<ReportAnswer>;
}

export function taskReports(options: ReportOutcomeOptions): TaskReports {
  const { sfn, clock, diagnostics } = options;
  return {
    startHeartbeat: (heartbeat) => startHeartbeat({ ...heartbeat, sfn, clock, diagnostics }),
    report: (outcome) => reportOutcome(options, outcome),
  };
}
