import { parseArgs } from "node:util";
import { killRound, type Victim } from "./kill-round.ts";

/** `pnpm --filter worker-agent kill-test [--rounds 100]`: kills agents and scripts at random moments. */
const { values } = parseArgs({ options: { rounds: { type: "string", default: "100" } } });
const victims: readonly Victim[] = ["agent", "script", "both"];
/** A little longer than the script, so that its end is hit too. */
const LONGEST_MS = 1000;

const outcomes = new Map<string, number>();
let failed = 0;
for (let round = 1; round <= Number(values.rounds); round++) {
  const chosen = {
    victim: victims[round % victims.length] as Victim,
    afterMs: Math.round(Math.random() * LONGEST_MS),
    restart: Math.random() < 0.5,
  };
  const { outcome, endings, survivors } = await killRound(chosen);
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  if (endings !== 1 || survivors > 0) {
    failed++;
    console.log(`round ${round}: ${JSON.stringify({ ...chosen, outcome, endings, survivors })}`);
  }
}
for (const [outcome, count] of outcomes) console.log(`${String(count).padStart(5)} ${outcome}`);
console.log(`${values.rounds} rounds, ${failed} with more or less than one outcome, or with something that survived`);
process.exitCode = failed === 0 ? 0 : 1;
