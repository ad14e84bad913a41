import { expect, test } from "vitest";
import { invariants, type Violation, violationsOf } from "./invariants/all.ts";
import { runSeed, type SeedOptions } from "./run-seed.ts";
import { soakPipeline } from "./soak-pipeline.ts";
import { type BrokenVariant, brokenVariants, FEWEST } from "./testing/broken-variants.ts";

/** Any will do: what is broken shows itself in the first world that is asked. */
const SEED = 1;

const asItIs = new Map<string, Promise<Violation[]>>();

/** Variants that differ by what is broken alone share the world that has nothing broken. */
function violationsWithoutBreak(options: SeedOptions): Promise<Violation[]> {
  const key = JSON.stringify([options.rates, options.worldRates, options.versions]);
  const known = asItIs.get(key) ?? runSeed(SEED, options).then(violationsOf);
  asItIs.set(key, known);
  return known;
}

const weatherOf = ({ rates = {}, worldRates = {}, words = FEWEST }: BrokenVariant): SeedOptions => ({
  pipeline: soakPipeline,
  versions: words,
  rates,
  worldRates,
});

test.each(Object.entries(brokenVariants))("a Muster with %s is caught, and one without is not", async (_, variant) => {
  const options = weatherOf(variant);
  const { sabotage = {}, deployment = {} } = variant;
  const violations = violationsOf(await runSeed(SEED, { ...options, sabotage, deployment }));
  expect(violations.map(({ invariant }) => invariant)).toContain(variant.caughtBy.name);
  expect(await violationsWithoutBreak(options)).toEqual([]);
});

test("each invariant is broken by a Muster that lacks something", () => {
  const caught = new Set(Object.values(brokenVariants).map(({ caughtBy }) => caughtBy.name));
  expect(invariants.map(({ name }) => name).filter((name) => !caught.has(name))).toEqual([]);
});
