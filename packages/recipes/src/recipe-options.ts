import { minutes, type Retry, type Seconds, type WorkerMachine } from "@muster/pipeline";
import { init, script } from "./script.ts";

/** What can be said of any recipe's activity. */
export interface RecipeOptions {
  /** The activity's name, where a pipeline has two of a kind: `MakeToolsTarball`. */
  readonly activity?: string;
  /** A task's longest run. */
  readonly timeout?: Seconds;
  /** How long a task usually takes, for plans of a stage that has no record of one yet. */
  readonly estimatedDuration?: Seconds;
  /** A script that prints nothing this long is hung. Off where absent. */
  readonly logIdleTimeout?: Seconds;
  /** Which failures are tried again, as an activity has it. Of what compiles no failure of the script where absent. */
  readonly retries?: readonly Retry[];
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

/** A compile error stays one: only what befell the worker is tried again. */
export const COMPILED: readonly Retry[] = [
  { errors: ["Muster.ScriptFailed"], maxAttempts: 0 },
  { maxAttempts: 2, interval: minutes(1), backoffRate: 5 },
];

/** What a recipe's activity is where its options say nothing else. */
interface Usual {
  readonly name: string;
  /** In this package's `scripts/`. */
  readonly script: string;
  readonly timeout: Seconds;
  readonly worker: WorkerMachine;
  readonly retries?: readonly Retry[];
  /** In `scripts/` too. */
  readonly check?: string;
}

/** The fields that every recipe's activity has, as its options say or as usual. */
export function settled(options: RecipeOptions, usual: Usual) {
  const { activity, timeout, estimatedDuration, logIdleTimeout, retries, worker } = options;
  const rules = retries ?? usual.retries;
  return {
    name: activity ?? usual.name,
    script: script(usual.script),
    init,
    ...(usual.check !== undefined && { check: script(usual.check) }),
    timeout: timeout ?? usual.timeout,
    worker: worker ?? usual.worker,
    ...(estimatedDuration !== undefined && { estimatedDuration }),
    ...(logIdleTimeout !== undefined && { logIdleTimeout }),
    ...(rules !== undefined && { retries: rules }),
  };
}
