import { SendTaskFailureCommand, SendTaskSuccessCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { taskIsOver } from "@muster/records";
import { backOff, type Clock, sleep } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import { causeText, type Outcome } from "./outcome.ts";

export interface ReportOptions {
  readonly sfn: SFNClient;
  readonly token: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** When the token dies: there is no sense in telling after that. */
  readonly untilMs: number;
  /** Ends the tries. */
  readonly signal?: AbortSignal;
}

export type ReportAnswer = "reported" | "moot" | "unreported";

/**
 * Tells Step Functions how a task ended, again and again for as long as the token can live.
 * `moot`: the task was over already, which is also what a retry finds when only the answer was lost.
 */
export async function report(
  outcome: Exclude<Outcome, { kind: "cancelled" }>,
  { sfn, token: taskToken, clock, diagnostics, untilMs, signal }: ReportOptions,
): Promise<ReportAnswer> {
  const options = signal === undefined ? {} : { abortSignal: signal };
  for (let tries = 1; ; tries++) {
    try {
      if (outcome.kind === "success") {
        await sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(outcome.output) }), options);
      } else {
        const { error, cause } = outcome;
        await sfn.send(new SendTaskFailureCommand({ taskToken, error, cause: causeText(cause) }), options);
      }
      return "reported";
    } catch (error) {
      if (taskIsOver(error)) return "moot";
      diagnostics.warn("a report failed", { tries, error });
      if (signal?.aborted || clock.now() >= untilMs) return "unreported";
      await sleep(clock, backOff(tries, { firstMs: 500, mostMs: 30_000 }), signal);
    }
  }
}
