import { entriesOf, isArray, isObject, type Json, objectOf } from "../src/services/states/language/json.ts";
import { jsonText, parseJson } from "../src/services/states/language/json-text.ts";
import type { Expected, Outcome, RecordedHistoryEvent } from "./recorded-case.ts";

/** What differs from the recording in status, error or output; undefined when nothing does. */
export function compareOutcome(expected: Expected, outcome: Outcome): string | undefined {
  if (expected.status !== outcome.status)
    return `status ${outcome.status} (${outcome.error ?? "no error"}), recorded ${expected.status}`;
  if ((expected.error ?? undefined) !== outcome.error) return `error ${outcome.error}, recorded ${expected.error}`;
  if (expected.outputExact !== true) return undefined;
  const [here, there] = [comparable(outcome.output ?? null), comparable(expected.output ?? null)];
  return here === there ? undefined : `output ${here}, recorded ${there}`;
}

/** What differs in the history: type, id and previous event, or, where branches ran in parallel, how often each type occurs. */
export function compareHistory(expected: Expected, outcome: Outcome): string | undefined {
  const recorded = expected.history ?? [];
  if (expected.historyOrdered === false) return firstDifference(countTypes(outcome.history), countTypes(recorded));
  return firstDifference(outcome.history.map(placed), recorded.map(placed));
}

/**
 * What differs in what events say, down to the text of numbers: names, inputs, outputs, errors, causes, resources, limits. Where branches ran in
 * parallel, the order of events does not count.
 */
export function compareDetails(expected: Expected, outcome: Outcome): string | undefined {
  const here = outcome.history.map(detailed);
  const recorded = (expected.history ?? []).map(detailed);
  if (expected.historyOrdered !== false) {
    const odd = recorded.findIndex((event, index) => !masks(event, here[index] ?? ""));
    return odd === -1 ? undefined : `${here[odd] ?? "nothing"}, recorded ${recorded[odd]}`;
  }
  const left = withoutParallel(here);
  for (const event of withoutParallel(recorded).sort(byPlaceholders)) {
    const match = left.findIndex((candidate) => masks(event, candidate));
    if (match === -1) return `${left.find((candidate) => typeOf(candidate) === typeOf(event))}, recorded ${event}`;
    left.splice(match, 1);
  }
  return undefined;
}

/** Whether a recording kept what its events say, and not their order alone. */
export function hasDetails({ history = [] }: Expected): boolean {
  return history.some((event) => Object.keys(event).some(isDetails));
}

const isDetails = (field: string): boolean => field.endsWith("EventDetails");

function placed({ id, previousEventId, type }: RecordedHistoryEvent): string {
  return `${id} ${type} after ${previousEventId}`;
}

/** An event's type and details, as text. */
function detailed(event: RecordedHistoryEvent): string {
  const details = Object.entries(event).filter(([name]) => isDetails(name));
  return `${event.type} ${details.map(([, fields]) => comparable(fields as Json)).join()}`;
}

const typeOf = (event: string): string => event.slice(0, event.indexOf(" "));

/** What no two runs share stands in recordings as `<name>`, or under these names: times, names of machines and functions, tokens, ids. */
const PLACEHOLDER =
  /<[A-Za-z_][\w:-]*>|activity_arn|snf_role_arn|lambda_function_name|(?<=")(?:date|timestamp|start-time|entered-time)(?=")/;

/** Whether an event is the recorded one, whatever stands at the recording's placeholders. */
function masks(recorded: string, event: string): boolean {
  if (recorded === event) return true;
  const fixed = recorded.split(PLACEHOLDER);
  if (fixed.length === 1) return false;
  return new RegExp(`^${fixed.map((part) => literally(part)).join(".*?")}$`, "s").test(event);
}

const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Exact events are matched first. */
const byPlaceholders = (a: string, b: string): number => a.split(PLACEHOLDER).length - b.split(PLACEHOLDER).length;

/** Whether ParallelStateSucceeded is shown depends on how AWS happened to schedule the branches. */
const withoutParallel = (events: readonly string[]): string[] =>
  events.filter((event) => !event.startsWith("ParallelStateSucceeded"));

function countTypes(events: readonly RecordedHistoryEvent[]): string[] {
  return withoutParallel(events.map(({ type }) => type)).sort();
}

function firstDifference(here: readonly string[], there: readonly string[]): string | undefined {
  const length = Math.max(here.length, there.length);
  for (let index = 0; index < length; index++) {
    if (here[index] !== there[index]) return `${here[index] ?? "nothing"}, recorded ${there[index] ?? "nothing"}`;
  }
  return undefined;
}

/** The recordings' own treatment, as text: JSON inside strings parsed, keys sorted, what no two runs share left out. */
const comparable = (value: Json): string => jsonText(plain(value));

function plain(value: Json): Json {
  if (typeof value === "string") {
    const parsed = parse(value);
    return parsed === undefined ? value : plain(parsed);
  }
  if (isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const kept = entriesOf(value).filter(([key]) => !/^(Sdk.*|requestId|stackTrace|trace)$/.test(key));
  return objectOf(kept.map(([key, part]) => [key, plain(part)] as const).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function parse(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
