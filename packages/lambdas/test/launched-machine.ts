import { ErrorName, type Pipeline, type StageDescription } from "@muster/pipeline";

const RETRY = [
  { ErrorEquals: [ErrorName.noWorkerStarted, ErrorName.invalidConfiguration], MaxAttempts: 0 },
  {
    ErrorEquals: [ErrorName.requeued, ErrorName.workerInterrupted, "States.HeartbeatTimeout"],
    IntervalSeconds: 1,
    MaxAttempts: 50,
    BackoffRate: 1,
  },
];

/** A build whose tasks are published all at once: what a state machine looks like to a launcher. */
export function launchedMachine(pipeline: Pipeline, stage: StageDescription): object {
  const states = Object.fromEntries(
    pipeline.activities.map(({ name, timeout, heartbeat }) => [
      name,
      {
        Type: "Task",
        Resource: stage.activities[name],
        TimeoutSeconds: timeout,
        HeartbeatSeconds: heartbeat,
        Retry: RETRY,
        Catch: [{ ErrorEquals: ["States.ALL"], Next: "Failed" }],
        End: true,
      },
    ]),
  );
  return {
    StartAt: "HasTasks",
    States: {
      HasTasks: {
        Type: "Choice",
        Choices: [{ Variable: "$.tasks", IsPresent: true, Next: "Tasks" }],
        Default: "Wait",
      },
      Wait: { Type: "Wait", Seconds: 86_400, End: true },
      Tasks: {
        Type: "Map",
        MaxConcurrency: 0,
        ItemsPath: "$.tasks",
        ItemProcessor: {
          StartAt: "Which",
          States: {
            Which: {
              Type: "Choice",
              Choices: pipeline.activities.map(({ name }) => ({
                Variable: "$.activity",
                StringEquals: name,
                Next: name,
              })),
              Default: "Nothing",
            },
            Nothing: { Type: "Pass", End: true },
            ...states,
            Failed: { Type: "Pass", End: true },
          },
        },
        End: true,
      },
    },
  };
}
