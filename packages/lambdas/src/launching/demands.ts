import { createHash } from "node:crypto";
import { Demand, type LaunchRecord, type PrepareActivityEvent, type TaskInput } from "@muster/pipeline";
import { type StateRecords, stateKey } from "@muster/records";
import { readOrSkip } from "../records/read-or-skip.ts";
import type { LaunchReading } from "./launch-context.ts";

/** A demand that no launch has answered in this time is a task in a queue by now, and counted there. */
const DEMAND_MEMORY_MS = 1_800_000;

export interface OpenDemand extends Demand {
  readonly id: string;
}

/** Says that a task is about to need a worker. A retried step, which entered its state once, asks once. */
export async function putDemand(
  records: StateRecords,
  { activity, enteredTime }: Pick<PrepareActivityEvent, "activity" | "enteredTime">,
  { execution, name, debug, templateVersion }: TaskInput,
  { onDemand = false }: { readonly onDemand?: boolean } = {},
): Promise<string> {
  const entered = new Date(enteredTime).toISOString();
  const id = `${entered}_${digest([execution, name, entered])}`;
  const demand: Demand = {
    execution,
    task: name,
    debug,
    ...(templateVersion === undefined ? {} : { templateVersion }),
    ...(onDemand && { onDemand }),
  };
  await records.write(stateKey.demand(activity, id), demand, { ifNoneMatch: "*" });
  return id;
}

/** Marks the id of a demand that was made before its step was come to. */
const AHEAD = "-ahead";

export const isAhead = (id: string): boolean => id.endsWith(AHEAD);

/**
 * Says that a step will need a worker soon. The step itself asks again when the build comes to it, and is then left the worker that is there.
 * @returns whether nobody has said so since `since`, when its build began
 */
export async function putDemandAhead(
  activity: string,
  demand: Demand,
  { records, now, since }: Pick<LaunchReading, "records" | "now"> & { readonly since: Date },
): Promise<boolean> {
  const prefix = stateKey.demands(activity);
  const ending = `_${digest([demand.execution, demand.task])}${AHEAD}`;
  const keys = await records.list(prefix, { startAfter: `${prefix}${since.toISOString()}` });
  if (keys.some((key) => key.endsWith(`${ending}.json`))) return false;
  await records.write(stateKey.demand(activity, `${now().toISOString()}${ending}`), demand);
  return true;
}

const digest = (parts: readonly string[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 24);

/** Keys of the demands of a build, as far as a launch would answer them still. */
export async function demandsOfBuild(activity: string, execution: string, reading: LaunchReading): Promise<string[]> {
  const demands = await demandsSince(activity, DEMAND_MEMORY_MS, { launches: [], reading });
  return demands.filter((demand) => demand.execution === execution).map(({ id }) => stateKey.demand(activity, id));
}

/** A step publishes its task within this time after it has entered its state, retries and all, or never. */
const PUBLISHED_WITHIN_MS = 300_000;

interface DemandOptions {
  readonly launches: readonly LaunchRecord[];
  readonly reading: LaunchReading;
}

/** Demands that none of the launches has answered, of steps that a build has come to. */
export async function openDemands(activity: string, options: DemandOptions): Promise<OpenDemand[]> {
  return (await demandsSince(activity, DEMAND_MEMORY_MS, options)).filter(({ id }) => !isAhead(id));
}

/** The same, and those of steps to come: whoever answers them must know by the histories which of these have been come to meanwhile. */
export function openDemandsAndAhead(activity: string, options: DemandOptions): Promise<OpenDemand[]> {
  return demandsSince(activity, DEMAND_MEMORY_MS, options);
}

/**
 * Demands that were answered by launches of which machines are gone. The step that made one will not ask again, and until it has published its task, no
 * history tells of it.
 */
export async function reopenedDemands(
  activity: string,
  { gone, launches, reading }: DemandOptions & { gone: ReadonlySet<string> },
): Promise<OpenDemand[]> {
  const isWhole = ({ instances, reused = [] }: LaunchRecord) =>
    ![...instances, ...reused].some((instance) => gone.has(instance));
  const lost = launches.filter((launch) => !isWhole(launch)).flatMap(({ demands }) => demands);
  if (lost.length === 0) return [];
  const wanted = new Set(lost);
  const unanswered = await demandsSince(activity, PUBLISHED_WITHIN_MS, { launches: launches.filter(isWhole), reading });
  return unanswered.filter(({ id }) => wanted.has(id));
}

async function demandsSince(
  activity: string,
  memoryMs: number,
  { launches, reading }: DemandOptions,
): Promise<OpenDemand[]> {
  const prefix = stateKey.demands(activity);
  const since = new Date(reading.now().getTime() - memoryMs).toISOString();
  const keys = await reading.records.list(prefix, { startAfter: `${prefix}${since}` });
  const answered = new Set(launches.flatMap(({ demands }) => demands));
  const ids = keys.map((key) => key.slice(prefix.length, -".json".length)).filter((id) => !answered.has(id));
  const read = async (id: string) => ({ id, ...(await readOrSkip(stateKey.demand(activity, id), Demand, reading)) });
  return (await Promise.all(ids.map(read))).filter((demand): demand is OpenDemand => "task" in demand);
}
