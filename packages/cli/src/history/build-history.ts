import type { HistoryEvent } from "@aws-sdk/client-sfn";
import { BuildInput, instanceOfPollName, Place, type Results, TaskSuccess, taskName } from "@muster/pipeline";
import * as z from "zod";
import { parseJson, readMember } from "./event-data.ts";
import { decide, endAttempt, fail, noteMissing, retry, type Step, settle, succeed } from "./step.ts";

export type BuildState = "running" | "succeeded" | "failed" | "aborted" | "timed out";

/** What an execution's history says of a build. */
export interface BuildHistory {
  /** Id of the last event that was read. */
  readonly lastEventId: number;
  readonly state: BuildState;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  readonly input: BuildInput | undefined;
  /** In the order in which the build came to them. */
  readonly steps: readonly Step[];
  /** The output of NormalizeResults: there for failed builds too. */
  readonly results: Results | undefined;
  /** Of an execution that failed. */
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** Folds further events in; returns the steps that changed. */
  add(events: readonly HistoryEvent[]): Step[];
}

/** States that pace the build; they are steps only when they fail. */
const PACING = new Set(["HealthCheckWait", "HealthCheck", "EndHealthCheck"]);

const Preparing = z.looseObject({ activity: z.string().optional() });

/** Reads a build from its history, event by event; the same for AWS and for this machine. */
export function buildHistory(): BuildHistory {
  const steps = new Map<string, Step>();
  /** By event: the state it happened in. A history is one chain per branch, linked by previousEventId. */
  const stateOf = new Map<number, { name: string; step: Step | undefined }>();
  let lastEventId = 0;
  let state: BuildState = "running";
  let startedAt: Date | undefined;
  let endedAt: Date | undefined;
  let input: BuildInput | undefined;
  let results: Results | undefined;
  let error: string | undefined;
  let cause: string | undefined;

  const enter = (name: string, kind: Step["kind"], payload: string | undefined, at: Date): Step => {
    const place = Place.safeParse(parseJson(payload)).data ?? { per: "build" };
    const key = taskName(name, place);
    const present = steps.get(key);
    if (present !== undefined && present.endedAt === undefined) return present;
    const step: Step = {
      kind,
      name,
      key,
      state: kind === "activity" ? "preparing" : "running",
      enteredAt: at,
      attempts: [],
      ...place,
    };
    steps.set(key, step);
    return step;
  };

  /** PrepareTo<A> is where a user first hears of <A>. */
  const prepare = (payload: string | undefined, at: Date): Step | undefined => {
    const { activity } = Preparing.safeParse(parseJson(payload)).data ?? {};
    return activity === undefined ? undefined : enter(activity, "activity", payload, at);
  };

  const apply = (event: HistoryEvent): Step | readonly Step[] | undefined => {
    const id = event.id as number;
    const at = event.timestamp as Date;
    const place = stateOf.get(event.previousEventId ?? 0);
    if (event.type?.endsWith("StateEntered")) {
      stateOf.set(id, { name: event.stateEnteredEventDetails?.name ?? "", step: undefined });
      return undefined;
    }
    if (place !== undefined) stateOf.set(id, place);
    const step = place?.step;
    const attempt = step?.attempts.at(-1);

    switch (event.type) {
      case "ExecutionStarted":
        startedAt = at;
        return undefined;
      case "ExecutionSucceeded":
      case "ExecutionFailed":
      case "ExecutionAborted":
      case "ExecutionTimedOut": {
        state = endStates[event.type];
        endedAt = at;
        const details =
          event.executionFailedEventDetails ??
          event.executionAbortedEventDetails ??
          event.executionTimedOutEventDetails;
        error = details?.error;
        cause = details?.cause;
        results ??= parseJson(event.executionSucceededEventDetails?.output) as Results | undefined;
        return undefined;
      }

      case "LambdaFunctionScheduled": {
        if (place === undefined || PACING.has(place.name)) return undefined;
        const payload = event.lambdaFunctionScheduledEventDetails?.input;
        place.step ??= place.name.startsWith("PrepareTo")
          ? prepare(payload, at)
          : enter(place.name, "function", payload, at);
        if (place.step?.kind === "function") {
          place.step.state = "running";
          place.step.attempts.push({ scheduledAt: at, startedAt: at });
        } else if (place.step !== undefined) place.step.state = "preparing";
        return place.step;
      }
      case "LambdaFunctionSucceeded": {
        const output = event.lambdaFunctionSucceededEventDetails?.output;
        if (place?.name === "ParseInput")
          input = BuildInput.safeParse(readMember(parseJson(output), "buildInput")).data;
        if (place?.name === "HealthCheck") return noteMissing(steps.values(), output, at);
        if (place?.name === "NormalizeResults") results = parseJson(output) as Results | undefined;
        if (step === undefined) return undefined;
        if (step.kind === "activity") return decide(step, output, at);
        endAttempt(attempt, at);
        return succeed(step, at);
      }
      case "LambdaFunctionFailed":
      case "LambdaFunctionTimedOut":
      case "LambdaFunctionScheduleFailed":
      case "LambdaFunctionStartFailed": {
        const details =
          event.lambdaFunctionFailedEventDetails ??
          event.lambdaFunctionTimedOutEventDetails ??
          event.lambdaFunctionScheduleFailedEventDetails ??
          event.lambdaFunctionStartFailedEventDetails;
        return step && retry(step, at, details);
      }

      case "ActivityScheduled": {
        if (place === undefined) return undefined;
        place.step ??= enter(place.name, "activity", event.activityScheduledEventDetails?.input, at);
        place.step.state = "waiting";
        place.step.attempts.push({ scheduledAt: at });
        return place.step;
      }
      case "ActivityStarted": {
        if (step === undefined || attempt === undefined) return undefined;
        const worker = event.activityStartedEventDetails?.workerName;
        attempt.startedAt = at;
        const instance = instanceOfPollName(worker) ?? worker;
        if (instance !== undefined) attempt.instance = instance;
        step.state = "running";
        return step;
      }
      case "ActivitySucceeded": {
        if (step === undefined) return undefined;
        endAttempt(attempt, at);
        const { note } =
          TaskSuccess.partial().safeParse(parseJson(event.activitySucceededEventDetails?.output)).data ?? {};
        if (note !== undefined) step.note = note;
        return succeed(step, at);
      }
      case "ActivityFailed":
      case "ActivityTimedOut":
      case "ActivityScheduleFailed": {
        const details =
          event.activityFailedEventDetails ??
          event.activityTimedOutEventDetails ??
          event.activityScheduleFailedEventDetails;
        return step && retry(step, at, details);
      }

      case "TaskStateExited":
        // What is left without a success when its state is left was caught.
        return step?.state === "retrying" ? fail(step, at, place?.name) : undefined;
      default:
        return undefined;
    }
  };

  return {
    get lastEventId() {
      return lastEventId;
    },
    get state() {
      return state;
    },
    get startedAt() {
      return startedAt;
    },
    get endedAt() {
      return endedAt;
    },
    get input() {
      return input;
    },
    get steps() {
      return [...steps.values()];
    },
    get results() {
      return results;
    },
    get error() {
      return error;
    },
    get cause() {
      return cause;
    },
    add(events) {
      const changed = new Set<Step>();
      for (const event of events) {
        if ((event.id ?? 0) <= lastEventId) continue;
        lastEventId = event.id as number;
        for (const step of [apply(event) ?? []].flat()) changed.add(step);
      }
      if (state !== "running") for (const step of settle(steps.values(), endedAt)) changed.add(step);
      return [...changed];
    },
  };
}

const endStates = {
  ExecutionSucceeded: "succeeded",
  ExecutionFailed: "failed",
  ExecutionAborted: "aborted",
  ExecutionTimedOut: "timed out",
} as const satisfies Record<string, BuildState>;
