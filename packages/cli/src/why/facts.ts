import type { BuildHistory, Step } from "@muster/history";
import type { Worker } from "@muster/lambdas";
import type { LaunchRecord, Lease, Pipeline, Place } from "@muster/pipeline";

/** What is known of a task: from its build's history, and of what others have written of it. */
export interface TaskFacts {
  /** As reports call it. */
  readonly task: string;
  /** Its step: `MakeBinaryPackage`. */
  readonly name: string;
  readonly place: Place;
  readonly pipeline: Pipeline;
  readonly build: BuildHistory;
  /** Undefined where the build has not come to it. */
  readonly step: Step | undefined;
  /** Whether somebody moves the build. */
  readonly moving: boolean;
  readonly now: Date;
  /** What answers it, where it waits for a person. */
  readonly approveCommand: string;
  /** Of its step, since the build came to it, oldest first; null where they could not be read. */
  readonly launches: readonly LaunchRecord[] | null;
  /** Of its step, those that ended lately among them; null where they could not be read. */
  readonly workers: readonly Worker[] | null;
  /** Of an exclusive step; null where there is none, or it could not be read. */
  readonly lease: Lease | null;
  /** When the last attempt's script last printed something; null where that is not known. */
  readonly lastLineAt: Date | null;
}
