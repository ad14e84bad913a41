import { violationsOf } from "../invariants/all.ts";
import { runSeed, type SeedOptions, type SeedRun } from "../run-seed.ts";
import { minimise } from "./minimise.ts";

/** A failing seed, with as few faults as it takes. */
export interface Explanation {
  readonly run: SeedRun;
  /** Ids, as `only` takes them. */
  readonly faults: readonly string[];
  readonly invariant: string;
}

/** Leaves out faults for as long as the same invariant stays broken. Undefined for a seed that breaks none. */
export async function explain(seed: number, options: SeedOptions): Promise<Explanation | undefined> {
  const whole = await runSeed(seed, options);
  const invariant = violationsOf(whole)[0]?.invariant;
  if (invariant === undefined) return undefined;
  const run = (only: readonly string[]) => runSeed(seed, { ...options, only });
  const ids = [...new Set(whole.recorded.faults.map(({ id }) => id))];
  const faults = await minimise(ids, async (some) =>
    violationsOf(await run(some)).some((violation) => violation.invariant === invariant),
  );
  return { run: await run(faults), faults, invariant };
}
