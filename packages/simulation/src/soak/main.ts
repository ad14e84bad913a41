import { parseArgs } from "node:util";
import { badDay } from "../faults/bad-day.ts";
import { violationsOf } from "../invariants/all.ts";
import { runSeed } from "../run-seed.ts";
import { soakPipeline } from "../soak-pipeline.ts";
import { explain } from "./explain.ts";
import { addRun, EMPTY_SUMMARY, summaryLines } from "./summary.ts";
import { timeline } from "./timeline.ts";

const USAGE = "soak --seeds <how many> [--from <first>] | soak --seed <one> [--explain]";

/** The size of a build that a soak runs: two versions of four platforms. */
const VERSIONS = ["1.0.0", "1.1.0"];

const optionsOf = (seed: number) => ({ pipeline: soakPipeline, versions: VERSIONS, ...badDay(seed) });

function numberOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw new TypeError(`--${option} takes a whole number, not "${text}"`);
}

async function soak(first: number, count: number): Promise<boolean> {
  const startedMs = performance.now();
  let summary = EMPTY_SUMMARY;
  let broken = 0;
  for (let seed = first; seed < first + count; seed++) {
    const run = await runSeed(seed, optionsOf(seed));
    const violations = violationsOf(run);
    broken += violations.length;
    for (const { invariant, what } of violations) console.log(`seed ${seed}: ${invariant}: ${what}`);
    summary = addRun(summary, run, violations);
  }
  for (const line of summaryLines(summary, { elapsedSeconds: (performance.now() - startedMs) / 1000 }))
    console.log(line);
  console.log(`\n${broken} violations`);
  return broken === 0;
}

async function one(seed: number, isToExplain: boolean): Promise<boolean> {
  if (!isToExplain) {
    const run = await runSeed(seed, optionsOf(seed));
    console.log(timeline(run));
    return violationsOf(run).length === 0;
  }
  const explanation = await explain(seed, optionsOf(seed));
  if (explanation === undefined) {
    console.log(`seed ${seed} breaks nothing`);
    return true;
  }
  console.log(timeline(explanation.run));
  console.log(`\nit takes ${explanation.faults.length} faults:`);
  for (const id of explanation.faults) console.log(`  ${id}`);
  return false;
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string" },
      from: { type: "string" },
      seed: { type: "string" },
      explain: { type: "boolean", default: false },
    },
  });
  const seed = numberOf(values.seed, "seed");
  if (seed !== undefined) return one(seed, values.explain);
  const seeds = numberOf(values.seeds, "seeds");
  if (seeds === undefined) throw new TypeError(`which seeds? ${USAGE}`);
  return soak(numberOf(values.from, "from") ?? 1, seeds);
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
