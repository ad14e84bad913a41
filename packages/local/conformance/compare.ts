import { isDeepStrictEqual } from "node:util";
import type { Expected, Outcome, RecordedHistoryEvent } from "./recorded-case.ts";

/** What differs from the recording in status, error or output; undefined when nothing does. */
export function compareOutcome(expected: Expected, outcome: Outcome): string | undefined {
  if (expected.status !== outcome.status)
    return `status ${outcome.status} (${outcome.error ?? "no error"}), recorded ${expected.status}`;
  if ((expected.error ?? undefined) !== outcome.error) return `error ${outcome.error}, recorded ${expected.error}`;
  if (expected.outputExact !== true) return undefined;
  const [here, there] = [comparable(outcome.output), comparable(expected.output)];
  return isDeepStrictEqual(here, there)
    ? undefined
    : `output ${JSON.stringify(here)}, recorded ${JSON.stringify(there)}`;
}

/** What differs in the history: type, id and previous event, or, where branches ran in parallel, how often each type occurs. */
export function compareHistory(expected: Expected, outcome: Outcome): string | undefined {
  const recorded = expected.history ?? [];
  if (expected.historyOrdered === false) return firstDifference(countTypes(outcome.history), countTypes(recorded));
  return firstDifference(outcome.history.map(placed), recorded.map(placed));
}

function placed({ id, previousEventId, type }: RecordedHistoryEvent): string {
  return `${id} ${type} after ${previousEventId}`;
}

/** Whether ParallelStateSucceeded is shown depends on how AWS happened to schedule the branches. */
function countTypes(events: readonly RecordedHistoryEvent[]): string[] {
  const types = events.map(({ type }) => type).filter((type) => type !== "ParallelStateSucceeded");
  return types.sort();
}

function firstDifference(here: readonly string[], there: readonly string[]): string | undefined {
  const length = Math.max(here.length, there.length);
  for (let index = 0; index < length; index++) {
    if (here[index] !== there[index]) return `${here[index] ?? "nothing"}, recorded ${there[index] ?? "nothing"}`;
  }
  return undefined;
}

/** The recordings' own treatment: JSON inside strings parsed, what no two runs share left out. */
function comparable(value: unknown): unknown {
  if (typeof value === "string") {
    const parsed = parse(value);
    return parsed === undefined ? value : comparable(parsed);
  }
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !/^(Sdk.*|requestId|stackTrace|trace)$/.test(key));
  return Object.fromEntries(kept.map(([key, member]) => [key, comparable(member)]));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
