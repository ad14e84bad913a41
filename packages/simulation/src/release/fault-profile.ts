import type { FaultRates } from "@muster/local";
import { EVERYTHING, WORLD } from "../faults/bad-day.ts";
import type { WorldPlan } from "../faults/world-plan.ts";

/** What a release meets on a day. Rates are chosen, not measured: `fault-kinds.ts` and `world-plan.ts` say what each kind is. */
export interface FaultProfile {
  readonly summary: string;
  readonly rates: FaultRates;
  readonly worldRates: NonNullable<WorldPlan["worldRates"]>;
}

/** People start and stop nothing here: what is asked is how one release goes. */
const { "people.build": _another, "people.stop": _stop, ...SCRIPTS_AND_AGENTS } = WORLD;

export const faultProfiles = {
  calm: {
    summary: "nothing goes wrong; scripts and boots take a little longer or less than they usually do",
    rates: {},
    worldRates: {},
  },
  "spot-heavy": {
    summary:
      "capacity is short: a third of spot workers are taken back within four hours, and a quarter of the pools are empty when asked",
    rates: {
      "machine.reclaimed": 0.3,
      "machine.reclaimed-without-notice": 0.05,
      "machine.dies": 0.01,
      "pool.exhausted": 0.25,
      "pool.partial": 0.25,
      "ec2.throttled": 0.05,
    },
    worldRates: {},
  },
  "bad-day": {
    summary:
      "everything at once: machines die, hang and boot late, scripts fail and hang, AWS throttles, loses and delays",
    rates: EVERYTHING,
    worldRates: SCRIPTS_AND_AGENTS,
  },
} as const satisfies Record<string, FaultProfile>;

export type FaultProfileName = keyof typeof faultProfiles;
export const faultProfileNames = Object.keys(faultProfiles) as FaultProfileName[];
