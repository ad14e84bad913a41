import {
  CreateStateMachineCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
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

test("retries wait longer each time, up to the maximum delay, and count per retrier", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const execution = await aws.start({
    Work: {
      Type: "Task",
      Resource: activity,
      End: true,
      Retry: [
        { ErrorEquals: ["Quick"], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: 2 },
        { ErrorEquals: ["States.ALL"], IntervalSeconds: 10, BackoffRate: 3, MaxDelaySeconds: 50, MaxAttempts: 3 },
      ],
    },
  });
  const delays: number[] = [];
  for (const error of ["Slow", "Quick", "Slow", "Quick", "Slow", "Quick"]) {
    const { taskToken } = await aws.poll(activity);
    const failedMs = aws.clock.now();
    await aws.sfn.send(new SendTaskFailureCommand({ taskToken, error }));
    await aws.settle();
    while ((await aws.types(execution)).at(-1) === "ActivityFailed" && aws.clock.advanceToNext()) await aws.settle();
    delays.push((aws.clock.now() - failedMs) / 1000);
  }
  expect(delays).toEqual([10, 1, 30, 1, 50, 0]);
  expect(await aws.end(execution)).toMatchObject({ status: "FAILED", error: "Quick" });
});

test("full jitter spreads retries below the delay, the same way for the same seed", async () => {
  const delays = async (seed: string) => {
    await using aws = statesFixture({
      seed,
      functions: {
        fail: async () => {
          throw new Error("always");
        },
      },
    });
    const execution = await aws.start({
      Fail: {
        Type: "Task",
        Resource: functionArn("fail"),
        End: true,
        Retry: [
          { ErrorEquals: ["States.ALL"], IntervalSeconds: 100, BackoffRate: 1, MaxAttempts: 5, JitterStrategy: "FULL" },
        ],
      },
    });
    await aws.end(execution);
    const times = (await aws.history(execution))
      .filter(({ type }) => type === "LambdaFunctionScheduled")
      .map(({ timestamp }) => timestamp?.getTime() ?? 0);
    return times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 1000);
  };
  const first = await delays("a");
  expect(first).toHaveLength(5);
  expect(Math.min(...first)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...first)).toBeLessThan(100);
  expect(new Set(first).size).toBe(5);
  expect(await delays("a")).toEqual(first);
  expect(await delays("b")).not.toEqual(first);
});

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

test("a callback that nobody gives times out; one whose function fails does not wait for it", async () => {
  await using aws = statesFixture({
    functions: {
      silent: async () => ({}),
      broken: async () => {
        throw new TypeError("broken");
      },
    },
  });
  const ask = (name: string) => ({
    Ask: {
      Type: "Task",
      Resource: `${INVOKE}.waitForTaskToken`,
      Parameters: { FunctionName: name, "Payload.$": "$$.Task" },
      TimeoutSeconds: 300,
      End: true,
    },
  });
  const silent = await aws.start(ask("silent"));
  expect(await aws.end(silent)).toMatchObject({ error: "States.Timeout" });
  expect(await aws.types(silent)).toContain("TaskSubmitted");
  expect(await aws.end(await aws.start(ask("broken")))).toMatchObject({ error: "TypeError" });
});

test("a state machine's own timeout ends the execution and what it does", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const execution = await aws.start(
    { Work: { Type: "Task", Resource: activity, End: true } },
    {},
    { TimeoutSeconds: 90 },
  );
  expect(await aws.end(execution)).toMatchObject({ status: "TIMED_OUT", error: "States.Timeout" });
  expect((await aws.types(execution)).slice(-2)).toEqual(["TaskStateAborted", "ExecutionTimedOut"]);
});

test("the time scale shortens waits, retry delays and callbacks, but not the time that work may take", async () => {
  await using aws = statesFixture({ timeScale: 100, functions: { silent: async () => ({}) } });
  const activity = await aws.activity("work");
  const seconds = async (states: object) => {
    const startedMs = aws.clock.now();
    await aws.end(await aws.start(states));
    return (aws.clock.now() - startedMs) / 1000;
  };
  const task = { Type: "Task", Resource: activity, End: true };
  expect(await seconds({ Pause: { Type: "Wait", Seconds: 300, End: true } })).toBe(3);
  expect(await seconds({ Work: { ...task, TimeoutSeconds: 10 } })).toBe(10);
  expect(
    await seconds({
      Work: {
        ...task,
        TimeoutSeconds: 10,
        Retry: [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 100, MaxAttempts: 1 }],
      },
    }),
  ).toBe(21);
  const ask = {
    Type: "Task",
    Resource: `${INVOKE}.waitForTaskToken`,
    Parameters: { FunctionName: "silent" },
    TimeoutSeconds: 300,
    End: true,
  };
  expect(await seconds({ Ask: ask })).toBe(3);
});

test("years pass in milliseconds, and timers beyond 2^31 ms keep their time", async () => {
  await using aws = statesFixture();
  const startedMs = aws.clock.now();
  const execution = await aws.start({ Pause: { Type: "Wait", Seconds: 99_999_999, End: true } });
  expect(await aws.end(execution)).toMatchObject({ status: "SUCCEEDED" });
  expect(aws.clock.now() - startedMs).toBe(99_999_999_000);
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

test("an execution started again under its name answers the running one, or says that it exists", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const { stateMachineArn } = await aws.sfn.send(
    new CreateStateMachineCommand({
      name: "named",
      roleArn: "arn:aws:iam::111111111111:role/x",
      definition: JSON.stringify({
        StartAt: "Work",
        States: { Work: { Type: "Task", Resource: activity, End: true } },
      }),
    }),
  );
  const start = (input: string) => aws.sfn.send(new StartExecutionCommand({ stateMachineArn, name: "build-1", input }));
  const first = await start('{"a":1}');
  await aws.pass(5);
  expect(await start('{"a":1}')).toMatchObject({ executionArn: first.executionArn, startDate: first.startDate });
  await expect(start('{"a":2}')).rejects.toMatchObject({ name: "ExecutionAlreadyExists" });
  const { taskToken } = await aws.poll(activity);
  await aws.sfn.send(new SendTaskSuccessCommand({ taskToken, output: "{}" }));
  await expect(start('{"a":1}')).rejects.toMatchObject({ name: "ExecutionAlreadyExists" });
});
