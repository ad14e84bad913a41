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
  const ending = `_${digest([demand.execution, demand.task])}${AHEAD}`;
  const said = await Promise.all(
    [stateKey.demands(activity), stateKey.answeredDemands(activity)].map((prefix) =>
      records.list(prefix, { startAfter: `${prefix}${since.toISOString()}` }),
    ),
  );
  if (said.flat().some((key) => key.endsWith(`${ending}.json`))) return false;
  await records.write(stateKey.demand(activity, `${now().toISOString()}${ending}`), demand);
  return true;
}

const digest = (parts: readonly string[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 24);

/** Ids of the demands that wait, as far as a launch would answer them still. */
export async function listDemands(activity: string, { records, now }: LaunchReading): Promise<string[]> {
  const prefix = stateKey.demands(activity);
  const since = new Date(now().getTime() - DEMAND_MEMORY_MS).toISOString();
  const keys = await records.list(prefix, { startAfter: `${prefix}${since}` });
  return keys.map((key) => key.slice(prefix.length, -".json".length));
}

/** Keys of the demands of a build that wait, as far as a launch would answer them still. */
export async function demandsOfBuild(activity: string, execution: string, reading: LaunchReading): Promise<string[]> {
  const demands = await readDemands(await listDemands(activity, reading), (id) => readDemand(activity, id, reading));
  return demands.filter((demand) => demand.execution === execution).map(({ id }) => stateKey.demand(activity, id));
}

/** A step publishes its task within this time after it has entered its state, retries and all, or never. */
const PUBLISHED_WITHIN_MS = 300_000;

interface DemandOptions {
  readonly launches: readonly LaunchRecord[];
  readonly reading: LaunchReading;
}

/** What lies among the demands that wait. */
export interface WaitingDemands {
  /**
   * No launch has answered them, as far as is known. Of those of steps to come (`isAhead`), whoever answers them must know by the histories which have been
   * come to meanwhile.
   */
  readonly open: readonly OpenDemand[];
  /** Ids of those that a launch has answered: who launched did not come to put them away, or their step has asked again. */
  readonly answered: readonly string[];
  /** Ids of all, those included that cannot be read, or wait for what EC2 answers to a launch. */
  readonly ids: readonly string[];
}

/** @param launches of the activity, those at least whose demands may not have been put away */
export async function waitingDemands(activity: string, { launches, reading }: DemandOptions): Promise<WaitingDemands> {
  const ids = await listDemands(activity, reading);
  const launched = new Map(launches.flatMap(({ demands, finished }) => demands.map((id) => [id, finished] as const)));
  const asked = ids.filter((id) => !launched.has(id));
  const away = new Set<string>();
  const open = await readDemands(asked, async (id) => {
    const [demand, etag] = await Promise.all([
      readDemand(activity, id, reading),
      reading.records.etag(stateKey.answeredDemand(activity, id)),
    ]);
    if (etag === undefined) return demand;
    away.add(id);
    return undefined;
  });
  return { open, answered: ids.filter((id) => away.has(id) || launched.get(id) === true), ids };
}

/**
 * Puts away the demands that launches have answered, so that nobody who comes later looks at them again. Written there before they are deleted here: a step
 * that asks again, or a function that dies in between, leaves one that is known to be answered.
 */
export async function putAwayDemands(
  activity: string,
  { open, answered }: WaitingDemands,
  { launches, reading }: DemandOptions,
): Promise<void> {
  const { records } = reading;
  const launched = new Set(launches.filter(({ finished }) => finished).flatMap(({ demands }) => demands));
  const over = await readDemands(answered, (id) => readDemand(activity, id, reading));
  over.push(...open.filter(({ id }) => launched.has(id)));
  await Promise.all(over.map(({ id, ...demand }) => records.write(stateKey.answeredDemand(activity, id), demand)));
  await records.delete(over.map(({ id }) => stateKey.demand(activity, id)));
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
  const whole = new Set(launches.filter(isWhole).flatMap(({ demands }) => demands));
  const since = new Date(reading.now().getTime() - PUBLISHED_WITHIN_MS).toISOString();
  const lost = new Set(
    launches
      .filter((launch) => !isWhole(launch))
      .flatMap(({ demands }) => demands)
      .filter((id) => id > since && !whole.has(id)),
  );
  return readDemands([...lost], async (id) => {
    const answered = await readOrSkip(stateKey.answeredDemand(activity, id), Demand, reading);
    return answered === undefined ? readDemand(activity, id, reading) : { id, ...answered };
  });
}

async function readDemand(activity: string, id: string, reading: LaunchReading): Promise<OpenDemand | undefined> {
  const demand = await readOrSkip(stateKey.demand(activity, id), Demand, reading);
  return demand && { id, ...demand };
}

async function readDemands(
  ids: readonly string[],
  read: (id: string) => Promise<OpenDemand | undefined>,
): Promise<OpenDemand[]> {
  return (await Promise.all(ids.map(read))).filter((demand) => demand !== undefined);
}
