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

/** A run of a large build's Map: each platform of a version has an execution of its own, and these have ARNs that no event tells. */
export interface MapRunOfBuild {
  readonly arn: string;
  readonly isOpen: boolean;
}

/** Reads one build's history. */
export interface HistoryReader {
  /** What has been read: a value, which reading on leaves as it is. */
  readonly build: BuildHistory;
  /** Reads on, event by event, and answers the steps that changed. Events that were read already change nothing. */
  read(events: readonly HistoryEvent[]): readonly Step[];
  /** Of the build's own history, in their order; none of a build that has one history. */
  readonly mapRuns: readonly MapRunOfBuild[];
  /** Leaves out a Map Run in which nothing can follow. */
  leaveMapRun(arn: string): void;
  /** The same for the execution of a platform: its steps are the build's, too. */
  readPlatform(executionArn: string, events: readonly HistoryEvent[]): readonly Step[];
  /** How far a platform's execution has been read: the id of the last event, and whether nothing can follow. */
  platform(executionArn: string): { readonly lastEventId: number; readonly hasEnded: boolean };
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
  const own = executionReading();
  const platforms = new Map<string, ExecutionReading>();
  const mapRuns = new Map<number, MapRunOfBuild>();
  let build = unreadBuild;
  const renew = () => {
    const steps = [own, ...platforms.values()].flatMap(({ reading }) => latestSteps(reading).map(([, step]) => step));
    build = { ...own.reading.facts, lastEventId: own.lastEventId, steps };
  };

  return {
    get build() {
      return build;
    },
    read(events) {
      for (const event of events) noteMapRun(mapRuns, event);
      const changed = readOn(own, events);
      renew();
      return changed;
    },
    get mapRuns() {
      return [...mapRuns.values()];
    },
    leaveMapRun(arn) {
      for (const [id, run] of mapRuns) if (run.arn === arn) mapRuns.delete(id);
    },
    readPlatform(executionArn, events) {
      const platform = platforms.get(executionArn) ?? executionReading();
      platforms.set(executionArn, platform);
      const changed = readOn(platform, events);
      renew();
      return changed;
    },
    platform(executionArn) {
      const { lastEventId = 0, reading } = platforms.get(executionArn) ?? {};
      return { lastEventId, hasEnded: reading !== undefined && reading.facts.state !== "running" };
    },
  };
}

function noteMapRun(
  mapRuns: Map<number, MapRunOfBuild>,
  { id = 0, previousEventId = 0, ...event }: HistoryEvent,
): void {
  const { mapRunArn } = event.mapRunStartedEventDetails ?? event.mapRunRedrivenEventDetails ?? {};
  if (mapRunArn !== undefined) mapRuns.set(id, { arn: mapRunArn, isOpen: true });
  const ended = mapRuns.get(previousEventId);
  if (ended !== undefined && /^MapRun(Succeeded|Failed|Aborted)$/.test(event.type ?? ""))
    mapRuns.set(previousEventId, { ...ended, isOpen: false });
}

/** The history of one execution, as far as it has been read. */
interface ExecutionReading {
  lastEventId: number;
  readonly reading: {
    facts: BuildFacts;
    readonly stepsByEntry: Map<number, Step>;
    readonly entryOfKey: Map<string, number>;
    readonly places: Map<number, OpenState>;
  };
}

const executionReading = (): ExecutionReading => ({
  lastEventId: 0,
  reading: { facts: nothingKnown, stepsByEntry: new Map(), entryOfKey: new Map(), places: new Map() },
});

/** Answers the steps that changed. */
function readOn(execution: ExecutionReading, events: readonly HistoryEvent[]): readonly Step[] {
  const { reading } = execution;
  const changed = new Set<number>();
  const change = ([entry, step]: EnteredStep) => {
    if (!reading.stepsByEntry.has(entry)) reading.entryOfKey.set(step.key, entry);
    reading.stepsByEntry.set(entry, step);
    changed.add(entry);
  };
  for (const event of events) {
    const id = event.id ?? 0;
    if (id <= execution.lastEventId) continue;
    execution.lastEventId = id;
    const { facts, steps = [], place, from = event.previousEventId ?? 0 } = readEvent(reading satisfies Reading, event);
    if (facts !== undefined) reading.facts = { ...reading.facts, ...facts };
    steps.forEach(change);
    if (place === undefined) continue;
    reading.places.delete(from);
    if (place !== "left") reading.places.set(id, place);
  }
  // What a stop or the execution's own time cut off has not failed: it was never finished.
  if (reading.facts.state === "failed") settle(latestSteps(reading), reading.facts.endedAt).forEach(change);
  return Array.from(changed, (entry) => reading.stepsByEntry.get(entry) as Step);
}
