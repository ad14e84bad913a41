/** A small build: versions × platforms, retries, a catcher, a wait and a callback. */
export function durableBuild(activity: string): object {
  return {
    Root: {
      Type: "Parallel",
      End: true,
      Branches: [
        {
          StartAt: "ForEachVersion",
          States: {
            ForEachVersion: {
              Type: "Map",
              End: true,
              ItemsPath: "$.versions",
              ItemSelector: { "version.$": "$$.Map.Item.Value", "platforms.$": "$.platforms" },
              ItemProcessor: {
                StartAt: "Prepare",
                States: {
                  Prepare: {
                    Type: "Task",
                    Resource: "arn:aws:lambda:us-east-1:111111111111:function:prepare",
                    ResultPath: "$.prepared",
                    Next: "ForEachPlatform",
                  },
                  ForEachPlatform: {
                    Type: "Map",
                    ItemsPath: "$.platforms",
                    ItemSelector: { "version.$": "$.version", "platform.$": "$$.Map.Item.Value" },
                    MaxConcurrency: 2,
                    ResultPath: "$.built",
                    End: true,
                    ItemProcessor: {
                      StartAt: "Build",
                      States: {
                        Build: {
                          Type: "Task",
                          Resource: activity,
                          TimeoutSeconds: 3600,
                          HeartbeatSeconds: 300,
                          Retry: [{ ErrorEquals: ["Flaky"], IntervalSeconds: 60, MaxAttempts: 2 }],
                          Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.failure", Next: "Done" }],
                          ResultPath: "$.result",
                          Next: "Done",
                        },
                        Done: { Type: "Pass", End: true },
                      },
                    },
                  },
                },
              },
            },
          },
        },
        {
          StartAt: "Pause",
          States: {
            Pause: { Type: "Wait", Seconds: 30, Next: "Ask" },
            Ask: {
              Type: "Task",
              Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
              Parameters: { FunctionName: "ask", Payload: { "token.$": "$$.Task.Token" } },
              TimeoutSeconds: 86400,
              End: true,
            },
          },
        },
        { StartAt: "Doomed", States: DOOMED },
      ],
    },
  };
}

/** Fails, aborts what runs beside it, is tried again, and is caught. */
const DOOMED = {
  Doomed: {
    Type: "Map",
    ItemsPath: "$.platforms",
    Retry: [{ ErrorEquals: ["Doom"], IntervalSeconds: 20, MaxAttempts: 1 }],
    Catch: [{ ErrorEquals: ["States.ALL"], Next: "Saved" }],
    End: true,
    ItemProcessor: {
      StartAt: "Which",
      States: {
        Which: { Type: "Choice", Choices: [{ Variable: "$", StringEquals: "ubuntu", Next: "Soon" }], Default: "Long" },
        Long: { Type: "Wait", Seconds: 3600, End: true },
        Soon: { Type: "Wait", Seconds: 10, Next: "Fail" },
        Fail: { Type: "Fail", Error: "Doom" },
      },
    },
  },
  Saved: { Type: "Pass", End: true },
};

export const INPUT = { versions: ["1.0", "2.0"], platforms: ["debian", "ubuntu", "broken"] };
