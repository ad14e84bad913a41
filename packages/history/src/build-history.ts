import type { HistoryEvent } from "@aws-sdk/client-sfn";
import { readEvent } from "./read-event.ts";
import { type BuildFacts, latestSteps, type OpenState, type Reading } from "./reading.ts";
import { type EnteredStep, type Step, settle } from "./step.ts";

/** What an execution's history says of a build, as far as it has been read. */
export interface BuildHistory extends BuildFacts {
  /** Id of the last event that was read. */
  readonly lastEventId: number;
  /** In the order in which the build came to them. */
  readonly steps: readonly Step[];
}

/** Reads one build's history. */
export interface HistoryReader {
  /** What has been read: a value, which reading on leaves as it is. */
  readonly build: BuildHistory;
  /** Reads on, event by event, and answers the steps that changed. Events that were read already change nothing. */
  read(events: readonly HistoryEvent[]): readonly Step[];
}

const nothingKnown: BuildFacts = {
  state: "running",
  startedAt: undefined,
  endedAt: undefined,
  redriveCount: 0,
  input: undefined,
  results: undefined,
  error: undefined,
  cause: undefined,
};

/** A build of whose history nothing has been read. */
export const unreadBuild: BuildHistory = { ...nothingKnown, lastEventId: 0, steps: [] };

/**
 * A build whose history is read as it grows; the same for AWS and for this machine. What an event means is `readEvent`'s to say; here is kept
 * what the next one is read with, in place: a thousand tasks are sixteen thousand events, in some hundred polls.
 */
export function historyReader(): HistoryReader {
  let build = unreadBuild;
  const reading = {
    facts: nothingKnown,
    stepsByEntry: new Map<number, Step>(),
    entryOfKey: new Map<string, number>(),
    places: new Map<number, OpenState>(),
  } satisfies Reading;

  return {
    get build() {
      return build;
    },
    read(events) {
      let { lastEventId } = build;
      const changed = new Set<number>();
      const change = ([entry, step]: EnteredStep) => {
        if (!reading.stepsByEntry.has(entry)) reading.entryOfKey.set(step.key, entry);
        reading.stepsByEntry.set(entry, step);
        changed.add(entry);
      };
      for (const event of events) {
        const id = event.id ?? 0;
        if (id <= lastEventId) continue;
        lastEventId = id;
        const { facts, steps = [], place, from = event.previousEventId ?? 0 } = readEvent(reading, event);
        if (facts !== undefined) reading.facts = { ...reading.facts, ...facts };
        steps.forEach(change);
        if (place === undefined) continue;
        reading.places.delete(from);
        if (place !== "left") reading.places.set(id, place);
      }
      // What a stop or the execution's own time cut off has not failed: it was never finished.
      if (reading.facts.state === "failed") settle(latestSteps(reading), reading.facts.endedAt).forEach(change);
      build = { ...reading.facts, lastEventId, steps: latestSteps(reading).map(([, step]) => step) };
      return Array.from(changed, (entry) => reading.stepsByEntry.get(entry) as Step);
    },
  };
}
