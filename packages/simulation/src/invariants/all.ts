import type { SeedRun } from "../run-seed.ts";
import { buildsEnd, doneIsDone, successMeansAll, tasksAreAccountedFor, withinQuotas } from "./builds.ts";
import type { Invariant } from "./invariant.ts";
import { nothingIsLeft, oneFleetAToken, workersWithinCap } from "./machines.ts";
import { retriesAsTheRulesSay } from "./retries.ts";
import {
  exclusiveAlone,
  fencingGrows,
  heartbeatsAreLostForAReason,
  nobodyPublishesStale,
  successesAreTrue,
  successesArrive,
} from "./scripts.ts";
import { calmIsCalm, nobodyWaitsInQuiet } from "./waiting.ts";

export const invariants: readonly Invariant[] = [
  buildsEnd,
  tasksAreAccountedFor,
  successMeansAll,
  doneIsDone,
  withinQuotas,
  retriesAsTheRulesSay,
  exclusiveAlone,
  fencingGrows,
  nobodyPublishesStale,
  successesAreTrue,
  successesArrive,
  heartbeatsAreLostForAReason,
  oneFleetAToken,
  workersWithinCap,
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
