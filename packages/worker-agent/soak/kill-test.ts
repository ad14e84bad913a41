import { parseArgs } from "node:util";
import { killRound, type Victim } from "./kill-round.ts";

/** `pnpm --filter worker-agent kill-test [--rounds 100] [--seed N]`: kills agents and scripts at random moments; a seed repeats them. */
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "100" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
  },
});
const victims: readonly Victim[] = ["agent", "script", "both"];
/** A little longer than the script, so that its end is hit too. */
const LONGEST_MS = 1000;
/** In every second round the log takes so long that the agent is also hit between a script's end and its report. */
const LOG_MS = 600;

const random = randomNumbers(Number(values.seed));
console.log(`seed ${values.seed}`);

const outcomes = new Map<string, number>();
let failed = 0;
for (let round = 1; round <= Number(values.rounds); round++) {
  const chosen = {
    victim: victims[round % victims.length] as Victim,
    afterMs: Math.round(random() * (LONGEST_MS + LOG_MS)),
    restart: random() < 0.5,
    logMs: random() < 0.5 ? LOG_MS : 0,
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
// A task that has not ended is still being asked for.
process.exit(failed === 0 ? 0 : 1);

/** The same numbers from 0 to 1 for the same seed. @see https://en.wikipedia.org/wiki/Linear_congruential_generator */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
