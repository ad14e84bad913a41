import type { SeedRun } from "../run-seed.ts";

/** What a soak adds up, over its seeds. */
export interface Summary {
  readonly seeds: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly tasks: number;
  readonly retries: number;
  readonly duplicateLaunches: number;
  readonly orphans: number;
  readonly lostTasks: number;
  readonly doublePublishes: number;
  /** From a fault to the end of the next attempt that succeeded, by the fault's kind, in seconds. */
  readonly recoverySeconds: ReadonlyMap<string, readonly number[]>;
}

export const EMPTY_SUMMARY: Summary = {
  seeds: 0,
  faults: new Map(),
  tasks: 0,
  retries: 0,
  duplicateLaunches: 0,
  orphans: 0,
  lostTasks: 0,
  doublePublishes: 0,
  recoverySeconds: new Map(),
};

/** By which broken invariants a figure that must be 0 is known. */
export interface Broken {
  readonly invariant: string;
}

export function addRun(summary: Summary, run: SeedRun, broken: readonly Broken[]): Summary {
  const count = (word: string) => broken.filter(({ invariant }) => invariant.includes(word)).length;
  const attempts = run.builds.flatMap((build) => build.attempts);
  const tasks = new Set(
    run.builds.flatMap(({ executionArn, attempts: some }) => some.map(({ task }) => `${executionArn} ${task}`)),
  );
  const faults = new Map(summary.faults);
  for (const { kind } of run.recorded.faults) faults.set(kind, (faults.get(kind) ?? 0) + 1);
  return {
    seeds: summary.seeds + 1,
    faults,
    tasks: summary.tasks + tasks.size,
    retries: summary.retries + attempts.length - tasks.size,
    duplicateLaunches: summary.duplicateLaunches + count("launch token"),
    orphans: summary.orphans + run.leftovers.running.length,
    lostTasks: summary.lostTasks + count("that was published"),
    doublePublishes: summary.doublePublishes + count("publishes after"),
    recoverySeconds: withRecoveries(summary.recoverySeconds, run),
  };
}

function withRecoveries(before: Summary["recoverySeconds"], { recorded, builds }: SeedRun): Summary["recoverySeconds"] {
  const all = new Map([...before].map(([kind, seconds]) => [kind, [...seconds]]));
  const successes = builds
    .flatMap(({ attempts }) => attempts)
    .flatMap(({ error, endedMs }) => (error === "" && endedMs !== undefined ? [endedMs] : []))
    .toSorted((one, other) => one - other);
  for (const { kind, atMs } of recorded.faults) {
    const next = successes.find((endedMs) => endedMs >= atMs);
    if (next === undefined) continue;
    const known = all.get(kind) ?? [];
    known.push((next - atMs) / 1000);
    all.set(kind, known);
  }
  return all;
}

/** Lines of a soak's report. */
export function summaryLines(summary: Summary, { elapsedSeconds }: { elapsedSeconds: number }): string[] {
  const { seeds, tasks, retries, duplicateLaunches, orphans, lostTasks, doublePublishes } = summary;
  const total = [...summary.faults.values()].reduce((sum, each) => sum + each, 0);
  const kinds = [...summary.faults].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return [
    `${seeds} seeds in ${elapsedSeconds.toFixed(0)} s, ${(seeds / elapsedSeconds).toFixed(2)} a second`,
    `${tasks} tasks, ${retries} retries, ${total} faults`,
    `duplicate launches ${duplicateLaunches}, orphans ${orphans}, lost tasks ${lostTasks}, double publishes ${doublePublishes}`,
    "",
    `${"fault".padEnd(34)}${"times".padStart(7)}${"p50".padStart(9)}${"p95".padStart(9)}${"max".padStart(9)}  s until a task succeeds`,
    ...kinds.map(([kind, times]) => {
      const seconds = (summary.recoverySeconds.get(kind) ?? []).toSorted((one, other) => one - other);
      const figures = [0.5, 0.95, 1].map((share) => quantile(seconds, share)?.toFixed(0) ?? "-");
      return `${kind.padEnd(34)}${String(times).padStart(7)}${figures.map((figure) => figure.padStart(9)).join("")}`;
    }),
  ];
}

function quantile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
