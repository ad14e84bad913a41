import { describeWorkers, listedPrice, type Worker, type WorkerState } from "@muster/lambdas";
import type { Stage } from "../stages/stage.ts";

/** A machine of a stage, as `workers --json` has it; null is what nobody knows. */
export interface WorkerJson {
  readonly instance: string;
  readonly step: string;
  /** `kept`: its task failed, and it stays for a look. */
  readonly state: "booting" | "idle" | "active" | "stopping" | "kept";
  /** That it is at, or that failed on it. */
  readonly task: string | null;
  readonly launchedAt: Date;
  readonly ageSeconds: number;
  readonly instanceType: string;
  readonly market: "spot" | "on-demand";
  readonly zone: string;
  /** What it has cost so far at most: by an upper estimate of the on-demand price. */
  readonly dollarsAtMost: number | null;
}

/** The machines that run, the oldest first, by EC2 and the tags that they give themselves, which may be some seconds behind. */
export async function listWorkers(
  { ec2, description, movedBy }: Pick<Stage, "ec2" | "description" | "movedBy">,
  now: Date,
): Promise<WorkerJson[]> {
  // On one machine they end with the process that moved its builds, whatever it could still write down.
  if (movedBy === "nobody") return [];
  const workers = await describeWorkers(await ec2(), description);
  return workers
    .flatMap((worker) => {
      const state = shownState(worker.state);
      return state === undefined ? [] : [toJson({ worker, state, now, isPaid: movedBy === "aws" })];
    })
    .sort((one, other) => +one.launchedAt - +other.launchedAt || one.instance.localeCompare(other.instance));
}

function shownState(state: WorkerState): WorkerJson["state"] | undefined {
  switch (state) {
    case "gone":
      return undefined;
    case "failed":
      return "kept";
    case "booting":
    case "idle":
    case "active":
    case "stopping":
      return state;
    default:
      return state satisfies never;
  }
}

function toJson({
  worker,
  state,
  now,
  isPaid,
}: {
  worker: Worker;
  state: WorkerJson["state"];
  now: Date;
  isPaid: boolean;
}): WorkerJson {
  const { instanceId, activity, launchedAt, instanceType, zone, market, task } = worker;
  const ageSeconds = Math.max(0, +now - +launchedAt) / 1000;
  const price = isPaid ? listedPrice(instanceType) : undefined;
  return {
    instance: instanceId,
    step: activity,
    state,
    task: state === "active" || state === "kept" ? (task ?? null) : null,
    launchedAt,
    ageSeconds,
    instanceType,
    market,
    zone,
    dollarsAtMost: price === undefined ? null : Math.round((ageSeconds / 3600) * price * 10_000) / 10_000,
  };
}
