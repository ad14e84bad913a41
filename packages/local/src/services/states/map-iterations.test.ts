import { SendTaskFailureCommand, SendTaskSuccessCommand } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { functionArn, statesFixture } from "./states-fixture.ts";

test("an inline Map runs 40 iterations at a time, and fewer if it says so", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const map = (fields: object) => ({
    Each: {
      Type: "Map",
      End: true,
      ItemProcessor: { StartAt: "Work", States: { Work: { Type: "Task", Resource: activity, End: true } } },
      ...fields,
    },
  });
  const items = Array.from({ length: 100 }, (_, index) => index);
  const open = async (execution: string) =>
    (await aws.types(execution)).filter((type) => type === "ActivityScheduled").length;
  expect(await open(await aws.start(map({}), items))).toBe(40);
  expect(await open(await aws.start(map({ MaxConcurrency: 1000 }), items))).toBe(40);
  expect(await open(await aws.start(map({ MaxConcurrency: 3 }), items))).toBe(3);
  expect(
    await open(await aws.start(map({ ItemsPath: "$.items", MaxConcurrencyPath: "$.most" }), { items, most: 7 })),
  ).toBe(7);
});

test("an iteration starts when another ends, and results keep the items' order", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const execution = await aws.start(
    {
      Each: {
        Type: "Map",
        MaxConcurrency: 2,
        End: true,
        ItemProcessor: { StartAt: "Work", States: { Work: { Type: "Task", Resource: activity, End: true } } },
      },
    },
    ["a", "b", "c"],
  );
  const [a, b] = [await aws.poll(activity), await aws.poll(activity)];
  await aws.sfn.send(new SendTaskSuccessCommand({ taskToken: b.taskToken, output: '"B"' }));
  const c = await aws.poll(activity);
  expect(c.input).toBe('"c"');
  await aws.sfn.send(new SendTaskSuccessCommand({ taskToken: c.taskToken, output: '"C"' }));
  await aws.sfn.send(new SendTaskSuccessCommand({ taskToken: a.taskToken, output: '"A"' }));
  expect((await aws.end(execution)).output).toBe('["A","B","C"]');
});

test("a failed iteration aborts the others, and every end is recorded in the order of the items", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const execution = await aws.start(
    {
      Each: {
        Type: "Map",
        End: true,
        ItemProcessor: {
          StartAt: "Kind",
          States: {
            Kind: {
              Type: "Choice",
              Choices: [
                { Variable: "$", StringEquals: "wait", Next: "Wait" },
                { Variable: "$", StringEquals: "work", Next: "Work" },
              ],
              Default: "Done",
            },
            Wait: { Type: "Wait", Seconds: 600, End: true },
            Work: { Type: "Task", Resource: activity, End: true },
            Done: { Type: "Pass", End: true },
          },
        },
      },
    },
    ["wait", "work", "done", "work"],
  );
  const { taskToken } = await aws.poll(activity);
  await aws.sfn.send(new SendTaskFailureCommand({ taskToken, error: "Bad" }));
  expect(await aws.end(execution)).toMatchObject({ status: "FAILED", error: "Bad" });
  const events = await aws.history(execution);
  const failed = events.findIndex(({ type }) => type === "ActivityFailed");
  expect(events.slice(failed + 1).map(({ type }) => type)).toEqual([
    "MapIterationAborted",
    "WaitStateAborted",
    "MapIterationFailed",
    "TaskStateAborted",
    "MapIterationAborted",
    "TaskStateAborted",
    "MapStateFailed",
    "ExecutionFailed",
  ]);
  const previous = events.slice(failed + 1, -1).map(({ previousEventId }) => previousEventId);
  expect(new Set(previous)).toEqual(new Set([events[failed]?.id]));
});

test("a Map whose results overflow fails for good", async () => {
  await using aws = statesFixture({ functions: { large: async () => "a".repeat(100 * 1024) } });
  const execution = await aws.start(
    {
      Each: {
        Type: "Map",
        Next: "After",
        ItemProcessor: {
          StartAt: "Large",
          States: { Large: { Type: "Task", Resource: functionArn("large"), End: true } },
        },
        Catch: [{ ErrorEquals: ["States.ALL"], Next: "After" }],
      },
      After: { Type: "Pass", End: true },
    },
    [1, 2, 3],
  );
  expect(await aws.end(execution)).toMatchObject({ status: "FAILED", error: "States.DataLimitExceeded" });
});
