import type { SeedRun } from "../run-seed.ts";
import { buildsEnd, doneIsDone, successMeansAll, tasksAreAccountedFor, withinQuotas } from "./builds.ts";
import { withinRates } from "./calls.ts";
import type { Invariant } from "./invariant.ts";
import { idleMachinesEnd, nothingIsLeft, oneFleetAToken, workersWithinCap } from "./machines.ts";
import { retriesAsTheRulesSay } from "./retries.ts";
import {
  exclusiveAlone,
  fencingGrows,
  heartbeatsAreLostForAReason,
  nobodyPublishesStale,
  successesAreTrue,
  successesArrive,
  takersBegin,
} from "./scripts.ts";
import { calmIsCalm, nobodyWaitsInQuiet } from "./waiting.ts";

export const invariants: readonly Invariant[] = [
  buildsEnd,
  tasksAreAccountedFor,
  successMeansAll,
  doneIsDone,
  withinQuotas,
  withinRates,
  retriesAsTheRulesSay,
  takersBegin,
  exclusiveAlone,
  fencingGrows,
  nobodyPublishesStale,
  successesAreTrue,
  successesArrive,
  heartbeatsAreLostForAReason,
  oneFleetAToken,
  workersWithinCap,
  idleMachinesEnd,
  nothingIsLeft,
  nobodyWaitsInQuiet,
  calmIsCalm,
];

export interface Violation {
  readonly invariant: string;
  readonly what: string;
}

export const violationsOf = (run: SeedRun): Violation[] =>
  invariants.flatMap(({ name, broken }) => broken(run).map((what) => ({ invariant: name, what })));
