import type { HistoryEvent, HistoryEventType } from "@aws-sdk/client-sfn";
import { type DebugMode, ErrorName, fixedState, instanceOfPollName, TaskInput } from "@muster/pipeline";

/** Where a task stands: in the queue, with a worker, between a failure and its retry, or over. */
export type TaskState = "waiting" | "running" | "backing-off" | "ended";

/** One task of an execution, over all its attempts. */
export interface TaskOfBuild {
  readonly activityArn: string;
  readonly name: string;
  readonly execution: string;
  readonly debug: DebugMode;
  readonly templateVersion: string | undefined;
  /** Of its state: what ends earlier for want of time has lost its heartbeat. */
  readonly timeoutSeconds: number;
  state: TaskState;
  /** The event that published the current attempt. */
  scheduledEventId: number;
  scheduledAt: Date;
  /** Since when it has had no worker; attempts that only drew the wrong worker do not count as one. */
  waitingSince: Date;
  /** When a worker took the latest attempt that one took. */
  startedAt: Date | undefined;
  /** The machine of that attempt. */
  instance: string | undefined;
  /** The machines of all attempts. */
  readonly machines: string[];
  /** What its attempts failed of, the last one at the end. */
  readonly errors: string[];
  /** When the last of them failed. */
  failedAt: Date | undefined;
  /** Attempts that ended because their machine was lost. */
  interruptions: number;
  /** When a worker last ended one of its attempts. */
  lastEnded: Date | undefined;
}

export interface BuildProgress {
  readonly tasks: readonly TaskOfBuild[];
  /** Names of the states that were left, once each. */
  readonly exitedStates: ReadonlySet<string>;
  /** How long the history is. */
  readonly events: number;
  readonly healthChecks: number;
  /** ARNs of the Map Runs that have not ended: the tasks of a large build's platforms are in executions of theirs. */
  readonly openMapRuns: readonly string[];
}

const HEARTBEAT_LOST = "States.HeartbeatTimeout";
const LOST_MACHINE: ReadonlySet<string | undefined> = new Set([ErrorName.workerInterrupted, HEARTBEAT_LOST]);

/** What ends a task, however its attempts ended: its state is left, or all around it is over. */
const ENDS: ReadonlySet<string> = new Set<HistoryEventType>([
  "TaskStateExited",
  "TaskStateAborted",
  "ParallelStateAborted",
  "MapStateAborted",
  "MapIterationAborted",
  "ExecutionFailed",
  "ExecutionTimedOut",
  "ExecutionAborted",
]);

const MAP_RUN_ENDS: ReadonlySet<string> = new Set<HistoryEventType>([
  "MapRunSucceeded",
  "MapRunFailed",
  "MapRunAborted",
]);

/** Folds a history, oldest event first, into its tasks; tasks that Muster did not publish are left out. */
export async function tasksOfHistory(
  events: AsyncIterable<HistoryEvent> | Iterable<HistoryEvent>,
): Promise<BuildProgress> {
  const byEvent = new Map<number, TaskOfBuild>();
  const tasks: TaskOfBuild[] = [];
  const exitedStates = new Set<string>();
  const mapRuns = new Map<number, string>();
  let last = 0;
  let healthChecks = 0;

  for await (const event of events) {
    const { id = 0, previousEventId = 0, type, timestamp: at = new Date(0) } = event;
    const name = event.stateExitedEventDetails?.name;
    if (name !== undefined) exitedStates.add(name);
    if (name === fixedState.healthCheck) healthChecks++;
    last = id;
    if (MAP_RUN_ENDS.has(type ?? "")) mapRuns.delete(previousEventId);
    const { mapRunArn } = event.mapRunStartedEventDetails ?? event.mapRunRedrivenEventDetails ?? {};
    if (mapRunArn !== undefined) mapRuns.set(id, mapRunArn);
    if (type === "ExecutionRedriven") {
      endAll(tasks);
      byEvent.clear();
    }

    const known = byEvent.get(previousEventId);
    const task = type === "ActivityScheduled" ? (known ?? newTask(event, at)) : known;
    if (task === undefined) continue;
    if (known === undefined) tasks.push(task);
    if (advance(task, event, at)) byEvent.set(id, task);
    byEvent.delete(previousEventId);
  }
  return { tasks, exitedStates, events: last, healthChecks, openMapRuns: [...mapRuns.values()] };
}

/** The execution had ended, and its tokens with it; what it goes on with is published anew. */
function endAll(tasks: readonly TaskOfBuild[]): void {
  for (const task of tasks) task.state = "ended";
}

/** Applies one event of a task; false when nothing can follow for it. */
function advance(task: TaskOfBuild, event: HistoryEvent, at: Date): boolean {
  switch (event.type) {
    case "ActivityScheduled":
      // What rested for hours waits for a worker from now on.
      if (task.state === "backing-off" && task.errors.at(-1) !== ErrorName.requeued) task.waitingSince = at;
      task.state = "waiting";
      task.scheduledEventId = event.id ?? 0;
      task.scheduledAt = at;
      return true;
    case "ActivityStarted":
      task.state = "running";
      task.startedAt = at;
      task.instance = instanceOfPollName(event.activityStartedEventDetails?.workerName);
      if (task.instance !== undefined) task.machines.push(task.instance);
      return true;
    case "ActivityFailed":
    case "ActivityTimedOut": {
      const error = errorOf(task, event, at);
      if (task.state === "running" && error !== ErrorName.requeued) task.waitingSince = at;
      if (task.state === "running") task.lastEnded = at;
      if (LOST_MACHINE.has(error)) task.interruptions++;
      fail(task, error, at);
      return true;
    }
    case "ActivityScheduleFailed":
      fail(task, event.activityScheduleFailedEventDetails?.error, at);
      return true;
    case "ActivitySucceeded":
      task.lastEnded = at;
      task.state = "ended";
      return true;
    default:
      // What AWS may come to tell of a task besides does not end it.
      if (!ENDS.has(event.type ?? "")) return true;
      task.state = "ended";
      return false;
  }
}

/**
 * The error as rules of retries name it: histories call a lost heartbeat by the name of every timeout.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
function errorOf(
  { scheduledAt, timeoutSeconds }: TaskOfBuild,
  { activityFailedEventDetails: failed, activityTimedOutEventDetails: timedOut }: HistoryEvent,
  at: Date,
): string | undefined {
  if (timedOut?.error !== "States.Timeout") return (failed ?? timedOut)?.error;
  const isInTime = at.getTime() - scheduledAt.getTime() < timeoutSeconds * 1000;
  return isInTime ? HEARTBEAT_LOST : timedOut.error;
}

function fail(task: TaskOfBuild, error: string | undefined, at: Date): void {
  task.errors.push(error ?? "");
  task.failedAt = at;
  task.state = "backing-off";
}

function newTask({ id = 0, activityScheduledEventDetails }: HistoryEvent, at: Date): TaskOfBuild | undefined {
  const input = TaskInput.safeParse(parseJson(activityScheduledEventDetails?.input));
  if (!input.success) return undefined;
  const { name, execution, debug, templateVersion, timeoutSeconds } = input.data;
  return {
    activityArn: activityScheduledEventDetails?.resource ?? "",
    name,
    execution,
    debug,
    templateVersion,
    timeoutSeconds,
    state: "waiting",
    scheduledEventId: id,
    scheduledAt: at,
    waitingSince: at,
    startedAt: undefined,
    instance: undefined,
    machines: [],
    errors: [],
    failedAt: undefined,
    interruptions: 0,
    lastEnded: undefined,
  };
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
