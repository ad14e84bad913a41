import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { expect, onTestFinished, test } from "vitest";
import { functionArn, type StatesFixture, statesFixture } from "./states-fixture.ts";

/** A function that fails as often as it is told to. */
function flaky(failures: number) {
  const calls: unknown[] = [];
  const run = async (event: unknown) => {
    calls.push(event);
    if (calls.length <= failures) throw new Error(`call ${calls.length} fails`);
    return `call ${calls.length}`;
  };
  return { run, calls };
}

const redrive = (aws: StatesFixture, executionArn: string, clientToken?: string) =>
  aws.sfn.send(new RedriveExecutionCommand({ executionArn, clientToken }));
const describe = (aws: StatesFixture, executionArn: string) =>
  aws.sfn.send(new DescribeExecutionCommand({ executionArn }));

test("a redrive goes on at the state that failed, with its input and fresh retries; what succeeded is not done again", async () => {
  const first = flaky(0);
  const second = flaky(3);
  await using aws = statesFixture({ functions: { first: first.run, second: second.run } });
  const execution = await aws.start(
    {
      A: { Type: "Task", Resource: functionArn("first"), ResultPath: "$.a", Next: "B" },
      B: {
        Type: "Task",
        Resource: functionArn("second"),
        ResultPath: "$.b",
        Retry: [{ ErrorEquals: ["States.ALL"], MaxAttempts: 1, IntervalSeconds: 1 }],
        Next: "C",
      },
      C: { Type: "Pass", Parameters: { "all.$": "$", "redrives.$": "$$.Execution.RedriveCount" }, End: true },
    },
    { given: 1 },
  );
  expect((await aws.end(execution)).status).toBe("FAILED");
  expect(await describe(aws, execution)).toMatchObject({ redriveCount: 0, redriveStatus: "REDRIVABLE" });
  const before = await aws.types(execution);

  const { redriveDate } = await redrive(aws, execution);
  expect(redriveDate).toBeInstanceOf(Date);
  const ended = await aws.end(execution);
  expect(ended).toMatchObject({
    status: "SUCCEEDED",
    redriveCount: 1,
    redriveDate,
    redriveStatus: "NOT_REDRIVABLE",
    redriveStatusReason: "Execution is SUCCEEDED and cannot be redriven",
  });
  expect([ended.error, ended.cause]).toEqual([undefined, undefined]);
  expect(JSON.parse(ended.output ?? "")).toEqual({ all: { given: 1, a: "call 1", b: "call 4" }, redrives: 1 });
  expect([first.calls.length, second.calls.length]).toEqual([1, 4]);
  const events = await aws.history(execution);
  expect(events.slice(0, before.length).map(({ type }) => type)).toEqual(before);
  expect(events.slice(before.length).map(({ type }) => type)).toEqual([
    "ExecutionRedriven",
    ...["LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionFailed"],
    ...["LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionSucceeded", "TaskStateExited"],
    ...["PassStateEntered", "PassStateExited", "ExecutionSucceeded"],
  ]);
  expect(events[before.length]?.executionRedrivenEventDetails).toEqual({ redriveCount: 1 });
  expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
});

test("of maps and branches only what failed, was aborted or had not begun runs again", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const work = { Type: "Task", Resource: activity, End: true };
  const execution = await aws.start(
    {
      Both: {
        Type: "Parallel",
        End: true,
        Branches: [
          { StartAt: "Done", States: { Done: { Type: "Pass", Result: "done", End: true } } },
          {
            StartAt: "Each",
            States: {
              Each: {
                Type: "Map",
                MaxConcurrency: 2,
                End: true,
                ItemProcessor: { StartAt: "Work", States: { Work: work } },
              },
            },
          },
          { StartAt: "Pause", States: { Pause: { Type: "Wait", Seconds: 100, End: true } } },
        ],
      },
    },
    [0, 1, 2, 3],
  );
  const succeed = async ({ taskToken, input }: { taskToken?: string | undefined; input?: string | undefined }) => {
    await aws.sfn.send(new SendTaskSuccessCommand({ taskToken, output: `"${input}"` }));
    await aws.settle();
  };
  await succeed(await aws.poll(activity));
  const second = await aws.poll(activity);
  const third = await aws.poll(activity);
  await aws.sfn.send(new SendTaskFailureCommand({ taskToken: second.taskToken, error: "Broken" }));
  await aws.settle();
  expect(await describe(aws, execution)).toMatchObject({ status: "FAILED", error: "Broken" });
  await expect(succeed(third)).rejects.toMatchObject({ name: "TaskTimedOut" });

  await redrive(aws, execution);
  const again = [await aws.poll(activity), await aws.poll(activity)];
  expect(again.map(({ input }) => input)).toEqual(["1", "2"]);
  for (const task of again) await succeed(task);
  await succeed(await aws.poll(activity));
  const ended = await aws.end(execution);
  expect(JSON.parse(ended.output ?? "")).toEqual(["done", ["0", "1", "2", "3"], [0, 1, 2, 3]]);
  const types = await aws.types(execution);
  expect(types.filter((type) => type === "PassStateEntered")).toHaveLength(1);
  expect(types.filter((type) => type === "MapIterationStarted")).toHaveLength(4);
});

test("stopped and timed out executions are redriven too, with all of the machine's time again", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const states = { Work: { Type: "Task", Resource: activity, End: true } };
  const execution = await aws.start(states, {}, { TimeoutSeconds: 60 });
  await aws.sfn.send(new StopExecutionCommand({ executionArn: execution }));
  await redrive(aws, execution);
  await aws.pass(59);
  expect((await describe(aws, execution)).status).toBe("RUNNING");
  await aws.pass(2);
  expect((await describe(aws, execution)).status).toBe("TIMED_OUT");
  await redrive(aws, execution);
  const { taskToken } = await aws.poll(activity);
  await aws.sfn.send(new SendTaskSuccessCommand({ taskToken, output: "1" }));
  expect(await aws.end(execution)).toMatchObject({ status: "SUCCEEDED", redriveCount: 2 });
});

test("what cannot be redriven is refused with the reason, and a token makes a repeated request one", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const execution = await aws.start({ Work: { Type: "Task", Resource: activity, End: true } });
  const refused = (reason: string) => ({
    name: "ExecutionNotRedrivable",
    message: expect.stringContaining(reason),
  });
  await expect(redrive(aws, execution)).rejects.toMatchObject(refused("Execution is RUNNING and cannot be redriven"));
  await aws.sfn.send(new StopExecutionCommand({ executionArn: execution }));
  const once = await redrive(aws, execution, "token");
  expect(await redrive(aws, execution, "token")).toMatchObject({ redriveDate: once.redriveDate });
  await expect(redrive(aws, execution, "another")).rejects.toMatchObject(refused("RUNNING"));
  await aws.sfn.send(new StopExecutionCommand({ executionArn: execution }));
  await aws.pass(14 * 24 * 3600 + 1);
  await expect(redrive(aws, execution)).rejects.toMatchObject(refused("Execution redrivable period exceeded"));
  const { stateMachineArn } = await describe(aws, execution);
  await aws.sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
  await expect(redrive(aws, execution)).rejects.toMatchObject(refused("DELETING"));
  await expect(redrive(aws, `${execution}x`)).rejects.toMatchObject({ name: "ExecutionDoesNotExist" });
});

test("a redrive outlives the process, and lists tell redriven executions from others", async () => {
  const dir = mkdtempSync(join(tmpdir(), "muster-redrive-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  let execution: string;
  {
    await using aws = statesFixture({ dir });
    const activity = await aws.activity("work");
    execution = await aws.start({ Work: { Type: "Task", Resource: activity, End: true } }, { n: 1 });
    await aws.sfn.send(new StopExecutionCommand({ executionArn: execution }));
  }
  {
    await using aws = statesFixture({ dir });
    await redrive(aws, execution);
  }
  await using aws = statesFixture({ dir });
  expect(await describe(aws, execution)).toMatchObject({ status: "RUNNING", redriveCount: 1 });
  const activity = await aws.activity("work");
  const { taskToken, input } = await aws.poll(activity);
  expect(input).toBe('{"n":1}');
  await aws.sfn.send(new SendTaskSuccessCommand({ taskToken, output: "1" }));
  const { stateMachineArn } = await aws.end(execution);
  const list = async (redriveFilter: "REDRIVEN" | "NOT_REDRIVEN") =>
    (await aws.sfn.send(new ListExecutionsCommand({ stateMachineArn, redriveFilter }))).executions;
  expect(await list("REDRIVEN")).toMatchObject([{ executionArn: execution, status: "SUCCEEDED", redriveCount: 1 }]);
  expect(await list("NOT_REDRIVEN")).toEqual([]);
});
