import type { Activity, StageDescription, WorkerMachine } from "@muster/pipeline";

/** Which kinds of capacity an activity's workers come from on a stage. */
export function marketOf(
  { worker }: Pick<Activity, "worker">,
  { spot }: Pick<StageDescription, "spot">,
): NonNullable<WorkerMachine["market"]> {
  return spot === "never" ? "on-demand" : (worker.market ?? "on-demand");
}
