import type { FaultRates } from "@muster/local";
import { type Seeded, seeded } from "../world/seeded.ts";
import type { WorldPlan } from "./world-plan.ts";

/** Rates at which every kind of fault happens, in a build of a dozen tasks about as often as people who run one see in a year. */
export const EVERYTHING: FaultRates = {
  "states.throttled": 0.01,
  "states.failed": 0.005,
  "states.reset": 0.005,
  "states.timed-out": 0.005,
  "states.delayed": 0.01,
  "states.slow": 0.01,
  "states.straggling": 0.01,
  "states.repeated": 0.02,
  "states.lost": 0.02,
  "states.down": 0.02,
  "s3.throttled": 0.01,
  "s3.failed": 0.005,
  "s3.unavailable": 0.01,
  "s3.reset": 0.005,
  "s3.timed-out": 0.002,
  "s3.delayed": 0.005,
  "s3.slow": 0.005,
  "s3.straggling": 0.005,
  "s3.repeated": 0.01,
  "s3.lost": 0.02,
  "s3.down": 0.02,
  "s3.conflict": 0.02,
  "ec2.throttled": 0.05,
  "ec2.failed": 0.02,
  "ec2.unavailable": 0.01,
  "ec2.timed-out": 0.01,
  "ec2.delayed": 0.01,
  "ec2.slow": 0.02,
  "ec2.straggling": 0.03,
  "ec2.repeated": 0.05,
  "ec2.lost": 0.05,
  "ec2.down": 0.02,
  "logs.throttled": 0.02,
  "logs.lost": 0.02,
  "logs.down": 0.01,
  "function.throttled": 0.03,
  "function.failed": 0.02,
  "function.timed-out": 0.02,
  "function.killed": 0.03,
  "function.twice": 0.05,
  "function.down": { HealthCheck: 0.05, Repair: 0.05, Reap: 0.05 },
  "event.lost": 0.05,
  "event.twice": 0.05,
  "event.late": 0.05,
  "machine.never-boots": 0.05,
  "machine.boots-late": 0.1,
  "machine.dies": 0.15,
  "machine.hangs": 0.08,
  "machine.reclaimed": 0.1,
  "machine.reclaimed-without-notice": 0.05,
  "machine.cut": 0.05,
  "machine.cut-answers": 0.05,
  "machine.skewed": 0.1,
  "machine.unseen": 0.1,
  "machine.seen-running": 0.1,
  "pool.exhausted": 0.1,
  "pool.partial": 0.1,
  deployment: 0.05,
};

export const WORLD: NonNullable<WorldPlan["worldRates"]> = {
  "agent.dies": 0.1,
  "script.fails": 0.08,
  "script.hangs": 0.03,
  "script.floods": 0.03,
  "people.build": 0.15,
  "people.stop": 0.1,
};

/** So often a seed has everything go wrong at once; else it has some kinds only, which shows more of what each does. */
const ALL_AT_ONCE = 0.3;

/** What goes wrong on the day of a seed: all kinds, or some of them more often. */
export function badDay(seed: number): Pick<WorldPlan, "rates" | "worldRates"> {
  const random = seeded(`${seed}/bad day`);
  if (random.happens(ALL_AT_ONCE)) return { rates: EVERYTHING, worldRates: WORLD };
  const share = random.pick([0.05, 0.15, 0.4]);
  const factor = random.pick([1, 2, 4]);
  return { rates: some(EVERYTHING, { random, share, factor }), worldRates: some(WORLD, { random, share, factor }) };
}

interface Choice {
  readonly random: Seeded;
  readonly share: number;
  readonly factor: number;
}

function some<Rates extends FaultRates | NonNullable<WorldPlan["worldRates"]>>(
  rates: Rates,
  { random, share, factor }: Choice,
): Rates {
  const more = (rate: number) => Math.min(0.5, rate * factor);
  const chosen = Object.entries(rates).filter(() => random.happens(share));
  return Object.fromEntries(
    chosen.map(([kind, rate]: [string, number | Record<string, number>]) => [
      kind,
      typeof rate === "number"
        ? more(rate)
        : Object.fromEntries(Object.entries(rate).map(([of, each]) => [of, more(each)])),
    ]),
  ) as Rates;
}
