import { SendTaskHeartbeatCommand, type SFNClient } from "@aws-sdk/client-sfn";
import { taskIsOver } from "@muster/records";
import { type Clock, sleep, within } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";

export interface HeartbeatOptions {
  readonly sfn: SFNClient;
  readonly token: string;
  /** The state's HeartbeatSeconds. */
  readonly heartbeatSeconds: number;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** The task is over for Step Functions: timed out, or its execution was stopped. Called once. */
  readonly onOver: (error: string) => void;
}

/** A call that hangs must not cost the next one. */
const CALL_MS = 10_000;
const RETRY_MS = 3000;

/** Heartbeats at a third of the interval, and sooner after one that failed, until stopped. */
export function startHeartbeat(options: HeartbeatOptions): { stop(): void } {
  const { sfn, token, heartbeatSeconds, clock, diagnostics, onOver } = options;
  const stopped = new AbortController();
  const everyMs = (heartbeatSeconds * 1000) / 3;

  const beat = async (): Promise<"beaten" | "over" | "failed"> => {
    const call = new AbortController();
    try {
      const work = sfn.send(new SendTaskHeartbeatCommand({ taskToken: token }), { abortSignal: call.signal });
      const answer = await within(clock, Math.min(CALL_MS, everyMs), { work, otherwise: undefined });
      if (answer === undefined) diagnostics.warn("a heartbeat got no answer");
      return answer === undefined ? "failed" : "beaten";
    } catch (error) {
      if (stopped.signal.aborted) return "beaten";
      if (!taskIsOver(error)) {
        diagnostics.warn("a heartbeat failed", { error });
        return "failed";
      }
      onOver(error instanceof Error ? error.name : "over");
      return "over";
    } finally {
      call.abort();
    }
  };
  const loop = async () => {
    for (let waitMs = everyMs; ; ) {
      await sleep(clock, waitMs, stopped.signal);
      if (stopped.signal.aborted) return;
      const outcome = await beat();
      if (outcome === "over") return;
      waitMs = outcome === "beaten" ? everyMs : Math.min(RETRY_MS, everyMs);
    }
  };
  void loop();
  return { stop: () => stopped.abort() };
}
