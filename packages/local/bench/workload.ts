/** Parallel[Map[Task → Choice → activity Task → Pass]]: the shape of a build, an item standing for a platform. */
export interface Workload {
  readonly definition: object;
  readonly input: { readonly items: readonly number[] };
}

export const FUNCTION_ARN = "arn:aws:lambda:us-east-1:111111111111:function:prepare";
export const ACTIVITY_ARN = "arn:aws:states:us-east-1:111111111111:activity:work";

/** States that an item passes through. */
export const TRANSITIONS_PER_ITEM = 4;

/** Items are small, so that 10,000 of them stay below the 256 KiB of a state's data. `activity` is the Resource of the second task: what stands for a worker differs from engine to engine. */
export function workload(items: number, activity: string): Workload {
  return {
    definition: {
      StartAt: "Root",
      States: {
        Root: {
          Type: "Parallel",
          End: true,
          Branches: [
            {
              StartAt: "ForEachItem",
              States: {
                ForEachItem: {
                  Type: "Map",
                  ItemsPath: "$.items",
                  End: true,
                  ItemProcessor: {
                    ProcessorConfig: { Mode: "INLINE" },
                    StartAt: "Prepare",
                    States: {
                      Prepare: { Type: "Task", Resource: FUNCTION_ARN, Next: "Should" },
                      Should: {
                        Type: "Choice",
                        Choices: [{ Variable: "$.skip", BooleanEquals: true, Next: "Done" }],
                        Default: "Work",
                      },
                      Work: {
                        Type: "Task",
                        Resource: activity,
                        InputPath: "$.n",
                        ResultPath: "$.worked",
                        Next: "Done",
                      },
                      Done: { Type: "Pass", InputPath: "$.worked", End: true },
                    },
                  },
                },
              },
            },
          ],
        },
      },
    },
    input: { items: Array.from({ length: items }, (_, index) => index) },
  };
}

export function prepare(n: number): { n: number; skip: boolean } {
  return { n, skip: false };
}

export function work(n: number): number {
  return n + 1;
}
