import {
  criticalPath,
  type FaultProfileName,
  faultProfiles,
  type Release,
  type ReleasePolicy,
  type SimulatedRelease,
  simulateRelease,
  violationsOf,
} from "@muster/simulation";
import type { Against, SimulatedPolicy } from "./simulation-json.ts";
import { type Spread, spreadOf } from "./spread.ts";

export interface Comparison {
  readonly release: Release;
  readonly faults: readonly FaultProfileName[];
  readonly policies: readonly ReleasePolicy[];
  readonly seeds: readonly number[];
  readonly signal: AbortSignal;
  /** Told before each release that is played. */
  readonly onRun: (what: { readonly faults: FaultProfileName; readonly policy: string; readonly seed: number }) => void;
}

/** A release as it went in one world, without what was seen of it. */
type Played = Pick<SimulatedRelease, "figures"> & {
  readonly seed: number;
  readonly path: SimulatedPolicy["typical"]["criticalPath"];
  readonly violations: SimulatedPolicy["violations"];
};

/** Plays a release in every world under every policy; one after the other, for each takes a processor. */
export async function comparePolicies(comparison: Comparison): Promise<SimulatedPolicy[]> {
  const results: SimulatedPolicy[] = [];
  for (const faults of comparison.faults) {
    let first: readonly Played[] | undefined;
    for (const policy of comparison.policies) {
      const played = await playAll(comparison, faults, policy);
      results.push(summaryOf(played, { faults, policy, first }));
      first ??= played;
    }
  }
  return results;
}

async function playAll(
  { release, seeds, signal, onRun }: Comparison,
  faults: FaultProfileName,
  policy: ReleasePolicy,
): Promise<Played[]> {
  const played: Played[] = [];
  for (const seed of seeds) {
    signal.throwIfAborted();
    onRun({ faults, policy: policy.name, seed });
    const { run, figures } = await simulateRelease(seed, release, { faults: faultProfiles[faults], policy });
    const violations = policy.system === "muster" ? violationsOf(run) : [];
    played.push({
      seed,
      figures,
      path: criticalPath(run),
      violations: violations.map(({ invariant, what }) => ({ seed, invariant, what })),
    });
  }
  return played;
}

interface Summarised {
  readonly faults: FaultProfileName;
  readonly policy: ReleasePolicy;
  readonly first: readonly Played[] | undefined;
}

function summaryOf(played: readonly Played[], { faults, policy, first }: Summarised): SimulatedPolicy {
  const figures = played.map((each) => each.figures);
  const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);
  const recoveries = figures.flatMap(({ recoverySeconds }) => recoverySeconds);
  const byTime = played.toSorted((one, other) => one.figures.makespanSeconds - other.figures.makespanSeconds);
  const typical = byTime[Math.floor((byTime.length - 1) / 2)] as Played;
  return {
    faults,
    policy: policy.name,
    makespanSeconds: spread(figures.map(({ makespanSeconds }) => makespanSeconds)),
    workerHours: spread(figures.map(({ workerHours }) => workerHours)),
    dollars: allKnown(figures.map(({ dollars }) => dollars)),
    recoverySeconds: spreadOf(recoveries) ?? null,
    lostScripts: sum(figures.map(({ lostScripts }) => lostScripts)),
    retries: sum(figures.map(({ retries }) => retries)),
    faultsInjected: sum(figures.map((each) => each.faults)),
    failed: played.filter((each) => !each.figures.succeeded).map(({ seed }) => seed),
    typical: { seed: typical.seed, criticalPath: typical.path },
    against: first === undefined ? null : against(played, first),
    violations: played.flatMap(({ violations }) => violations),
  };
}

function against(played: readonly Played[], first: readonly Played[]): Against {
  const pairs = played.map((each, index) => [each.figures, (first[index] as Played).figures] as const);
  const costs = pairs.map(([one, other]) =>
    one.dollars === undefined || other.dollars === undefined ? undefined : one.dollars / other.dollars,
  );
  return {
    faster: pairs.filter(([one, other]) => one.makespanSeconds < other.makespanSeconds).length,
    cheaper: costs.filter((share) => share !== undefined && share < 1).length,
    timeShare: spread(pairs.map(([one, other]) => one.makespanSeconds / other.makespanSeconds)),
    costShare: allKnown(costs),
  };
}

const allKnown = (values: readonly (number | undefined)[]): Spread | null =>
  values.every((value) => value !== undefined) ? spread(values) : null;

/** Of one seed at least. */
const spread = (values: readonly number[]): Spread => spreadOf(values) as Spread;
