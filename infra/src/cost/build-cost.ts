import { listedPrice } from "@muster/lambdas";
import { type Activity, type Pipeline, USUAL_IDLE_SECONDS } from "@muster/pipeline";
import { HOURS_PER_MONTH, PRICES } from "./price-table.ts";

/** One task of a step, on a worker of its own, on demand. */
export interface TaskCost {
  readonly step: string;
  readonly per: "build" | "version" | "platform";
  /** The first of its instance types. */
  readonly instanceType: string;
  /** Of the machine with its volume and its address; null where the type has no known price. */
  readonly dollarsPerHour: number | null;
  /** As the definition estimates; null where it does not. The worker's wait for another task comes on top. */
  readonly seconds: number | null;
  readonly timeoutSeconds: number;
  /** By that time, with the wait. */
  readonly dollars: number | null;
  /** If the task takes all of its timeout, with the wait. */
  readonly mostDollars: number | null;
}

export interface BuildCost {
  readonly tasks: readonly TaskCost[];
  /** Of each version; null where a version's list tells, which is not asked. */
  readonly platforms: number | null;
  /** Of one version on its platforms, or on one where their number is not known; null where a task's time or price is not known. */
  readonly dollars: number | null;
  /** The same if every task takes all of its timeout. */
  readonly mostDollars: number | null;
}

/** What a build of one version costs in machines, each task done once. */
export function buildCost({ activities, platforms }: Pipeline): BuildCost {
  const count = platforms.kind === "fixed" ? platforms.names.length : null;
  const tasks = activities.map(taskCost);
  const sum = (of: "dollars" | "mostDollars") =>
    tasks.reduce<number | null>((whole, task) => {
      const each = task[of];
      return whole === null || each === null ? null : whole + each * (task.per === "platform" ? (count ?? 1) : 1);
    }, 0);
  return { tasks, platforms: count, dollars: sum("dollars"), mostDollars: sum("mostDollars") };
}

function taskCost({ name, per, worker, estimatedDuration, timeout }: Activity): TaskCost {
  const [instanceType] = worker.instanceTypes;
  const dollarsPerHour = hourlyDollars(worker);
  const dollarsFor = (seconds: number | undefined): number | null =>
    seconds === undefined || dollarsPerHour === null ? null : ((seconds + USUAL_IDLE_SECONDS) / 3600) * dollarsPerHour;
  return {
    step: name,
    per,
    instanceType,
    dollarsPerHour,
    seconds: estimatedDuration ?? null,
    timeoutSeconds: timeout,
    dollars: dollarsFor(estimatedDuration),
    mostDollars: dollarsFor(timeout),
  };
}

/** Volumes of images that say nothing of their own are small: counted as this many gigabytes. */
const USUAL_VOLUME_GB = 8;

function hourlyDollars({ instanceTypes, pricePerHour, rootVolumeGb }: Activity["worker"]): number | null {
  const machine = pricePerHour ?? listedPrice(instanceTypes[0]);
  if (machine === undefined) return null;
  const volume = ((rootVolumeGb ?? USUAL_VOLUME_GB) * PRICES.volumeGbMonth.dollars) / HOURS_PER_MONTH;
  return machine + volume + PRICES.publicAddressHour.dollars;
}
