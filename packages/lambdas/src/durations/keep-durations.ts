import type { Attempt, BuildHistory, LaunchTimes, Step } from "@muster/history";
import { DurationRecord } from "@muster/pipeline";
import { type StateRecords, stateKey } from "@muster/records";

/** Samples that are kept of each. */
const SAMPLES = 5;
const BOOTS = 20;
const BUILDS = 50;

/** How often somebody else may come first. */
const TRIES = 5;

const nothing: DurationRecord = { builds: [], boots: [], tasks: {} };

export interface EndedBuild {
  /** The execution's. */
  readonly name: string;
  readonly build: BuildHistory;
  /** When the machines were asked for. */
  readonly launches: LaunchTimes;
}

/** Adds what a build that has ended tells of time to what the stage knows; what played its tasks tells nothing. */
export async function keepDurations(ended: EndedBuild, records: StateRecords): Promise<void> {
  if (ended.build.input?.debug !== "") return;
  for (let tries = 0; tries < TRIES; tries++) {
    const known = await records.read(stateKey.durations, DurationRecord);
    if (known?.value.builds.includes(ended.name)) return;
    const condition = known === undefined ? { ifNoneMatch: "*" as const } : { ifMatch: known.etag };
    const renewed = addBuild(known?.value ?? nothing, ended);
    if ((await records.write(stateKey.durations, renewed, condition)) !== undefined) return;
  }
  throw new Error(`${stateKey.durations} is written by others all the time`);
}

/** The record with one build more. */
export function addBuild(known: DurationRecord, { name, build, launches }: EndedBuild): DurationRecord {
  const tasks = structuredClone(known.tasks);
  const boots = [...known.boots];
  for (const step of build.steps) {
    if (step.kind !== "activity") continue;
    const platform = step.per === "platform" ? step.platform : "";
    const seconds = secondsOf(step);
    if (seconds !== undefined) {
      tasks[step.name] ??= {};
      const ofActivity = tasks[step.name] as Record<string, number[]>;
      ofActivity[platform] = [...(ofActivity[platform] ?? []), seconds].slice(-SAMPLES);
    }
    boots.push(...step.attempts.flatMap((attempt) => bootOf(attempt, launches) ?? []));
  }
  return { builds: [...known.builds, name].slice(-BUILDS), boots: boots.slice(-BOOTS), tasks };
}

/** Of the attempt that succeeded. */
function secondsOf({ state, attempts }: Step): number | undefined {
  const { startedAt, endedAt } = attempts.at(-1) ?? {};
  if (state !== "succeeded" || startedAt === undefined || endedAt === undefined) return undefined;
  return (endedAt.getTime() - startedAt.getTime()) / 1000;
}

/** A machine that was there before its task was waited for that, which is no boot. */
const WAITED_MS = 5000;

function bootOf({ scheduledAt, startedAt, instance }: Attempt, launches: LaunchTimes): number | undefined {
  const launchedAt = instance === undefined ? undefined : launches.get(instance);
  if (startedAt === undefined || launchedAt === undefined) return undefined;
  const hasWaited = startedAt.getTime() - scheduledAt.getTime() >= WAITED_MS;
  return hasWaited && launchedAt <= scheduledAt ? (startedAt.getTime() - launchedAt.getTime()) / 1000 : undefined;
}
