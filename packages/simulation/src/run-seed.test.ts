import { expect, test } from "vitest";
import { violationsOf } from "./invariants/all.ts";
import { runSeed } from "./run-seed.ts";
import { soakOptions } from "./soak/soak-seed.ts";
import { soakSeeds } from "./soak/soak-seeds.ts";
import { soakPipeline } from "./soak-pipeline.ts";

const AGAIN = 2;
/** As many as there is time for; `pnpm --filter simulation soak` runs the others. */
const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);

test("one seed is one history, byte for byte, in another process too, and whatever goes wrong, what must hold does", async () => {
  const soaked = await soakSeeds({ seeds: SEEDS, processes: 2 });
  expect(soaked.map(({ seed }) => seed)).toEqual(SEEDS);
  expect(soaked.flatMap(({ seed, violations }) => violations.map((violation) => ({ seed, ...violation })))).toEqual([]);

  const { digest, recorded } = await runSeed(AGAIN, soakOptions(AGAIN));
  expect(recorded.faults.length).toBeGreaterThan(0);
  expect((await runSeed(AGAIN, soakOptions(AGAIN))).digest).toBe(digest);
  expect(soaked.find(({ seed }) => seed === AGAIN)?.digest).toBe(digest);
});

test("a build that a deployment overtakes goes on, and what it launches from then on is of the new templates", async () => {
  const run = await runSeed(AGAIN, { pipeline: soakPipeline, versions: ["1.0.0"], rates: { deployment: 1 } });
  expect(run.recorded.faults.map(({ kind }) => kind)).toEqual(["deployment"]);
  const launches = run.recorded.calls.filter(({ operation }) => operation === "CreateFleet");
  expect(launches.map(({ input }) => /"Version":"([^"]*)"/.exec(JSON.stringify(input))?.[1])).toEqual([
    "$Default",
    "$Default",
    "2",
  ]);
  expect(violationsOf(run)).toEqual([]);
  expect(run.builds).toMatchObject([{ status: "SUCCEEDED" }]);
});
