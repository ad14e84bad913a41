import { expect, test } from "vitest";
import { killRound } from "../../soak/kill-round.ts";

test.each([
  { victim: "agent", afterMs: 250, restart: true },
  { victim: "agent", afterMs: 250, restart: false },
  { victim: "script", afterMs: 250, restart: false },
  { victim: "both", afterMs: 250, restart: true },
] as const)(
  "after a SIGKILL of $victim (restarted: $restart) the task ends once, and nothing survives",
  async (round) => {
    const { outcome, endings, survivors } = await killRound(round);
    expect({ endings, survivors }).toEqual({ endings: 1, survivors: 0 });
    expect(["SUCCEEDED", "Muster.WorkerInterrupted", "Muster.ScriptKilled", "States.Timeout"]).toContain(outcome);
  },
);
