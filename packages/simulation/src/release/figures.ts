import type { SeedRun } from "../run-seed.ts";
import type { LaunchedInstance } from "../world/recorded.ts";

/** What a release came to in one world. */
export interface ReleaseFigures {
  /** From the build's start to its end, in seconds. */
  readonly makespanSeconds: number;
  /** Of all workers, from launch to end. */
  readonly workerHours: number;
  /** US dollars; undefined where a machine has no known price. */
  readonly dollars: number | undefined;
  readonly succeeded: boolean;
  readonly workers: number;
  /** Attempts beyond the first of a task. */
  readonly retries: number;
  readonly faults: number;
  /** Scripts that did not come to their end. */
  readonly lostScripts: number;
  /** For each of them that was tried again, the seconds until a worker began its task again. */
  readonly recoverySeconds: readonly number[];
}

/** In US dollars an hour; undefined where it is not known. */
export type PriceOf = (machine: Pick<LaunchedInstance, "activity" | "instanceType" | "market">) => number | undefined;

const HOUR_MS = 3_600_000;
/** EC2 bills by the second, a minute at least. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/concepts.html */
const LEAST_BILLED_MS = 60_000;

export function figuresOf(run: SeedRun, priceOf: PriceOf): ReleaseFigures {
  const [build] = run.builds;
  if (build === undefined) throw new Error("a release without a build");
  const endMs = build.startedMs + run.seconds * 1000;
  const lives = run.launched.map((machine) => ({
    ms: Math.max(0, (machine.offMs ?? endMs) - machine.launchedMs),
    price: priceOf(machine),
  }));
  const isPriced = lives.every(({ price }) => price !== undefined);
  const tasks = new Set(build.attempts.map(({ task }) => task));
  return {
    makespanSeconds: (build.endedMs - build.startedMs) / 1000,
    workerHours: lives.reduce((sum, { ms }) => sum + ms, 0) / HOUR_MS,
    dollars: isPriced
      ? lives.reduce((sum, { ms, price = 0 }) => sum + (Math.max(ms, LEAST_BILLED_MS) / HOUR_MS) * price, 0)
      : undefined,
    succeeded: build.status === "SUCCEEDED",
    workers: run.launched.length,
    retries: build.attempts.length - tasks.size,
    faults: run.recorded.faults.length,
    lostScripts: run.recorded.runs.filter(({ end }) => end !== "succeeded").length,
    recoverySeconds: recoveriesOf(run),
  };
}

function recoveriesOf({ recorded: { runs } }: SeedRun): number[] {
  return runs.flatMap(({ task, end, endedMs }) => {
    if (endedMs === undefined || end === "succeeded") return [];
    const again = runs.find((other) => other.task === task && other.startedMs >= endedMs);
    return again === undefined ? [] : [(again.startedMs - endedMs) / 1000];
  });
}
