import type { Seconds, WorkerMachine } from "@muster/pipeline";

/** What can be said of any recipe's activity. */
export interface RecipeOptions {
  /** The activity's name, where a pipeline has two of a kind: `MakeToolsTarball`. */
  readonly activity?: string;
  /** A task's longest run. */
  readonly timeout?: Seconds;
  /** A script that prints nothing this long is hung. Off where absent. */
  readonly logIdleTimeout?: Seconds;
  /** The machines that do it on AWS. */
  readonly worker?: WorkerMachine;
}

/** A machine that fetches, signs and uploads. */
export const SMALL: WorkerMachine = { instanceTypes: ["t3.small", "t3a.small"], rootVolumeGb: 32 };

/** A machine that compiles. */
export const LARGE: WorkerMachine = {
  instanceTypes: ["c7i.2xlarge", "c7a.2xlarge", "c6i.2xlarge"],
  rootVolumeGb: 64,
  market: "spot-then-on-demand",
};

/** Of an activity whose script may hang. */
export const logIdle = ({ logIdleTimeout }: RecipeOptions): Pick<RecipeOptions, "logIdleTimeout"> =>
  logIdleTimeout === undefined ? {} : { logIdleTimeout };
