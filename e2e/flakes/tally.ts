import type { SuiteRun } from "./read-report.ts";

/** How often something failed in the rounds of its suite. */
export interface Flake {
  readonly suite: string;
  readonly file: string;
  readonly test: string;
  readonly failed: number;
  /** Of its first failure, and the file with that run's output. */
  readonly message: string;
  readonly output: string;
}

/** What the rounds have shown so far. */
export interface Tally {
  /** Rounds by suite. */
  readonly rounds: Readonly<Record<string, number>>;
  /** In the order in which they were first seen. */
  readonly flakes: readonly Flake[];
}

export const emptyTally: Tally = { rounds: {}, flakes: [] };

/** The tally after one more run of a suite. */
export function addRun(
  { rounds, flakes }: Tally,
  { suite, output, failures }: { suite: string; output: string } & Pick<SuiteRun, "failures">,
): Tally {
  const failed = new Map(failures.map((failure) => [keyOf({ suite, ...failure }), failure]));
  const known = new Set(flakes.map(keyOf));
  return {
    rounds: { ...rounds, [suite]: (rounds[suite] ?? 0) + 1 },
    flakes: [
      ...flakes.map((flake) => (failed.has(keyOf(flake)) ? { ...flake, failed: flake.failed + 1 } : flake)),
      ...[...failed]
        .filter(([key]) => !known.has(key))
        .map(([, failure]) => ({ suite, output, failed: 1, ...failure })),
    ],
  };
}

const keyOf = ({ suite, file, test }: Pick<Flake, "suite" | "file" | "test">): string =>
  JSON.stringify([suite, file, test]);

/** What failed how often, the most frequent first: a line for each, its first message and where that output is kept. */
export function reportTally({ rounds, flakes }: Tally): string[] {
  const total = Object.values(rounds).reduce((sum, count) => sum + count, 0);
  if (flakes.length === 0) return [`nothing failed in ${total} runs of ${Object.keys(rounds).length} suites`];
  return flakes
    .toSorted((one, other) => other.failed - one.failed)
    .flatMap(({ suite, file, test, failed, message, output }) => [
      `${[suite, file, test].filter((part) => part !== "").join(" > ")}: failed ${failed} of ${rounds[suite]}`,
      `    ${firstLine(message)}`,
      `    ${output}`,
    ]);
}

const firstLine = (message: string): string => message.trim().split("\n")[0] ?? "";
