import type { Cancel, Clock } from "../clock.ts";
import type { Movement } from "../movement.ts";
import type { FaultSource } from "./fault-source.ts";

export interface DeploymentOptions {
  readonly source: FaultSource;
  readonly clock: Clock;
  readonly movement: Movement;
  /** Without one there are no deployments. */
  readonly deploy: (() => Promise<void>) | undefined;
}

/** Deploys at the planned moments of the first day. One that fails has happened as far as it came, as on AWS: nobody takes it back. */
export function armDeployments({ source, clock, movement, deploy }: DeploymentOptions): Cancel {
  if (deploy === undefined) return () => {};
  const timers = source.moments("deployment", { of: "stage" }).map(({ atMs, mishap }) =>
    clock.at(atMs, () => {
      mishap.happens("the stage is deployed anew");
      movement.track("deployment", deploy).catch(() => {});
    }),
  );
  return () => {
    for (const cancel of timers) cancel();
  };
}
