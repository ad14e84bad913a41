import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
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
import { functionArn, type StatesFixture, statesFixture } from "./states-fixture.ts";

const ACCOUNT = "us-east-1:111111111111";
const pass = { StartAt: "Item", States: { Item: { Type: "Pass", End: true } } };

/** A distributed Map of these fields, and nothing else. */
const each = (fields: object = {}, processor: object = pass) => ({
  Each: {
    Type: "Map",
    Label: "Items",
    End: true,
    ItemProcessor: { ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" }, ...processor },
    ...fields,
  },
});

const task = (name: string) => ({
  StartAt: "Item",
  States: { Item: { Type: "Task", Resource: name.startsWith("arn:") ? name : functionArn(name), End: true } },
});

const failsFor = (bad: number) => async (item: unknown) => {
  if (item === bad) throw new RangeError("far");
  return item;
};

async function mapRun({ sfn }: StatesFixture, executionArn: string) {
  const { mapRuns } = await sfn.send(new ListMapRunsCommand({ executionArn }));
  const { mapRunArn } = mapRuns?.[0] ?? {};
  const described = await sfn.send(new DescribeMapRunCommand({ mapRunArn }));
  const { executions = [] } = await sfn.send(new ListExecutionsCommand({ mapRunArn }));
  return { mapRunArn, described, executions };
}

async function bucket(aws: StatesFixture, objects: Readonly<Record<string, string>> = {}) {
  const s3 = new S3Client({ ...aws.aws.clientConfig(), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "things" }));
  for (const [Key, Body] of Object.entries(objects)) {
    await s3.send(new PutObjectCommand({ Bucket: "things", Key, Body }));
  }
  return async (Key: string): Promise<unknown> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "things", Key }));
    return JSON.parse((await Body?.transformToString()) ?? "");
  };
}

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

test("items come from an object in S3, and results go there, by how their executions ended", async () => {
  await using aws = statesFixture({ functions: { work: failsFor(2) } });
  const read = await bucket(aws, { "in/items.json": "[1, 2, 3, 4]" });
  const execution = await aws.start(
    each(
      {
        ItemReader: {
          Resource: "arn:aws:states:::s3:getObject",
          ReaderConfig: { InputType: "JSON", MaxItems: 3 },
          Parameters: { Bucket: "things", "Key.$": "$.key" },
        },
        ResultWriter: {
          Resource: "arn:aws:states:::s3:putObject",
          Parameters: { Bucket: "things", Prefix: "out" },
        },
        ToleratedFailureCount: 1,
      },
      task("work"),
    ),
    { key: "in/items.json" },
  );
  const { output } = await aws.end(execution);
  const { mapRunArn = "", described, executions } = await mapRun(aws, execution);
  const folder = `out/${mapRunArn.slice(-36)}`;
  expect(JSON.parse(output ?? "")).toEqual({
    MapRunArn: mapRunArn,
    ResultWriterDetails: { Bucket: "things", Key: `${folder}/manifest.json` },
  });
  expect(described.executionCounts).toMatchObject({ total: 3, succeeded: 2, failed: 1, resultsWritten: 3 });
  expect(await read(`${folder}/manifest.json`)).toEqual({
    DestinationBucket: "things",
    MapRunArn: mapRunArn,
    ResultFiles: {
      FAILED: [{ Key: `${folder}/FAILED_0.json`, Size: expect.any(Number) }],
      PENDING: [],
      SUCCEEDED: [{ Key: `${folder}/SUCCEEDED_0.json`, Size: expect.any(Number) }],
    },
  });
  expect(await read(`${folder}/SUCCEEDED_0.json`)).toEqual([
    expect.objectContaining({ Input: "1", Output: "1", Status: "SUCCEEDED", ExecutionArn: expect.any(String) }),
    expect.objectContaining({ Input: "3", Output: "3" }),
  ]);
  const failed = executions.find(({ status }) => status === "FAILED");
  expect(await read(`${folder}/FAILED_0.json`)).toEqual([
    expect.objectContaining({ Error: "RangeError", Name: failed?.name, ExecutionArn: failed?.executionArn }),
  ]);
});

const reader = (Key: string) => ({
  ItemReader: {
    Resource: "arn:aws:states:::s3:getObject",
    ReaderConfig: { InputType: "JSON" },
    Parameters: { Bucket: "things", Key },
  },
});

test.each([
  ["an object that is not there", reader("gone.json"), "States.ItemReaderFailed", /NoSuchKey/],
  ["an object that is no JSON", reader("text"), "States.ItemReaderFailed", /JSON/],
  ["an object without a list", reader("object.json"), "States.ItemReaderFailed", /non-iterable/],
  [
    "a bucket for results that is not there",
    {
      ResultWriter: {
        Resource: "arn:aws:states:::s3:putObject",
        Parameters: { Bucket: "nowhere", Prefix: "" },
      },
    },
    "States.ResultWriterFailed",
    /NoSuchBucket/,
  ],
])("%s fails the Map by AWS's name", async (_, fields, error, cause) => {
  await using aws = statesFixture();
  await bucket(aws, { text: "no", "object.json": "{}" });
  const execution = await aws.start(each(fields), []);
  const described = await aws.end(execution);
  expect(described).toMatchObject({ status: "FAILED", error });
  expect(described.cause).toMatch(cause);
  expect((await aws.types(execution)).slice(3)).toEqual([
    "MapRunStarted",
    "MapRunFailed",
    "MapStateFailed",
    "ExecutionFailed",
  ]);
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
