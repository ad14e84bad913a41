import { expect, test } from "vitest";
import { violationsOf } from "./invariants/all.ts";
import { runSeed } from "./run-seed.ts";
import { soakPipeline } from "./soak-pipeline.ts";
import { brokenVariants } from "./testing/broken-variants.ts";

const MOST_SEEDS = 200;

test.each(Object.entries(brokenVariants))("a Muster with %s is caught", async (_, { sabotage, rates, caughtBy }) => {
  const caught = new RegExp(caughtBy);
  for (let seed = 1; seed <= MOST_SEEDS; seed++) {
    const run = await runSeed(seed, { pipeline: soakPipeline, versions: ["1.0.0", "1.1.0"], rates, sabotage });
    if (violationsOf(run).some(({ invariant }) => caught.test(invariant))) return;
  }
  expect.fail(`nothing shows it in ${MOST_SEEDS} seeds`);
});
