import {
  CreateStateMachineCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { functionArn, statesFixture } from "./states-fixture.ts";

const INVOKE = "arn:aws:states:::lambda:invoke";

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
