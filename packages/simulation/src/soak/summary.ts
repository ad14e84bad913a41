import type { SeedRun } from "../run-seed.ts";

/** What of a seed goes into a soak's report. */
export interface SeedFigures {
  readonly tasks: number;
  readonly retries: number;
  readonly duplicateLaunches: number;
  readonly orphans: number;
  readonly lostTasks: number;
  readonly doublePublishes: number;
  /** How often each kind happened. */
  readonly faults: ReadonlyMap<string, number>;
  /** From a fault to the end of the next attempt that succeeded, by the fault's kind, in seconds. */
  readonly recoverySeconds: ReadonlyMap<string, readonly number[]>;
}

/** By which broken invariants a figure that must be 0 is known. */
export interface Broken {
  readonly invariant: string;
}

export function figuresOf(run: SeedRun, broken: readonly Broken[]): SeedFigures {
  const count = (word: string) => broken.filter(({ invariant }) => invariant.includes(word)).length;
  const attempts = run.builds.flatMap((build) => build.attempts);
  const tasks = new Set(
    run.builds.flatMap(({ executionArn, attempts: some }) => some.map(({ task }) => `${executionArn} ${task}`)),
  );
  const byKind = Map.groupBy(run.recorded.faults, ({ kind }) => kind);
  return {
    tasks: tasks.size,
    retries: attempts.length - tasks.size,
    duplicateLaunches: count("launch token"),
    orphans: run.leftovers.running.length,
    lostTasks: count("that was published"),
    doublePublishes: count("publishes after"),
    faults: new Map([...byKind].map(([kind, faults]) => [kind, faults.length])),
    recoverySeconds: recoveriesOf(run, byKind),
  };
}

function recoveriesOf(
  { builds }: SeedRun,
  byKind: ReadonlyMap<string, SeedRun["recorded"]["faults"]>,
): SeedFigures["recoverySeconds"] {
  const successes = builds
    .flatMap(({ attempts }) => attempts)
    .flatMap(({ error, endedMs }) => (error === "" && endedMs !== undefined ? [endedMs] : []))
    .toSorted((one, other) => one - other);
  const secondsFrom = (atMs: number) => {
    const next = successes.find((endedMs) => endedMs >= atMs);
    return next === undefined ? [] : [(next - atMs) / 1000];
  };
  return new Map([...byKind].map(([kind, faults]) => [kind, faults.flatMap(({ atMs }) => secondsFrom(atMs))]));
}

/** Lines of a soak's report. */
export function summaryLines(
  figures: readonly SeedFigures[],
  { elapsedSeconds }: { readonly elapsedSeconds: number },
): string[] {
  const sum = (of: (each: SeedFigures) => number) => figures.reduce((total, each) => total + of(each), 0);
  const kinds = [...new Set(figures.flatMap(({ faults }) => [...faults.keys()]))].toSorted();
  const times = (kind: string) => sum(({ faults }) => faults.get(kind) ?? 0);
  const total = kinds.reduce((some, kind) => some + times(kind), 0);
  const { length: seeds } = figures;
  return [
    `${seeds} seeds in ${elapsedSeconds.toFixed(0)} s, ${(seeds / elapsedSeconds).toFixed(2)} a second`,
    `${sum(({ tasks }) => tasks)} tasks, ${sum(({ retries }) => retries)} retries, ${total} faults`,
    [
      `duplicate launches ${sum(({ duplicateLaunches }) => duplicateLaunches)}`,
      `orphans ${sum(({ orphans }) => orphans)}`,
      `lost tasks ${sum(({ lostTasks }) => lostTasks)}`,
      `double publishes ${sum(({ doublePublishes }) => doublePublishes)}`,
    ].join(", "),
    "",
    `${"fault".padEnd(34)}${"times".padStart(7)}${"p50".padStart(9)}${"p95".padStart(9)}${"max".padStart(9)}  s until a task succeeds`,
    ...kinds.map((kind) => {
      const seconds = figures
        .flatMap(({ recoverySeconds }) => recoverySeconds.get(kind) ?? [])
        .toSorted((one, other) => one - other);
      const shares = [0.5, 0.95, 1].map((share) => quantile(seconds, share)?.toFixed(0) ?? "-");
      return `${kind.padEnd(34)}${String(times(kind)).padStart(7)}${shares.map((share) => share.padStart(9)).join("")}`;
    }),
  ];
}

function quantile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
