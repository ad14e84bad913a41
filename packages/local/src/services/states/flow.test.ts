import { SendTaskSuccessCommand } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { virtualClock } from "../../clock.ts";
import { functionArn, statesFixture } from "./states-fixture.ts";

const INVOKE = "arn:aws:states:::lambda:invoke";

test("a function's error travels as its type, and its cause as JSON", async () => {
  class OutOfCapacityError extends Error {
    override readonly name = "Ec2.OutOfCapacity";
  }
  await using aws = statesFixture({
    functions: {
      launch: async () => {
        throw new OutOfCapacityError("no machine");
      },
    },
  });
  const { error, cause } = await aws.end(
    await aws.start({ Launch: { Type: "Task", Resource: functionArn("launch"), End: true } }),
  );
  expect(error).toBe("Ec2.OutOfCapacity");
  expect(JSON.parse(cause ?? "")).toMatchObject({
    errorType: "Ec2.OutOfCapacity",
    errorMessage: "no machine",
    trace: expect.any(Array),
  });
});

test("a branch's error fails the Parallel as it is, and aborts the other branches", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const execution = await aws.start({
    Both: {
      Type: "Parallel",
      Next: "After",
      Branches: [
        { StartAt: "Slow", States: { Slow: { Type: "Task", Resource: activity, End: true } } },
        {
          StartAt: "Pause",
          States: {
            Pause: { Type: "Wait", Seconds: 5, Next: "Bad" },
            Bad: { Type: "Fail", Error: "Bad", Cause: "on purpose" },
          },
        },
      ],
      Catch: [{ ErrorEquals: ["Bad"], ResultPath: "$.caught", Next: "After" }],
    },
    After: { Type: "Pass", End: true },
  });
  const { taskToken } = await aws.poll(activity);
  const { output } = await aws.end(execution);
  expect(JSON.parse(output ?? "")).toEqual({ caught: { Error: "Bad", Cause: "on purpose" } });
  expect((await aws.types(execution)).slice(-7)).toEqual([
    "FailStateEntered",
    "TaskStateAborted",
    "ParallelStateFailed",
    "ParallelStateExited",
    "PassStateEntered",
    "PassStateExited",
    "ExecutionSucceeded",
  ]);
  await expect(aws.sfn.send(new SendTaskSuccessCommand({ taskToken, output: "1" }))).rejects.toMatchObject({
    name: "TaskTimedOut",
  });
});

test("a callback's token reaches the function and answers the task, before the function has ended too", async () => {
  await using aws = statesFixture({
    functions: {
      quick: async (event) => {
        const { token } = event as { token: string };
        await aws.sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: '"at once"' }));
        return "ignored";
      },
    },
  });
  const execution = await aws.start({
    Ask: {
      Type: "Task",
      Resource: `${INVOKE}.waitForTaskToken`,
      Parameters: { FunctionName: "quick", Payload: { "token.$": "$$.Task.Token" } },
      End: true,
    },
  });
  expect(await aws.end(execution)).toMatchObject({ status: "SUCCEEDED", output: '"at once"' });
  expect(await aws.types(execution)).toEqual([
    "ExecutionStarted",
    "TaskStateEntered",
    "TaskScheduled",
    "TaskStarted",
    "TaskSucceeded",
    "TaskStateExited",
    "ExecutionSucceeded",
  ]);
});

test("the same seed and the same calls give the same history, byte for byte", async () => {
  const run = async () => {
    await using aws = statesFixture({ clock: virtualClock(), seed: 7, functions: { echo: async (event) => event } });
    const execution = await aws.start(
      {
        Each: {
          Type: "Map",
          End: true,
          ItemSelector: { "id.$": "States.UUID()", "chance.$": "States.MathRandom(0, 1000000)" },
          ItemProcessor: {
            StartAt: "Echo",
            States: {
              Echo: {
                Type: "Task",
                Resource: INVOKE,
                Parameters: { FunctionName: "echo", "Payload.$": "$" },
                End: true,
              },
            },
          },
        },
      },
      [1, 2, 3],
    );
    await aws.end(execution);
    return JSON.stringify([execution, await aws.history(execution)]);
  };
  const first = await run();
  expect(await run()).toBe(first);
  expect(new Set(first.match(/chance[^,}]*/g)).size).toBeGreaterThan(1);
});

test("the event limit ends an execution with its last event", async () => {
  await using aws = statesFixture({ historyLimit: 50 });
  const loop = {
    Loop: { Type: "Pass", Next: "Again" },
    Again: { Type: "Choice", Choices: [{ Variable: "$", IsPresent: true, Next: "Loop" }] },
  };
  const execution = await aws.start(loop);
  expect(await aws.end(execution)).toMatchObject({ status: "FAILED", error: "States.Runtime" });
  const types = await aws.types(execution);
  expect(types).toHaveLength(50);
  expect((await aws.history(execution)).at(-1)).toMatchObject({
    type: "ExecutionFailed",
    id: 50,
    previousEventId: 49,
    executionFailedEventDetails: { cause: "The execution reached the maximum number of history events (50)." },
  });
});

test("variables are assigned by states, choices and catchers, and seen below", async () => {
  await using aws = statesFixture({
    functions: {
      fail: async () => {
        throw new RangeError("far");
      },
    },
  });
  const execution = await aws.start(
    {
      First: { Type: "Pass", Assign: { "name.$": "$.name", list: [1, 2] }, Next: "Pick" },
      Pick: {
        Type: "Choice",
        Choices: [{ Variable: "$name", StringEquals: "x", Assign: { picked: true }, Next: "Risk" }],
        Default: "Risk",
      },
      Risk: {
        Type: "Task",
        Resource: functionArn("fail"),
        End: true,
        Catch: [{ ErrorEquals: ["RangeError"], Assign: { "error.$": "$.Error" }, Next: "Each" }],
      },
      Each: {
        Type: "Map",
        ItemsPath: "$list",
        End: true,
        ItemProcessor: {
          StartAt: "Show",
          States: {
            Show: {
              Type: "Pass",
              Parameters: { "name.$": "$name", "picked.$": "$picked", "error.$": "$error", "n.$": "$" },
              End: true,
            },
          },
        },
      },
    },
    { name: "x" },
  );
  const seen = { name: "x", picked: true, error: "RangeError" };
  expect(JSON.parse((await aws.end(execution)).output ?? "")).toEqual([
    { ...seen, n: 1 },
    { ...seen, n: 2 },
  ]);
  const unassigned = await aws.start({ Show: { Type: "Pass", Parameters: { "name.$": "$nobody" }, End: true } });
  expect(await aws.end(unassigned)).toMatchObject({
    error: "States.Runtime",
    cause: expect.stringContaining("$nobody"),
  });
});
