import type { BuildInput, Results } from "@muster/pipeline";
import type { EnteredStep, Step } from "./step.ts";

export type BuildState = "running" | "succeeded" | "failed" | "aborted" | "timed out";

/** What a history says of the build itself. */
export interface BuildFacts {
  readonly state: BuildState;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  /** How often somebody let it go on after it had ended without success. */
  readonly redriveCount: number;
  readonly input: BuildInput | undefined;
  /** The output of NormalizeResults: there for failed builds too. */
  readonly results: Results | undefined;
  /** Of an execution that failed. */
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

/** A state with a task that has not been left, and the step that it turned out to be of. */
export interface OpenState {
  readonly stateName: string;
  readonly entry: number | undefined;
  /** The state's data, as JSON, while its step is not known. */
  readonly stateInput?: string;
  /** What it last asked for: a redrive asks for the same again. */
  readonly scheduled?: Scheduled;
}

export interface Scheduled {
  readonly resource: string | undefined;
  readonly input: string | undefined;
}

/**
 * All that the next event is read with. Steps are known by their entry, the event that the build came to them with: a step that is entered
 * again after its end is another one, of the same key.
 */
export interface Reading {
  readonly facts: BuildFacts;
  readonly stepsByEntry: ReadonlyMap<number, Step>;
  /** The latest entry of each key. */
  readonly entryOfKey: ReadonlyMap<string, number>;
  /** By the last event of each: a history is one chain per branch, linked by previousEventId. */
  readonly places: ReadonlyMap<number, OpenState>;
}

/** The latest step of each key, in the order in which the build came to them. */
export const latestSteps = ({ stepsByEntry, entryOfKey }: Reading): EnteredStep[] =>
  [...entryOfKey.values()].map((entry) => [entry, stepsByEntry.get(entry) as Step]);
