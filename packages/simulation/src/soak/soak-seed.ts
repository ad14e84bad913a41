import { badDay } from "../faults/bad-day.ts";
import { type Violation, violationsOf } from "../invariants/all.ts";
import { runSeed, type SeedOptions } from "../run-seed.ts";
import { soakPipeline } from "../soak-pipeline.ts";
import { figuresOf, type SeedFigures } from "./summary.ts";

/** The size of a build that a soak runs: two versions of four platforms. */
const VERSIONS = ["1.0.0", "1.1.0"];

/** What is left of a seed when it has been judged; it can be sent to another process. */
export interface SoakedSeed {
  readonly seed: number;
  readonly digest: string;
  readonly violations: readonly Violation[];
  readonly figures: SeedFigures;
}

export const soakOptions = (seed: number): SeedOptions => ({
  pipeline: soakPipeline,
  versions: VERSIONS,
  ...badDay(seed),
});

export async function soakSeed(seed: number): Promise<SoakedSeed> {
  const run = await runSeed(seed, soakOptions(seed));
  const violations = violationsOf(run);
  return { seed, digest: run.digest, violations, figures: figuresOf(run, violations) };
}
