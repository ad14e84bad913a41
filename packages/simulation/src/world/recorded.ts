import type { ObservedCall } from "@muster/local";
import type { WorldFault } from "../faults/world-plan.ts";

/** What a world saw, for those who judge it. Times are milliseconds of its own clock, which is nobody's that is wrong. */
export interface Recorded {
  readonly calls: RecordedCall[];
  readonly runs: ScriptRun[];
  readonly machines: RecordedMachine[];
  readonly invocations: RecordedInvocation[];
  readonly faults: WorldFault[];
}

export type RecordedCall = ObservedCall & { readonly atMs: number };

/** One run of a task's script on a machine. */
export interface ScriptRun {
  readonly task: string;
  readonly activity: string;
  /** The execution's ARN. */
  readonly build: string;
  readonly machine: string;
  readonly exclusive: boolean;
  /** Of an exclusive activity's lease. */
  readonly fencing: number | undefined;
  readonly startedMs: number;
  /** When nothing of it was left; undefined while it runs. */
  endedMs: number | undefined;
  /** When it put its results where others find them; undefined where it did not come to that. */
  publishedMs: number | undefined;
  end: "succeeded" | "failed" | "asked to end" | "died with its machine" | undefined;
}

/** An instance, from when it was played. */
export interface RecordedMachine {
  readonly instanceId: string;
  readonly activity: string;
  readonly launchToken: string;
  readonly bootedMs: number;
  endedMs: number | undefined;
  /** It has come to a stand, whatever EC2 says. */
  stillMs: number | undefined;
}

/** An instance as EC2 knows it, whether or not it ever did anything. */
export interface LaunchedInstance {
  readonly instanceId: string;
  readonly activity: string;
  readonly launchToken: string;
  readonly instanceType: string;
  readonly market: "spot" | "on-demand";
  readonly launchedMs: number;
  /** When it first said by its tags that it is ready; undefined where it never could. */
  readonly readyMs: number | undefined;
  /** When it said by its tags that a task has failed on it: it takes no other, and may be kept for hours. */
  readonly failedMs: number | undefined;
  /** When it did nothing any more; undefined while it runs. */
  readonly offMs: number | undefined;
  /** When EC2 had ended it: long after `offMs` where it hung. */
  readonly terminatedMs: number | undefined;
}

export interface RecordedInvocation {
  readonly function: string;
  readonly startedMs: number;
  /** Undefined where nothing came of it. */
  endedMs: number | undefined;
  /** The error's name. */
  error: string | undefined;
}

export const nothingRecorded = (): Recorded => ({ calls: [], runs: [], machines: [], invocations: [], faults: [] });
