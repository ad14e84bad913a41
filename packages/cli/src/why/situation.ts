import type { AttemptEnd } from "./attempt-end.ts";

/** A machine, with how long it has been at what it is at. */
export interface MachineFor {
  /** Instance id. */
  readonly instance: string;
  readonly seconds: number;
}

/** A worker that is at another task. */
export interface BusyMachine {
  readonly instance: string;
  readonly task: string | null;
  /** At it; null where another build's history would tell. */
  readonly seconds: number | null;
}

/** What EC2 has answered instead of launching, in requests that all came to nothing. */
export interface Refusals {
  /** Of the first of them. */
  readonly since: Date;
  readonly requests: number;
  readonly codes: readonly string[];
  /** Of the latest: which types in which zones, and what EC2 says of them. */
  readonly instanceTypes: readonly string[];
  readonly zones: readonly string[];
  readonly markets: readonly string[];
  readonly message: string;
}

/** A step that comes before a task and has not ended. */
export interface StepBefore {
  readonly task: string;
  /** `running for 3:00 on i-0123`; null where the build has not come to it either. */
  readonly says: string | null;
}

/** What a task waits for. */
export type Wait =
  | { readonly for: "decision" }
  | { readonly for: "another look"; readonly error: string }
  | { readonly for: "steps before it"; readonly steps: readonly StepBefore[] }
  | { readonly for: "a person"; readonly command: string; readonly until: Date | null }
  | { readonly for: "a test worker" }
  | { readonly for: "capacity" | "a quota" | "EC2's patience" | "EC2 to allow it" | "EC2"; readonly refusals: Refusals }
  | { readonly for: "EC2's answer"; readonly asked: Date }
  | { readonly for: "a place"; readonly limit: string; readonly busy: readonly BusyMachine[] }
  | { readonly for: "a machine that starts"; readonly instances: readonly string[] }
  | { readonly for: "a booting worker"; readonly booting: readonly MachineFor[]; readonly refusals: Refusals | null }
  | { readonly for: "a launched worker"; readonly instances: readonly string[] }
  | { readonly for: "a busy worker"; readonly busy: readonly BusyMachine[] }
  | { readonly for: "an idle worker"; readonly instances: readonly string[] }
  | { readonly for: "a launch" }
  /** As far as the history tells; the rest could not be read. */
  | { readonly for: "a worker"; readonly why: string | null };

/** Why a build never came to a task. */
export type Missed =
  | { readonly by: "failure"; readonly tasks: readonly string[] }
  | { readonly by: "rejection"; readonly task: string; readonly said: string }
  | { readonly by: "no answer"; readonly task: string }
  | { readonly by: "stop"; readonly who: string | null }
  | { readonly by: "time" }
  | { readonly by: "end"; readonly error: string };

/** Why a task is where it is: every state that it can be in. Times are of the execution's clock; null is what nobody knows. */
export type Situation =
  | {
      readonly state: "succeeded";
      readonly seconds: number;
      readonly instance: string | null;
      readonly attempts: number;
      readonly note: string | null;
    }
  | { readonly state: "approved"; readonly by: string; readonly reason: string | null }
  | { readonly state: "skipped"; readonly reason: string }
  | { readonly state: "waiting"; readonly since: Date; readonly wait: Wait }
  | {
      readonly state: "running";
      readonly seconds: number;
      readonly instance: string | null;
      readonly attempts: number;
    }
  | {
      readonly state: "silent";
      readonly seconds: number;
      readonly instance: string;
      readonly silentSeconds: number;
      /** When it is ended if it stays silent, or takes no longer than it may. */
      readonly endsAt: Date;
    }
  | { readonly state: "queued"; readonly instance: string; readonly seconds: number; readonly holder: string }
  | { readonly state: "orphaned"; readonly instance: string; readonly end: AttemptEnd }
  | {
      readonly state: "resting";
      readonly end: AttemptEnd;
      readonly instance: string | null;
      readonly attempts: number;
      /** null where the pipeline of today does not say. */
      readonly until: Date | null;
    }
  | {
      readonly state: "failed";
      readonly end: AttemptEnd;
      readonly instance: string | null;
      /** Of the last attempt; null where no worker had it. */
      readonly seconds: number | null;
      readonly attempts: number;
    }
  | { readonly state: "unprepared"; readonly error: string }
  | { readonly state: "rejected"; readonly said: string }
  | { readonly state: "unanswered" }
  /** The build ended around it. */
  | { readonly state: "cut off"; readonly was: string; readonly missed: Missed }
  | { readonly state: "not started"; readonly missed: Missed }
  /** Of a build that nobody moves. */
  | { readonly state: "interrupted"; readonly was: string };
