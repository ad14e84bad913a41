import type { SFNClient } from "@aws-sdk/client-sfn";
import { type Clock, sleep } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { WorkerStop } from "../worker-stop.ts";
import type { Outcome } from "./outcome.ts";
import { type ReportAnswer, report } from "./report.ts";

export interface OutcomeToReport {
  readonly token: string;
  readonly outcome: Outcome;
  /** When the token dies. */
  readonly untilMs: number;
}

export interface ReportOutcomeOptions {
  readonly sfn: SFNClient;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly stop: WorkerStop;
}

/** Tells how a task ended, unless it is over already; a worker that must stop gives that up when its last words are due. */
export async function reportOutcome(
  { sfn, clock, diagnostics, stop }: ReportOutcomeOptions,
  { token, outcome, untilMs }: OutcomeToReport,
): Promise<ReportAnswer> {
  if (outcome.kind === "cancelled") {
    diagnostics.info("the task is over for Step Functions", { why: outcome.why });
    return "moot";
  }
  const giveUp = new AbortController();
  const hurry = () => void sleep(clock, stop.lastWordsMs, giveUp.signal).then(() => giveUp.abort());
  if (stop.signal.aborted) hurry();
  else stop.signal.addEventListener("abort", hurry, { once: true });
  try {
    const options = { sfn, token, clock, diagnostics, untilMs, signal: giveUp.signal };
    const answer = await report(outcome, options);
    diagnostics.info("task reported", { outcome: outcome.kind, answer });
    return answer;
  } finally {
    stop.signal.removeEventListener("abort", hurry);
    giveUp.abort();
  }
}
