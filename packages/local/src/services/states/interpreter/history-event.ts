import type { Json } from "../language/json.ts";
import { jsonText } from "../language/json-text.ts";
import type { Failure } from "../language/state-error.ts";
import { EventCode, type EventType, eventType } from "./event-codes.ts";
import type { Execution } from "./execution.ts";
import type { EventSubject, RecordedEvent, TaskAttempt } from "./history.ts";

/** An event as GetExecutionHistory answers it. */
export interface HistoryEvent {
  readonly timestamp: Date;
  readonly type: EventType;
  readonly id: number;
  readonly previousEventId: number;
  readonly [details: `${string}EventDetails`]: Readonly<Record<string, unknown>>;
}

export interface EventView {
  readonly includeExecutionData: boolean;
}

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html */
export function historyEvent(execution: Execution, event: RecordedEvent, view: EventView): HistoryEvent {
  const { id, code, previousEventId, timestampMs } = event;
  const type = eventType(code);
  return { timestamp: new Date(timestampMs), type, id, previousEventId, ...detailsOf(execution, event, view) };
}

const DETAILS_TRUNCATED = { truncated: false };

function detailsOf(
  execution: Execution,
  event: RecordedEvent,
  view: EventView,
): Record<`${string}EventDetails`, object> {
  const { code, subject } = event;
  const payload = event.payload as Json | undefined;
  const data = (field: "input" | "output") => dataField(execution, { field, value: payload, view });
  switch (code) {
    case EventCode.ExecutionStarted:
      return {
        executionStartedEventDetails: {
          ...(view.includeExecutionData ? { input: execution.inputText, inputDetails: DETAILS_TRUNCATED } : {}),
          roleArn: execution.roleArn,
        },
      };
    case EventCode.PassStateEntered:
    case EventCode.TaskStateEntered:
    case EventCode.ChoiceStateEntered:
    case EventCode.WaitStateEntered:
    case EventCode.SucceedStateEntered:
    case EventCode.FailStateEntered:
    case EventCode.ParallelStateEntered:
    case EventCode.MapStateEntered:
      return { stateEnteredEventDetails: { name: subject, ...data("input") } };
    case EventCode.PassStateExited:
    case EventCode.TaskStateExited:
    case EventCode.ChoiceStateExited:
    case EventCode.WaitStateExited:
    case EventCode.SucceedStateExited:
    case EventCode.ParallelStateExited:
    case EventCode.MapStateExited:
      return { stateExitedEventDetails: { name: subject, ...data("output") } };
    case EventCode.MapStateStarted:
      return { mapStateStartedEventDetails: { length: payload } };
    case EventCode.MapRunStarted:
      return { mapRunStartedEventDetails: { mapRunArn: subject } };
    case EventCode.MapRunFailed:
      return { mapRunFailedEventDetails: failed(event.payload) };
    case EventCode.MapIterationStarted:
      return { mapIterationStartedEventDetails: { name: subject, index: payload } };
    case EventCode.MapIterationSucceeded:
      return { mapIterationSucceededEventDetails: { name: subject, index: payload } };
    case EventCode.MapIterationFailed:
      return { mapIterationFailedEventDetails: { name: subject, index: payload } };
    case EventCode.MapIterationAborted:
      return { mapIterationAbortedEventDetails: { name: subject, index: payload } };
    case EventCode.LambdaFunctionScheduled:
      return { lambdaFunctionScheduledEventDetails: { ...scheduled(subject, false), ...data("input") } };
    case EventCode.LambdaFunctionSucceeded:
      return { lambdaFunctionSucceededEventDetails: data("output") };
    case EventCode.LambdaFunctionFailed:
      return { lambdaFunctionFailedEventDetails: failed(event.payload) };
    case EventCode.LambdaFunctionTimedOut:
      return { lambdaFunctionTimedOutEventDetails: failed(event.payload) };
    case EventCode.ActivityScheduled:
      return { activityScheduledEventDetails: { ...scheduled(subject, true), ...data("input") } };
    case EventCode.ActivityStarted:
      return { activityStartedEventDetails: typeof subject === "string" ? { workerName: subject } : {} };
    case EventCode.ActivitySucceeded:
      return { activitySucceededEventDetails: data("output") };
    case EventCode.ActivityFailed:
      return { activityFailedEventDetails: failed(event.payload) };
    case EventCode.ActivityTimedOut:
      return { activityTimedOutEventDetails: failed(event.payload) };
    case EventCode.TaskScheduled:
      return {
        taskScheduledEventDetails: {
          ...integration(subject),
          region: execution.arn.split(":")[3],
          parameters: view.includeExecutionData ? textOf(execution, payload) : "",
          ...limits(subject, true),
        },
      };
    case EventCode.TaskStarted:
      return { taskStartedEventDetails: integration(subject) };
    case EventCode.TaskSubmitted:
      return { taskSubmittedEventDetails: { ...integration(subject), ...data("output") } };
    case EventCode.TaskSucceeded:
      return { taskSucceededEventDetails: { ...integration(subject), ...data("output") } };
    case EventCode.TaskFailed:
      return { taskFailedEventDetails: { ...integration(subject), ...failed(event.payload) } };
    case EventCode.TaskTimedOut:
      return { taskTimedOutEventDetails: { ...integration(subject), ...failed(event.payload) } };
    case EventCode.ExecutionRedriven:
      return { executionRedrivenEventDetails: { redriveCount: payload } };
    case EventCode.ExecutionSucceeded:
      return { executionSucceededEventDetails: data("output") };
    case EventCode.ExecutionFailed:
      return { executionFailedEventDetails: failed(event.payload) };
    case EventCode.ExecutionAborted:
      return { executionAbortedEventDetails: failed(event.payload) };
    case EventCode.ExecutionTimedOut:
      return { executionTimedOutEventDetails: failed(event.payload) };
    default:
      return {};
  }
}

function dataField(
  execution: Execution,
  { field, value, view }: { field: "input" | "output"; value: Json | undefined; view: EventView },
) {
  if (!view.includeExecutionData) return {};
  const text = textOf(execution, value);
  return field === "input"
    ? { input: text, inputDetails: DETAILS_TRUNCATED }
    : { output: text, outputDetails: DETAILS_TRUNCATED };
}

/** The execution's input is shown as it was given, down to its spaces. */
function textOf(execution: Execution, value: Json | undefined): string {
  return typeof value === "object" && value !== null && value === execution.input
    ? execution.inputText
    : jsonText(value ?? null);
}

function failed(payload: RecordedEvent["payload"]): { error?: string; cause?: string } {
  const failure = payload as Failure | undefined;
  return {
    ...(failure?.error === undefined ? {} : { error: failure.error }),
    ...(failure?.cause === undefined ? {} : { cause: failure.cause }),
  };
}

function scheduled(subject: EventSubject, heartbeat: boolean): object {
  const { resource } = subject as TaskAttempt;
  return { resource: "arn" in resource ? resource.arn : "invoke", ...limits(subject, heartbeat) };
}

function limits(subject: EventSubject, heartbeat: boolean): object {
  const { timeoutSeconds, heartbeatSeconds } = subject as TaskAttempt;
  return {
    ...(timeoutSeconds === undefined ? {} : { timeoutInSeconds: timeoutSeconds }),
    ...(!heartbeat || heartbeatSeconds === undefined ? {} : { heartbeatInSeconds: heartbeatSeconds }),
  };
}

function integration(subject: EventSubject): { resourceType: string; resource: string } {
  const { resource } = subject as TaskAttempt;
  return {
    resourceType: "lambda",
    resource: resource.kind === "lambda:invoke" && resource.callback ? "invoke.waitForTaskToken" : "invoke",
  };
}
