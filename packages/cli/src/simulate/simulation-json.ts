import type { BuildInput } from "@muster/pipeline";
import type { FaultProfileName, PathPart } from "@muster/simulation";
import type { Spread } from "./spread.ts";
import type { TaskSeconds } from "./task-seconds.ts";

/** What `muster simulate --json` prints. */
export interface SimulationJson {
  /** What was asked for, understood. */
  readonly input: BuildInput;
  /** How long tasks take as a rule; each world varies that. */
  readonly times: readonly TaskSeconds[];
  /** From a worker's launch to its first task, as a rule. */
  readonly bootSeconds: number;
  readonly bootFrom: "option" | "records" | "guess";
  /** Each is a world; the same ones for every policy. */
  readonly seeds: readonly number[];
  /** By profile, and of each by policy, in the order in which they were named. */
  readonly results: readonly SimulatedPolicy[];
}

/** What a policy came to under a profile of faults, over all seeds. */
export interface SimulatedPolicy {
  readonly faults: FaultProfileName;
  readonly policy: string;
  readonly makespanSeconds: Spread;
  /** Of all workers, idle ones too. */
  readonly workerHours: Spread;
  /** US dollars; null where a machine has no known price. */
  readonly dollars: Spread | null;
  /** From the end of a script that came to nothing until its task was begun again; null where none did. */
  readonly recoverySeconds: Spread | null;
  /** Of all worlds together: scripts that came to nothing, attempts beyond the first of a task, and what went wrong. */
  readonly lostScripts: number;
  readonly retries: number;
  readonly faultsInjected: number;
  /** Seeds whose build failed. */
  readonly failed: readonly number[];
  /** Of the seed whose makespan is the median. */
  readonly typical: { readonly seed: number; readonly criticalPath: readonly PathPart[] };
  /** Against the first policy, world by world; null of the first itself. */
  readonly against: Against | null;
  /** What must hold whatever goes wrong, and did not; the predecessor is not judged. */
  readonly violations: readonly { readonly seed: number; readonly invariant: string; readonly what: string }[];
}

/** A policy against the first one in the same worlds. */
export interface Against {
  /** Worlds in which it was faster, and in which it was cheaper. */
  readonly faster: number;
  readonly cheaper: number;
  /** Its time, and its cost, as a share of the first one's. */
  readonly timeShare: Spread;
  readonly costShare: Spread | null;
}
