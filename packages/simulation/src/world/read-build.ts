import {
  DescribeExecutionCommand,
  type HistoryEvent,
  paginateGetExecutionHistory,
  type SFNClient,
} from "@aws-sdk/client-sfn";
import { fixedState, type Results, TaskInput } from "@muster/pipeline";

/** What Step Functions says of a build that has ended. */
export interface BuildRecord {
  readonly executionArn: string;
  readonly status: string;
  /** In which a failed build ends: a line for each failed step. */
  readonly message: string | undefined;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly attempts: readonly TaskAttempt[];
  /** What NormalizeResults answered, also of a build that failed. */
  readonly results: Results | undefined;
  /** Of its history. */
  readonly events: number;
  /** The largest input or output of a state, in bytes. */
  readonly largestStateBytes: number;
  /** How often a state's data was too large for Step Functions, which then fails the state. */
  readonly tooLarge: number;
}

/** A task as it was published once, and what became of that. */
export interface TaskAttempt {
  readonly task: string;
  readonly activity: string;
  readonly scheduledMs: number;
  readonly startedMs: number | undefined;
  /** The machine that took it. */
  readonly machine: string | undefined;
  readonly endedMs: number | undefined;
  /** Undefined while it is open, "" for success, else the error's name, as histories say. */
  readonly error: string | undefined;
  /** Histories call a lost heartbeat by the name of every timeout; rules of retries tell them apart. */
  readonly heartbeatLost: boolean;
  readonly timeoutSeconds: number;
}

export async function readBuild(sfn: SFNClient, executionArn: string): Promise<BuildRecord> {
  const { status = "", cause, startDate, stopDate } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  const history = await readHistory(sfn, executionArn);
  const normalized = history.find(
    ({ stateExitedEventDetails: exited }) => exited?.name === fixedState.normalizeResults,
  );
  const text = normalized?.stateExitedEventDetails?.output;
  return {
    executionArn,
    status,
    message: messageOf(cause),
    startedMs: startDate?.getTime() ?? 0,
    endedMs: stopDate?.getTime() ?? 0,
    attempts: attemptsOf(history),
    results: text === undefined ? undefined : (JSON.parse(text) as Results),
    events: history.length,
    largestStateBytes: Math.max(...history.map(bytesOf)),
    tooLarge: history.filter(isTooLarge).length,
  };
}

export async function readHistory(sfn: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const history: HistoryEvent[] = [];
  for await (const { events } of paginateGetExecutionHistory({ client: sfn }, { executionArn, maxResults: 1000 })) {
    history.push(...(events ?? []));
  }
  return history;
}

function messageOf(cause: string | undefined): string | undefined {
  if (cause === undefined) return undefined;
  try {
    return (JSON.parse(cause) as { errorMessage: string }).errorMessage;
  } catch {
    return cause;
  }
}

/** Every task that was published, in that order, as often as it was. */
export function attemptsOf(history: readonly HistoryEvent[]): TaskAttempt[] {
  const byId = new Map<number, TaskAttempt>();
  /** The event that scheduled an attempt, by the events that follow from it. */
  const rootOf = new Map<number, number>();
  for (const { id = 0, previousEventId = 0, timestamp, type, ...details } of history) {
    const atMs = timestamp?.getTime() ?? 0;
    if (type === "ActivityScheduled") {
      const { name, activity, timeoutSeconds } = TaskInput.parse(
        JSON.parse(details.activityScheduledEventDetails?.input ?? "null"),
      );
      const open = {
        startedMs: undefined,
        machine: undefined,
        endedMs: undefined,
        error: undefined,
        heartbeatLost: false,
      };
      byId.set(id, { task: name, activity, scheduledMs: atMs, timeoutSeconds, ...open });
      rootOf.set(id, id);
      continue;
    }
    const root = rootOf.get(previousEventId);
    const attempt = root === undefined ? undefined : byId.get(root);
    if (root === undefined || attempt === undefined) continue;
    if (type === "ActivityStarted") {
      rootOf.set(id, root);
      byId.set(root, { ...attempt, startedMs: atMs, machine: details.activityStartedEventDetails?.workerName });
    }
    if (type === "ActivitySucceeded") byId.set(root, { ...attempt, endedMs: atMs, error: "" });
    const failed = details.activityFailedEventDetails ?? details.activityTimedOutEventDetails;
    if (failed === undefined) continue;
    const heartbeatLost = type === "ActivityTimedOut" && atMs - attempt.scheduledMs < attempt.timeoutSeconds * 1000;
    byId.set(root, { ...attempt, endedMs: atMs, error: failed.error ?? "States.Timeout", heartbeatLost });
  }
  return [...byId.values()];
}

function bytesOf({ stateEnteredEventDetails: entered, stateExitedEventDetails: exited }: HistoryEvent): number {
  return Buffer.byteLength(entered?.input ?? exited?.output ?? "");
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
const TOO_LARGE = "States.DataLimitExceeded";

function isTooLarge(event: HistoryEvent): boolean {
  const { taskFailedEventDetails: task, lambdaFunctionFailedEventDetails: lambda } = event;
  return [task, lambda, event.activityFailedEventDetails, event.executionFailedEventDetails].some(
    (failed) => failed?.error === TOO_LARGE,
  );
}
