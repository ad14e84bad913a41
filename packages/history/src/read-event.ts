import type { HistoryEvent } from "@aws-sdk/client-sfn";
import {
  BuildInput,
  distributedState,
  fixedState,
  instanceOfPollName,
  Place,
  prepareState,
  type Results,
  roleOfState,
  taskName,
} from "@muster/pipeline";
import * as z from "zod";
import { approvalRequest, unanswered, withoutToken } from "./approval-request.ts";
import { parseJson, readMember } from "./event-data.ts";
import { failureOf } from "./failure-of-event.ts";
import { noteOf } from "./note-of-output.ts";
import { type BuildFacts, latestSteps, type OpenState, type Reading, type Scheduled } from "./reading.ts";
import {
  decide,
  decideApproval,
  type EnteredStep,
  fail,
  isDone,
  lastAttempt,
  noteMissing,
  reopen,
  retry,
  type Step,
  succeed,
} from "./step.ts";

/** What an event says that was not known before it. */
export interface Change {
  readonly facts?: Partial<BuildFacts>;
  /** As they are now, those that the build comes to among them. */
  readonly steps?: readonly EnteredStep[];
  /** Where the event's chain stands now; absent for events that are in no state with a task. */
  readonly place?: OpenState | "left";
  /** The event at which that chain stood before; absent where it is the previous one. */
  readonly from?: number;
}

/** Reads one event: decides from what is known, and changes nothing itself. */
export function readEvent(reading: Reading, event: HistoryEvent): Change {
  const at = event.timestamp as Date;
  switch (event.type) {
    case "ExecutionStarted":
      return { facts: { startedAt: at } };
    case "ExecutionSucceeded":
    case "ExecutionFailed":
    case "ExecutionAborted":
    case "ExecutionTimedOut":
      return { facts: { ...endOf(reading, event), state: endStates[event.type], endedAt: at } };
    case "ExecutionRedriven":
      return redriven(reading, event);
    case "TaskStateEntered": {
      const { name = "", input } = event.stateEnteredEventDetails ?? {};
      const stateName = distributedState.plain(name);
      return { place: { stateName, entry: undefined, ...(input !== undefined && { stateInput: input }) } };
    }
  }
  const found = placeOf(reading, event);
  if (found === undefined) return {};
  const { place } = found;
  if (event.type !== "TaskStateExited") return { ...found, ...readTaskEvent(reading, place, event) };
  const step = stepAt(reading, place);
  // What is left without a success when its state is left was caught.
  return { place: "left", ...(step?.state === "retrying" && changed(place, fail(step, at, place.stateName))) };
}

/** The state that an event belongs to. After a redrive the chains of all states that had not been left go on at one event: what they ask for tells them apart. */
function placeOf({ places, facts }: Reading, event: HistoryEvent): { place: OpenState; from?: number } | undefined {
  const place = places.get(event.previousEventId ?? 0);
  const scheduled = scheduledBy(event);
  if (place !== undefined) return { place: scheduled === undefined ? place : { ...place, scheduled } };
  if (facts.redriveCount === 0 || scheduled === undefined) return undefined;
  const asked = [...places].filter(([, open]) => open.scheduled?.resource === scheduled.resource);
  const again = asked.find(([, open]) => open.scheduled?.input === scheduled.input) ?? asked[0];
  return again && { from: again[0], place: { ...again[1], scheduled } };
}

function scheduledBy(event: HistoryEvent): Scheduled | undefined {
  const details = event.activityScheduledEventDetails ?? event.lambdaFunctionScheduledEventDetails;
  if (details !== undefined) return { resource: details.resource, input: details.input };
  const task = event.taskScheduledEventDetails;
  return task && { resource: task.resource, input: withoutToken(task.parameters) };
}

/** The build goes on at the states that it had not left; what they had come to by then is over. */
function redriven(reading: Reading, event: HistoryEvent): Change {
  const { facts, places } = reading;
  const redriveCount = event.executionRedrivenEventDetails?.redriveCount ?? facts.redriveCount + 1;
  const resumedAt = event.timestamp as Date;
  const endedAt = facts.endedAt ?? resumedAt;
  const steps = [...places.values()].flatMap((place): EnteredStep[] => {
    const [entry, step] = entryAt(reading, place) ?? [];
    return entry === undefined || step === undefined || isDone(step)
      ? []
      : [[entry, reopen(step, { endedAt, resumedAt })]];
  });
  return { facts: { state: "running", endedAt: undefined, error: undefined, cause: undefined, redriveCount }, steps };
}

const endStates = {
  ExecutionSucceeded: "succeeded",
  ExecutionFailed: "failed",
  ExecutionAborted: "aborted",
  ExecutionTimedOut: "timed out",
} as const;

function endOf({ facts }: Reading, event: HistoryEvent): Partial<BuildFacts> {
  const details =
    event.executionFailedEventDetails ?? event.executionAbortedEventDetails ?? event.executionTimedOutEventDetails;
  return {
    error: details?.error,
    cause: details?.cause,
    results: facts.results ?? (parseJson(event.executionSucceededEventDetails?.output) as Results | undefined),
  };
}

function readTaskEvent(reading: Reading, place: OpenState, event: HistoryEvent): Change {
  const at = event.timestamp as Date;
  const step = stepAt(reading, place);
  switch (event.type) {
    case "LambdaFunctionScheduled":
      return functionScheduled(reading, place, event);
    case "LambdaFunctionSucceeded":
      return functionSucceeded(reading, place, event);
    case "ActivityScheduled": {
      const payload = event.activityScheduledEventDetails?.input;
      const entered =
        entryAt(reading, place) ?? enter(reading, { place, name: place.stateName, kind: "activity", payload, event });
      return comeTo(place, entered, (known) => ({
        ...known,
        state: "waiting",
        attempts: [...known.attempts, { scheduledAt: at }],
      }));
    }
    case "ActivityStarted":
      return step === undefined || step.attempts.length === 0 ? {} : changed(place, taken(step, event));
    case "ActivitySucceeded": {
      if (step === undefined) return {};
      const note = noteOf(event.activitySucceededEventDetails?.output);
      return changed(place, succeed(note === undefined ? step : { ...step, note }, at));
    }
    case "TaskScheduled":
      return approvalAsked(reading, place, event);
    case "TaskSucceeded": {
      const output = event.taskSucceededEventDetails?.output;
      return step === undefined ? {} : changed(place, decideApproval(step, output, at));
    }
    case "TaskTimedOut": {
      return step === undefined ? {} : changed(place, retry(step, at, unanswered));
    }
    case "TaskFailed":
    case "TaskStartFailed":
    case "TaskSubmitFailed":
    case "LambdaFunctionFailed":
    case "LambdaFunctionTimedOut":
    case "LambdaFunctionScheduleFailed":
    case "LambdaFunctionStartFailed":
    case "ActivityFailed":
    case "ActivityTimedOut":
    case "ActivityScheduleFailed":
      return step === undefined ? {} : changed(place, retry(step, at, failureOf(event)));
    default:
      return {};
  }
}

/** Whatever else waits for a token only paces the build. */
function approvalAsked(reading: Reading, place: OpenState, event: HistoryEvent): Change {
  const request = approvalRequest(event);
  if (request === undefined) return {};
  const payload = JSON.stringify(request);
  const entered =
    entryAt(reading, place) ?? enter(reading, { place, name: request.approval, kind: "approval", payload, event });
  return comeTo(place, entered, (step) => ({
    ...step,
    state: "waiting",
    build: request.execution.name,
    attempts: [...step.attempts, { scheduledAt: event.timestamp as Date }],
  }));
}

function functionScheduled(reading: Reading, place: OpenState, event: HistoryEvent): Change {
  if (roleOfState(place.stateName) === "pacing") return {};
  const at = event.timestamp as Date;
  const payload = event.lambdaFunctionScheduledEventDetails?.input;
  const entered = entryAt(reading, place) ?? enterByFunction(reading, { place, payload, event });
  if (entered === undefined) return {};
  return comeTo(place, entered, (step) =>
    step.kind === "activity"
      ? { ...step, state: "preparing" }
      : { ...step, state: "running", attempts: [...step.attempts, { scheduledAt: at, startedAt: at }] },
  );
}

function functionSucceeded(reading: Reading, place: OpenState, event: HistoryEvent): Change {
  const at = event.timestamp as Date;
  const output = event.lambdaFunctionSucceededEventDetails?.output;
  if (place.stateName === fixedState.healthCheck) return { steps: noteMissing(latestSteps(reading), output, at) };
  const step = stepAt(reading, place);
  const done = step && (step.kind === "activity" ? decide(step, output, at) : succeed(step, at));
  return { ...(done && changed(place, done)), ...factsOf(place, output) };
}

/** What the answers of some functions say of the whole build. */
function factsOf({ stateName }: OpenState, output: string | undefined): Pick<Change, "facts"> {
  if (stateName === fixedState.parseInput)
    return { facts: { input: BuildInput.safeParse(readMember(parseJson(output), "buildInput")).data } };
  if (stateName === fixedState.normalizeResults)
    return { facts: { results: parseJson(output) as Results | undefined } };
  return {};
}

function taken(step: Step, event: HistoryEvent): Step {
  const worker = event.activityStartedEventDetails?.workerName;
  const instance = instanceOfPollName(worker) ?? worker;
  const startedAt = event.timestamp as Date;
  const begun = lastAttempt(step, (attempt) => ({
    ...attempt,
    startedAt,
    ...(instance !== undefined && { instance }),
  }));
  return { ...begun, state: "running" };
}

const Preparing = z.looseObject({ activity: z.string().optional() });

interface Entering {
  readonly place: OpenState;
  readonly name: string;
  readonly kind: Step["kind"];
  readonly payload: string | undefined;
  readonly event: HistoryEvent;
}

function enter(reading: Reading, { place, name, kind, payload, event }: Entering): EnteredStep {
  const at = whereIs(payload, place);
  const key = taskName(name, at);
  const entry = reading.entryOfKey.get(key);
  const present = entry === undefined ? undefined : reading.stepsByEntry.get(entry);
  if (entry !== undefined && present !== undefined && present.endedAt === undefined) return [entry, present];
  const step: Step = {
    kind,
    name,
    key,
    state: kind === "function" ? "running" : "preparing",
    enteredAt: event.timestamp as Date,
    attempts: [],
    ...at,
  };
  return [event.id as number, step];
}

/** What a function is handed need not say what it is about: its state's data does. */
function whereIs(payload: string | undefined, { stateInput }: OpenState): Place {
  const told = Place.safeParse(parseJson(payload)).data;
  if (told !== undefined && told.per !== "build") return told;
  return Place.safeParse(parseJson(stateInput)).data ?? { per: "build" };
}

/** PrepareTo<A> is where a user first hears of <A>; the payload says of which, should it be readable. */
function enterByFunction(
  reading: Reading,
  called: Pick<Entering, "place" | "payload" | "event">,
): EnteredStep | undefined {
  const { stateName } = called.place;
  if (prepareState.activityOf(stateName) === undefined)
    return enter(reading, { ...called, name: stateName, kind: "function" });
  const { activity } = Preparing.safeParse(parseJson(called.payload)).data ?? {};
  return activity === undefined ? undefined : enter(reading, { ...called, name: activity, kind: "activity" });
}

const stepAt = ({ stepsByEntry }: Reading, { entry }: OpenState): Step | undefined =>
  entry === undefined ? undefined : stepsByEntry.get(entry);

function entryAt(reading: Reading, place: OpenState): EnteredStep | undefined {
  const step = stepAt(reading, place);
  return place.entry === undefined || step === undefined ? undefined : [place.entry, step];
}

/** The step of a place, changed. */
const changed = ({ entry }: OpenState, step: Step): Change => (entry === undefined ? {} : { steps: [[entry, step]] });

/** A place that has turned out to be a step's, and that step changed. */
const comeTo = (
  { stateInput: _, ...place }: OpenState,
  [entry, step]: EnteredStep,
  change: (step: Step) => Step,
): Change => ({
  place: { ...place, entry },
  steps: [[entry, change(step)]],
});
