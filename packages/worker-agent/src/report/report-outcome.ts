import type { Worker } from "../agent/worker.ts";
import { sleep } from "../clock.ts";
import type { Outcome } from "./outcome.ts";
import { type ReportAnswer, report } from "./report.ts";

export interface OutcomeToReport {
  readonly token: string;
  readonly outcome: Outcome;
  /** When the token dies. */
  readonly untilMs: number;
}

/** Tells how a task ended, unless it is over already; a worker that must stop gives that up when its last words are due. */
export async function reportOutcome(
  { diagnostics, clock, clients, stop, lastWordsMs }: Worker,
  { token, outcome, untilMs }: OutcomeToReport,
): Promise<ReportAnswer> {
  if (outcome.kind === "cancelled") {
    diagnostics.info("the task is over for Step Functions", { why: outcome.why });
    return "moot";
  }
  const giveUp = new AbortController();
  const hurry = () => void sleep(clock, lastWordsMs, giveUp.signal).then(() => giveUp.abort());
  if (stop.aborted) hurry();
  else stop.addEventListener("abort", hurry, { once: true });
  try {
    const options = { sfn: clients.sfn, token, clock, diagnostics, untilMs, signal: giveUp.signal };
    const answer = await report(outcome, options);
    diagnostics.info("task reported", { outcome: outcome.kind, answer });
    return answer;
  } finally {
    stop.removeEventListener("abort", hurry);
    giveUp.abort();
  }
}
