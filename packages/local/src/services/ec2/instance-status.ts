import type { InstanceState } from "./instance.ts";

type Status = "ok" | "initializing" | "not-applicable";

/** What EC2's checks say of an instance in a state: all of them pass as soon as it runs. */
export function statusOf(state: InstanceState): Status {
  if (state === "running") return "ok";
  return state === "pending" ? "initializing" : "not-applicable";
}

export function reachabilityOf(state: InstanceState): string | undefined {
  const status = statusOf(state);
  return status === "not-applicable" ? undefined : status === "ok" ? "passed" : status;
}
