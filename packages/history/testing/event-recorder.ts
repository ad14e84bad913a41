import type { HistoryEvent } from "@aws-sdk/client-sfn";

/** Writes events as Step Functions does: numbered, a second apart, each after the one that it follows from. */
export function eventRecorder() {
  const events: HistoryEvent[] = [];
  const add = (after: number, type: HistoryEvent["type"], details: Partial<HistoryEvent> = {}): number => {
    const id = events.length + 1;
    events.push({
      id,
      previousEventId: after,
      type,
      timestamp: new Date(Date.UTC(2026, 10, 24) + id * 1000),
      ...details,
    });
    return id;
  };
  const enter = (after: number, name: string) =>
    add(after, "TaskStateEntered", { stateEnteredEventDetails: { name, input: "{}" } });
  const callFunction = (after: number, name: string, input: unknown, output: unknown): number => {
    const scheduled = add(enter(after, name), "LambdaFunctionScheduled", {
      lambdaFunctionScheduledEventDetails: { resource: "arn", input: JSON.stringify(input) },
    });
    const succeeded = add(add(scheduled, "LambdaFunctionStarted"), "LambdaFunctionSucceeded", {
      lambdaFunctionSucceededEventDetails: { output: JSON.stringify(output) },
    });
    return add(succeeded, "TaskStateExited", { stateExitedEventDetails: { name } });
  };
  const schedule = (after: number, input: unknown) =>
    add(after, "ActivityScheduled", {
      activityScheduledEventDetails: { resource: "arn", input: JSON.stringify(input) },
    });
  const started = (after: number, workerName: string) =>
    add(after, "ActivityStarted", { activityStartedEventDetails: { workerName } });
  return { events, add, enter, callFunction, schedule, started };
}
