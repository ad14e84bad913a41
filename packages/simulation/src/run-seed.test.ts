import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { badDay } from "./faults/bad-day.ts";
import { violationsOf } from "./invariants/all.ts";
import { runSeed } from "./run-seed.ts";
import { soakPipeline } from "./soak-pipeline.ts";

const run = promisify(execFile);

const VERSIONS = ["1.0.0", "1.1.0"];
const SEED = 2;
/** As many as there is time for; `pnpm --filter simulation soak` runs the others. */
const SEEDS = Array.from({ length: 3 }, (_, index) => index + 1);

const day = (seed: number) => runSeed(seed, { pipeline: soakPipeline, versions: VERSIONS, ...badDay(seed) });

test("one seed is one history, byte for byte, in another process too", async () => {
  const { digest, recorded } = await day(SEED);
  expect(recorded.faults.length).toBeGreaterThan(0);
  expect((await day(SEED)).digest).toBe(digest);
  const flags = ["--experimental-async-context-frame", "--disable-warning=ExperimentalWarning"];
  const program = `${import.meta.dirname}/testing/print-digest.ts`;
  const { stdout } = await run(process.execPath, [...flags, program, String(SEED)]);
  expect(stdout.trim()).toBe(digest);
});

test.each(SEEDS)("whatever goes wrong by seed %i, what must hold does", async (seed) => {
  expect(violationsOf(await day(seed))).toEqual([]);
});
