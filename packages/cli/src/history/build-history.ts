import type { HistoryEvent } from "@aws-sdk/client-sfn";
import { readEvent } from "./read-event.ts";
import { type BuildFacts, latestSteps, type Reading } from "./reading.ts";
import { type EnteredStep, type Step, settle } from "./step.ts";

/** What an execution's history says of a build, as far as it has been read: a value, of which `foldEvents` makes the next. */
export interface BuildHistory extends BuildFacts {
  /** Id of the last event that was read. */
  readonly lastEventId: number;
  /** In the order in which the build came to them. */
  readonly steps: readonly Step[];
  readonly reading: Reading;
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
export const unreadBuild: BuildHistory = {
  ...nothingKnown,
  lastEventId: 0,
  steps: [],
  reading: { facts: nothingKnown, stepsByEntry: new Map(), entryOfKey: new Map(), places: new Map() },
};

/**
 * Reads a build further, event by event; the same for AWS and for this machine. Events that were read already change nothing.
 * What makes it a value is copied once a call, not once an event: a thousand tasks are sixteen thousand events.
 */
export function foldEvents(
  build: BuildHistory,
  events: readonly HistoryEvent[],
): { readonly build: BuildHistory; readonly changed: readonly Step[] } {
  const { reading } = build;
  let { lastEventId } = build;
  const draft = {
    facts: reading.facts,
    stepsByEntry: new Map(reading.stepsByEntry),
    entryOfKey: new Map(reading.entryOfKey),
    places: new Map(reading.places),
  };
  const changed = new Map<number, Step>();
  const keep = ([entry, step]: EnteredStep) => {
    if (!draft.stepsByEntry.has(entry)) draft.entryOfKey.set(step.key, entry);
    draft.stepsByEntry.set(entry, step);
    changed.set(entry, step);
  };

  for (const event of events) {
    const id = event.id ?? 0;
    if (id <= lastEventId) continue;
    lastEventId = id;
    const { facts, steps = [], place, from = event.previousEventId ?? 0 } = readEvent(draft, event);
    if (facts !== undefined) draft.facts = { ...draft.facts, ...facts };
    steps.forEach(keep);
    if (place === undefined) continue;
    draft.places.delete(from);
    if (place !== "left") draft.places.set(id, place);
  }
  if (draft.facts.state !== "running") settle(latestSteps(draft), draft.facts.endedAt).forEach(keep);
  const steps = Array.from(draft.entryOfKey.values(), (entry) => draft.stepsByEntry.get(entry) as Step);
  return { build: { ...draft.facts, lastEventId, steps, reading: draft }, changed: [...changed.values()] };
}
