import { type ChildProcess, fork } from "node:child_process";
import type { SoakedSeed } from "./soak-seed.ts";

export interface SoakOptions {
  readonly seeds: readonly number[];
  /** Processes that run them, side by side. */
  readonly processes: number;
  /** Told of each seed when it has ended. */
  readonly onSeed?: (soaked: SoakedSeed) => void;
}

const PROGRAM = `${import.meta.dirname}/seed-process.ts`;
/** Else each promise pays for the store of the call that it belongs to, and what a call leaves behind is looked at more than once. */
const FLAGS = [
  "--experimental-async-context-frame",
  "--disable-warning=ExperimentalWarning",
  "--max-semi-space-size=64",
];

/** Runs seeds in processes of their own. @returns them in the order in which they were named */
export async function soakSeeds({ seeds, processes, onSeed = () => {} }: SoakOptions): Promise<SoakedSeed[]> {
  const left = seeds.toReversed();
  const soaked = new Map<number, SoakedSeed>();
  const take = () => left.pop();
  const ended = (one: SoakedSeed) => {
    soaked.set(one.seed, one);
    onSeed(one);
  };
  const count = Math.min(processes, seeds.length);
  await Promise.all(Array.from({ length: count }, () => runProcess(take, ended)));
  return seeds.flatMap((seed) => soaked.get(seed) ?? []);
}

/** A process that takes one seed after the other for as long as there are any. */
async function runProcess(take: () => number | undefined, ended: (soaked: SoakedSeed) => void): Promise<void> {
  const child: ChildProcess = fork(PROGRAM, { execArgv: FLAGS, serialization: "advanced" });
  let seed: number | undefined;
  const next = () => {
    seed = take();
    if (seed === undefined) child.disconnect();
    else child.send(seed);
  };
  child.on("message", (soaked: SoakedSeed) => {
    ended(soaked);
    next();
  });
  next();
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (seed === undefined && code === 0) resolve();
      else reject(new Error(`the process of seed ${seed} ended with ${code ?? signal}`));
    });
  });
}
