import { listedPrice } from "@muster/lambdas";
import {
  activityNamed,
  type DurationRecord,
  type Pipeline,
  type Published,
  type StageDescription,
  type Task,
} from "@muster/pipeline";
import { leaveEvidence } from "../leave-evidence.ts";
import { runSeed, type SeedOptions, type SeedRun } from "../run-seed.ts";
import { type Explanation, explain } from "../soak/explain.ts";
import type { ScriptRun } from "../world/recorded.ts";
import { type Seeded, seeded } from "../world/seeded.ts";
import { answeringPerson } from "./answering-person.ts";
import type { FaultProfile } from "./fault-profile.ts";
import { figuresOf, type PriceOf, type ReleaseFigures } from "./figures.ts";
import { deploymentUnder, pipelineUnder, type ReleasePolicy, stageUnder } from "./policy.ts";

/** A release that is to be tried out; nothing of it is there yet. */
export interface Release {
  /** With platforms that nobody has to look up. */
  readonly pipeline: Pipeline;
  readonly versions: readonly string[];
  /** As `muster build` takes them. */
  readonly words: readonly string[];
  /** All that it may come to, by name. */
  readonly tasks: ReadonlyMap<string, Task>;
  /** What of its stage decides how it goes. */
  readonly stage: Partial<StageDescription>;
  /** How long a task takes as a rule. */
  readonly secondsOf: (task: string) => number;
  /** From the call to EC2 until a worker polls, as a rule. */
  readonly bootSeconds: number;
}

export interface ReleaseOptions {
  readonly faults: FaultProfile;
  readonly policy: ReleasePolicy;
  readonly onEnd?: SeedOptions["onEnd"];
}

export interface SimulatedRelease {
  readonly run: SeedRun;
  readonly figures: ReleaseFigures;
}

/** Standard deviations of logarithms, chosen: of a script on one machine and another, and of boots. */
const DURATION_SPREAD = 0.05;
const BOOT_SPREAD = 0.15;
/** Longer than any release takes that ends at all. */
const PATIENCE_MS = 10 * 86_400_000;
/** What of a boot EC2 itself takes, in this world. */
const PENDING_SECONDS = 30;
/** What spot costs of the price on demand, chosen: AWS promises up to 90 % off, and prices move. */
export const SPOT_PRICE_SHARE = 0.4;

/** Plays one release in one world: the same seed has the same durations, boots and draws of faults under every policy. */
export async function simulateRelease(
  seed: number,
  release: Release,
  options: ReleaseOptions,
): Promise<SimulatedRelease> {
  return withFigures(await runSeed(seed, seedOptions(seed, release, options)), release);
}

/** The same with as few of its faults as it takes to break what it breaks. Undefined for a seed that breaks nothing. */
export async function explainRelease(
  seed: number,
  release: Release,
  options: ReleaseOptions,
): Promise<(SimulatedRelease & Pick<Explanation, "faults" | "invariant">) | undefined> {
  const found = await explain(seed, seedOptions(seed, release, options));
  return found && { ...withFigures(found.run, release), faults: found.faults, invariant: found.invariant };
}

const withFigures = (run: SeedRun, { pipeline }: Release): SimulatedRelease => ({
  run,
  figures: figuresOf(run, priceOf(pipeline)),
});

/** What `runSeed` is asked for a release, so that it can be shrunk as any seed. */
export function seedOptions(seed: number, release: Release, { faults, policy, onEnd }: ReleaseOptions): SeedOptions {
  const { rates, worldRates } = faults;
  const durations = seeded(`${seed}/durations`);
  const boots = bootTimes(seed, release.bootSeconds);
  const { functions, ...deployment } = deploymentUnder(policy) ?? {};
  return {
    pipeline: pipelineUnder(policy, release.pipeline),
    versions: release.versions,
    words: release.words,
    // The slowest of many takes longer than as a rule.
    bootSeconds: release.bootSeconds * 2,
    patienceMs: PATIENCE_MS,
    rates,
    worldRates: policy.system === "predecessor" ? { ...worldRates, "agent.dies": 0 } : worldRates,
    ...(onEnd !== undefined && { onEnd }),
    stage: stageUnder(policy, release.stage),
    known: knownOf(release),
    machines: { bootSeconds: ({ activity }) => boots(activity) },
    deployment: {
      ...deployment,
      functions: (context) => answeringPerson(context, functions?.(context) ?? {}),
    },
    endOf: ({ task }) => {
      const seconds = release.secondsOf(task) * spread(durations.of(task), DURATION_SPREAD);
      return { seconds: wholeMilliseconds(seconds), exit: 0 };
    },
    publish: (script, clients) => leaveAll(script, release, clients),
  };
}

/** It is not the first release of its stage, which has left how long things take there as a rule. */
function knownOf({ tasks, secondsOf, bootSeconds }: Release): DurationRecord {
  const known: DurationRecord = { builds: [], boots: [bootSeconds], tasks: {} };
  for (const [name, { activity, subject }] of tasks) {
    const platform = subject.per === "platform" ? subject.platform : "";
    known.tasks[activity.name] = { ...known.tasks[activity.name], [platform]: [secondsOf(name)] };
  }
  return known;
}

/** The how manyeth machine of an activity boots how long: the same under every policy. */
function bootTimes(seed: number, bootSeconds: number): (activity: string) => number {
  const counts = new Map<string, number>();
  const boots = seeded(`${seed}/boots`);
  return (activity) => {
    const count = (counts.get(activity) ?? 0) + 1;
    counts.set(activity, count);
    const whole = bootSeconds * spread(boots.of(`${activity}#${count}`), BOOT_SPREAD);
    return wholeMilliseconds(Math.max(1, whole - PENDING_SECONDS));
  };
}

/** Clocks of machines count no less, and CloudWatch Logs takes no less. */
const wholeMilliseconds = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** A factor around 1, as often twice as half. @param deviation of its logarithm, by the method of Box and Muller */
function spread(random: Seeded, deviation: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.fraction())) * Math.cos(2 * Math.PI * random.fraction());
  return Math.exp(deviation * normal);
}

async function leaveAll(
  { task: name }: ScriptRun,
  { tasks }: Release,
  { s3, stage }: Parameters<NonNullable<SeedOptions["publish"]>>[1],
): Promise<void> {
  const task = tasks.get(name);
  if (task === undefined) return;
  for (const each of madeBy(task, tasks.values()))
    await leaveEvidence(s3, each, { buckets: stage.buckets, text: name });
}

/**
 * What a step leaves where others find it: what it produces, or else publishes; and, if downloads change by it, what steps of its version
 * produce that leave publishing to others.
 */
function madeBy({ activity, subject }: Task, all: Iterable<Task>): readonly Published[] {
  const produced = activity.produces?.(subject as never) ?? [];
  const own = produced.length > 0 ? produced : (activity.publishes?.(subject as never) ?? []);
  if (subject.per === "build" || !changesDownloadsOf(activity, subject.version)) return own;
  const { version } = subject;
  const left = [...all].filter(
    (other) =>
      other.subject.per !== "build" &&
      other.subject.version === version &&
      other.activity.produces !== undefined &&
      !changesDownloadsOf(other.activity, version),
  );
  return [...own, ...left.flatMap((other) => other.activity.publishes?.(other.subject as never) ?? [])];
}

const changesDownloadsOf = ({ changesDownloads = false }: Task["activity"], version: string): boolean =>
  typeof changesDownloads === "function" ? changesDownloads(version) : changesDownloads;

/** What a machine costs: the definition's price, or what its type is listed at. */
const priceOf =
  (pipeline: Pipeline): PriceOf =>
  ({ activity, instanceType, market }) => {
    const { worker } = activityNamed(pipeline, activity);
    const isFirst = instanceType === worker.instanceTypes[0];
    const onDemand = (isFirst ? worker.pricePerHour : undefined) ?? listedPrice(instanceType);
    if (onDemand === undefined) return undefined;
    return market === "spot" ? onDemand * SPOT_PRICE_SHARE : onDemand;
  };
