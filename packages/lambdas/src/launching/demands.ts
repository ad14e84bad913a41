import { createHash } from "node:crypto";
import { Demand, type LaunchRecord, type PrepareActivityEvent, stateKey, type TaskInput } from "@muster/pipeline";
import { readOrSkip } from "../records/read-or-skip.ts";
import type { StateRecords } from "../records/state-records.ts";
import type { LaunchContext } from "./launch-context.ts";

/** A demand that no launch has answered in this time is a task in a queue by now, and counted there. */
const DEMAND_MEMORY_MS = 1_800_000;

export interface OpenDemand extends Demand {
  readonly id: string;
}

/** Says that a task is about to need a worker. A retried step, which entered its state once, asks once. */
export async function putDemand(
  records: StateRecords,
  { activity, enteredTime }: Pick<PrepareActivityEvent, "activity" | "enteredTime">,
  { execution, name, debug }: TaskInput,
): Promise<string> {
  const entered = new Date(enteredTime).toISOString();
  const id = `${entered}_${createHash("sha256")
    .update(JSON.stringify([execution, name, entered]))
    .digest("hex")
    .slice(0, 24)}`;
  const demand: Demand = { execution, task: name, debug };
  await records.write(stateKey.demand(activity, id), demand, { ifNoneMatch: "*" });
  return id;
}

/** Demands that none of the launches has answered. */
export async function openDemands(
  activity: string,
  { launches, context }: { launches: readonly LaunchRecord[]; context: Pick<LaunchContext, "records" | "now" | "log"> },
): Promise<OpenDemand[]> {
  const prefix = stateKey.demands(activity);
  const since = new Date(context.now().getTime() - DEMAND_MEMORY_MS).toISOString();
  const keys = await context.records.list(prefix, { startAfter: `${prefix}${since}` });
  const answered = new Set(launches.flatMap(({ demands }) => demands));
  const ids = keys.map((key) => key.slice(prefix.length, -".json".length)).filter((id) => !answered.has(id));
  const read = async (id: string) => ({ id, ...(await readOrSkip(stateKey.demand(activity, id), Demand, context)) });
  return (await Promise.all(ids.map(read))).filter((demand): demand is OpenDemand => "task" in demand);
}
