import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  SendTaskSuccessCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { each, failsFor, mapRun, task } from "./distributed-map-fixture.ts";
import { statesFixture } from "./states-fixture.ts";

const ACCOUNT = "us-east-1:111111111111";

test("each item is an execution of its own, and the Map's history holds none of their events", async () => {
  await using aws = statesFixture({ functions: { double: async (item) => Number(item) * 2 } });
  const execution = await aws.start(each({}, task("double")), [1, 2, 3]);
  expect(await aws.end(execution)).toMatchObject({ status: "SUCCEEDED", output: "[2,4,6]" });
  expect(await aws.types(execution)).toEqual([
    "ExecutionStarted",
    "MapStateEntered",
    "MapStateStarted",
    "MapRunStarted",
    "MapRunSucceeded",
    "MapStateSucceeded",
    "MapStateExited",
    "ExecutionSucceeded",
  ]);
  const { mapRunArn, described, executions } = await mapRun(aws, execution);
  expect(mapRunArn).toMatch(new RegExp(`^arn:aws:states:${ACCOUNT}:mapRun:machine-1/Items:[0-9a-f-]{36}$`));
  expect((await aws.history(execution))[3]?.mapRunStartedEventDetails).toEqual({ mapRunArn });
  expect(described).toMatchObject({
    executionArn: execution,
    status: "SUCCEEDED",
    maxConcurrency: 0,
    toleratedFailureCount: 0,
    executionCounts: { total: 3, succeeded: 3, running: 0, pending: 0, failed: 0, aborted: 0 },
    itemCounts: { total: 3, succeeded: 3 },
  });
  expect(executions).toHaveLength(3);
  const executionArn = executions[0]?.executionArn ?? "";
  expect(executionArn).toMatch(new RegExp(`^arn:aws:states:${ACCOUNT}:execution:machine-1/Items:[0-9a-f-]{36}$`));
  expect(executions[0]).toMatchObject({ mapRunArn, itemCount: 1, status: "SUCCEEDED" });
  expect(await aws.sfn.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
    mapRunArn,
    stateMachineArn: `arn:aws:states:${ACCOUNT}:stateMachine:machine-1/Items`,
  });
  expect(await aws.sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn }))).toMatchObject({
    mapRunArn,
    label: "Items",
  });
  expect(await aws.types(executionArn)).toEqual([
    "ExecutionStarted",
    "TaskStateEntered",
    "LambdaFunctionScheduled",
    "LambdaFunctionStarted",
    "LambdaFunctionSucceeded",
    "TaskStateExited",
    "ExecutionSucceeded",
  ]);
});

test("a state machine's executions do not list those of its items", async () => {
  await using aws = statesFixture();
  const execution = await aws.start(each(), [1, 2]);
  await aws.end(execution);
  const stateMachineArn = `arn:aws:states:${ACCOUNT}:stateMachine:machine-1`;
  const { executions } = await aws.sfn.send(new ListExecutionsCommand({ stateMachineArn }));
  expect(executions?.map(({ executionArn }) => executionArn)).toEqual([execution]);
});

test("what an item's execution is told: what ItemSelector makes of the item, and itself in the context object", async () => {
  await using aws = statesFixture();
  const shown = { $: "$", "id.$": "$$.Execution.Id", "given.$": "$" };
  const execution = await aws.start(
    each(
      {
        ItemsPath: "$.list",
        ItemSelector: { "value.$": "$$.Map.Item.Value", "index.$": "$$.Map.Item.Index", "build.$": "$$.Execution.Id" },
      },
      { StartAt: "Item", States: { Item: { Type: "Pass", Parameters: shown, End: true } } },
    ),
    { list: ["a"] },
  );
  const { output } = await aws.end(execution);
  const { executions } = await mapRun(aws, execution);
  expect(JSON.parse(output ?? "")).toEqual([
    { $: "$", id: executions[0]?.executionArn, given: { value: "a", index: 0, build: execution } },
  ]);
});

test("no more items run at once than MaxConcurrency says", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const execution = await aws.start(each({ MaxConcurrency: 2 }, task(activity)), [1, 2, 3, 4, 5]);
  expect((await mapRun(aws, execution)).described.executionCounts).toMatchObject({ running: 2, pending: 3 });
  for (let done = 0; done < 5; done++) {
    const { taskToken, input } = await aws.poll(activity);
    await aws.sfn.send(new SendTaskSuccessCommand({ taskToken, output: input }));
  }
  expect(await aws.end(execution)).toMatchObject({ status: "SUCCEEDED", output: "[1,2,3,4,5]" });
});

test("one failed item fails the Map, stops the others, and can be caught", async () => {
  await using aws = statesFixture({ functions: { work: failsFor(2) } });
  const activity = await aws.activity("never");
  const states = { Work: task("work").States.Item, Rest: task(activity).States.Item };
  const execution = await aws.start(
    {
      ...each(
        { Catch: [{ ErrorEquals: ["States.ExceedToleratedFailureThreshold"], Next: "After" }] },
        { StartAt: "Work", States: { ...states, Work: { ...states.Work, End: undefined, Next: "Rest" } } },
      ),
      After: { Type: "Pass", End: true },
    },
    [1, 2, 3],
  );
  const { status, output } = await aws.end(execution);
  expect({ status, output: JSON.parse(output ?? "") }).toEqual({
    status: "SUCCEEDED",
    output: {
      Error: "States.ExceedToleratedFailureThreshold",
      Cause: "The specified tolerated failure threshold was exceeded",
    },
  });
  expect((await aws.types(execution)).slice(4, 7)).toEqual(["MapRunFailed", "MapStateFailed", "MapStateExited"]);
  const { described, executions } = await mapRun(aws, execution);
  expect(described).toMatchObject({ status: "FAILED", executionCounts: { failed: 1, aborted: 2, running: 0 } });
  expect(executions.map((child) => child.status).sort()).toEqual(["ABORTED", "ABORTED", "FAILED"]);
});

test.each([
  ["as many as are tolerated", { ToleratedFailureCount: 1 }, "SUCCEEDED"],
  ["a share that is tolerated", { ToleratedFailurePercentage: 50 }, "SUCCEEDED"],
  ["a larger share", { ToleratedFailurePercentage: 20 }, "FAILED"],
])("failed items: %s", async (_, fields, status) => {
  await using aws = statesFixture({ functions: { work: failsFor(2) } });
  const execution = await aws.start(each(fields, task("work")), [1, 2, 3]);
  expect(await aws.end(execution)).toMatchObject({ status });
});

test("stopping an execution stops those of its items", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const execution = await aws.start(each({}, task(activity)), [1, 2]);
  await aws.sfn.send(new StopExecutionCommand({ executionArn: execution }));
  const { described, executions } = await mapRun(aws, execution);
  expect(described).toMatchObject({ status: "ABORTED", executionCounts: { aborted: 2, running: 0 } });
  expect(executions.map(({ status }) => status)).toEqual(["ABORTED", "ABORTED"]);
});

test("an item that is stopped by somebody counts as one that failed", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const execution = await aws.start(each({}, task(activity)), [1, 2]);
  const { executions } = await mapRun(aws, execution);
  await aws.sfn.send(new StopExecutionCommand({ executionArn: executions[0]?.executionArn }));
  expect(await aws.end(execution)).toMatchObject({
    status: "FAILED",
    error: "States.ExceedToleratedFailureThreshold",
  });
});

test("a Map without items ends at once, and one that is retried has a Map Run for each attempt", async () => {
  let calls = 0;
  const flaky = async () => {
    if (++calls === 1) throw new RangeError("once");
    return "well";
  };
  await using aws = statesFixture({ functions: { flaky } });
  expect(await aws.end(await aws.start(each(), []))).toMatchObject({ status: "SUCCEEDED", output: "[]" });
  const execution = await aws.start(
    each({ Retry: [{ ErrorEquals: ["States.ExceedToleratedFailureThreshold"], MaxAttempts: 1 }] }, task("flaky")),
    [1],
  );
  expect(await aws.end(execution)).toMatchObject({ status: "SUCCEEDED", output: '["well"]' });
  const { mapRuns = [] } = await aws.sfn.send(new ListMapRunsCommand({ executionArn: execution }));
  expect(mapRuns).toHaveLength(2);
});

test("25,000 events are what one execution has: those of items do not count for the one around them", async () => {
  await using aws = statesFixture({ historyLimit: 20 });
  const execution = await aws.start(
    each(),
    Array.from({ length: 30 }, (_, index) => index),
  );
  expect(await aws.end(execution)).toMatchObject({ status: "SUCCEEDED" });
});

test("bad requests get AWS's error names", async () => {
  await using aws = statesFixture();
  const execution = await aws.start(each(), [1]);
  const { mapRunArn } = await mapRun(aws, execution);
  const stateMachineArn = `arn:aws:states:${ACCOUNT}:stateMachine:machine-1`;
  const fail = (promise: Promise<unknown>) => expect(promise).rejects;
  await fail(aws.sfn.send(new DescribeMapRunCommand({ mapRunArn: `${mapRunArn}0` }))).toMatchObject({
    name: "ResourceNotFound",
  });
  await fail(aws.sfn.send(new DescribeMapRunCommand({ mapRunArn: execution }))).toMatchObject({ name: "InvalidArn" });
  await fail(aws.sfn.send(new ListMapRunsCommand({ executionArn: `${execution}0` }))).toMatchObject({
    name: "ExecutionDoesNotExist",
  });
  await fail(aws.sfn.send(new ListExecutionsCommand({ mapRunArn, stateMachineArn }))).toMatchObject({
    name: "ValidationException",
  });
});
