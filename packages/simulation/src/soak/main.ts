import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { violationsOf } from "../invariants/all.ts";
import { runSeed } from "../run-seed.ts";
import { explain } from "./explain.ts";
import { soakOptions } from "./soak-seed.ts";
import { soakSeeds } from "./soak-seeds.ts";
import { summaryLines } from "./summary.ts";
import { timeline } from "./timeline.ts";

const USAGE = "soak --seeds <how many> [--from <first>] [--processes <how many>] | soak --seed <one> [--explain]";

function numberOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw new TypeError(`--${option} takes a whole number, not "${text}"`);
}

interface Soak {
  readonly first: number;
  readonly count: number;
  readonly processes: number;
}

async function soak({ first, count, processes }: Soak): Promise<boolean> {
  const startedMs = performance.now();
  const soaked = await soakSeeds({
    seeds: Array.from({ length: count }, (_, index) => first + index),
    processes,
    onSeed({ seed, violations }) {
      for (const { invariant, what } of violations) console.log(`seed ${seed}: ${invariant}: ${what}`);
    },
  });
  const elapsedSeconds = (performance.now() - startedMs) / 1000;
  const broken = soaked.reduce((sum, { violations }) => sum + violations.length, 0);
  const figures = soaked.map((each) => each.figures);
  for (const line of summaryLines(figures, { elapsedSeconds })) console.log(line);
  console.log(`\n${broken} violations`);
  return broken === 0;
}

async function one(seed: number, isToExplain: boolean): Promise<boolean> {
  if (!isToExplain) {
    const run = await runSeed(seed, soakOptions(seed));
    console.log(timeline(run));
    return violationsOf(run).length === 0;
  }
  const explanation = await explain(seed, soakOptions(seed));
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
      processes: { type: "string" },
      seed: { type: "string" },
      explain: { type: "boolean", default: false },
    },
  });
  const seed = numberOf(values.seed, "seed");
  if (seed !== undefined) return one(seed, values.explain);
  const seeds = numberOf(values.seeds, "seeds");
  if (seeds === undefined) throw new TypeError(`which seeds? ${USAGE}`);
  return soak({
    first: numberOf(values.from, "from") ?? 1,
    count: seeds,
    processes: numberOf(values.processes, "processes") || availableParallelism(),
  });
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
