import {
  GetActivityTaskCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { statesFixture } from "./states-fixture.ts";

const work = (activity: string, fields: object = {}) => ({
  Work: { Type: "Task", Resource: activity, End: true, ...fields },
});

test("a task that nobody polls for waits until its timeout", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const execution = await aws.start(work(activity, { TimeoutSeconds: 600 }));
  const startedMs = aws.clock.now();
  const ended = await aws.end(execution);
  expect(ended).toMatchObject({ status: "FAILED", error: "States.Timeout" });
  expect(aws.clock.now() - startedMs).toBe(600_000);
  expect(await aws.types(execution)).toEqual([
    "ExecutionStarted",
    "TaskStateEntered",
    "ActivityScheduled",
    "ActivityTimedOut",
    "ExecutionFailed",
  ]);
});

test("a poll without a task is answered with nothing after 60 seconds", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const poll = aws.poll(activity);
  await aws.pass(59.999);
  const answered = await Promise.race([poll.then(() => true), aws.settle().then(() => false)]);
  expect(answered).toBe(false);
  await aws.pass(0.001);
  expect(await poll).toEqual({ taskToken: undefined, input: undefined });
});

test("tasks go to workers in the order in which both came", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const first = aws.poll(activity, { workerName: "first" });
  const second = aws.poll(activity, { workerName: "second" });
  await aws.settle();
  const one = await aws.start(work(activity), { n: 1 });
  const two = await aws.start(work(activity), { n: 2 });
  const tasks = await Promise.all([first, second]);
  expect(tasks.map(({ input }) => input)).toEqual(['{"n":1}', '{"n":2}']);
  expect(tasks[0]?.taskToken).not.toBe(tasks[1]?.taskToken);
  const names = await Promise.all(
    [one, two].map(async (arn) => (await aws.history(arn)).at(-1)?.activityStartedEventDetails?.workerName),
  );
  expect(names).toEqual(["first", "second"]);
});

test("one task goes to one of two workers", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const polls = [aws.poll(activity), aws.poll(activity)];
  await aws.settle();
  await aws.start(work(activity));
  await aws.pass(60);
  const tokens = (await Promise.all(polls)).map(({ taskToken }) => taskToken);
  expect(tokens.filter((token) => token !== undefined)).toHaveLength(1);
});

test("a poll whose client went away loses no task", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const client = new AbortController();
  const gone = aws.poll(activity, { workerName: "gone", abortSignal: client.signal });
  await aws.settle();
  client.abort();
  await expect(gone).rejects.toThrow("Request aborted");
  const execution = await aws.start(work(activity));
  const { taskToken } = await aws.poll(activity, { workerName: "here" });
  await aws.sfn.send(new SendTaskSuccessCommand({ taskToken, output: "{}" }));
  expect(await aws.end(execution)).toMatchObject({ status: "SUCCEEDED" });
  const claims = (await aws.history(execution)).filter(({ type }) => type === "ActivityStarted");
  expect(claims.map((event) => event.activityStartedEventDetails?.workerName)).toEqual(["here"]);
});

test("over a socket, too, a worker that hangs up loses no task", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const { url } = await aws.aws.listen();
  const { requestHandler: _inProcess, ...config } = aws.aws.clientConfig();
  const remote = new SFNClient({ ...config, endpoint: url });
  const worker = new AbortController();
  const gone = remote.send(new GetActivityTaskCommand({ activityArn: activity }), { abortSignal: worker.signal });
  await aws.settle();
  expect(aws.aws.movement.parked).toBe(1);
  worker.abort();
  await expect(gone).rejects.toThrow("Request aborted");
  await aws.settle();
  expect(aws.aws.movement.parked).toBe(0);
  const execution = await aws.start(work(activity), { n: 1 });
  expect(await aws.poll(activity)).toMatchObject({ input: '{"n":1}' });
  expect((await aws.types(execution)).filter((type) => type === "ActivityStarted")).toHaveLength(1);
  remote.destroy();
});

test("a token works once; afterwards its task has timed out", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const execution = await aws.start(work(activity));
  const { taskToken } = await aws.poll(activity);
  await aws.sfn.send(new SendTaskSuccessCommand({ taskToken, output: '"done"' }));
  for (const again of [
    new SendTaskSuccessCommand({ taskToken, output: '"again"' }),
    new SendTaskFailureCommand({ taskToken, error: "Again" }),
    new SendTaskHeartbeatCommand({ taskToken }),
  ]) {
    await expect(aws.sfn.send(again as SendTaskSuccessCommand)).rejects.toMatchObject({ name: "TaskTimedOut" });
  }
  expect(await aws.end(execution)).toMatchObject({ status: "SUCCEEDED", output: '"done"' });
});

test("the token of a task that timed out says so, also while the state is tried again", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const retry = {
    TimeoutSeconds: 10,
    Retry: [{ ErrorEquals: ["States.Timeout"], IntervalSeconds: 1, MaxAttempts: 1 }],
  };
  const execution = await aws.start(work(activity, retry));
  const late = await aws.poll(activity);
  await aws.pass(11);
  const fresh = await aws.poll(activity);
  expect(fresh.taskToken).not.toBe(late.taskToken);
  await expect(
    aws.sfn.send(new SendTaskSuccessCommand({ taskToken: late.taskToken, output: '"late"' })),
  ).rejects.toMatchObject({ name: "TaskTimedOut" });
  await aws.sfn.send(new SendTaskSuccessCommand({ taskToken: fresh.taskToken, output: '"in time"' }));
  expect(await aws.end(execution)).toMatchObject({ output: '"in time"' });
});

test("foreign tokens are told apart from stale ones", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  await aws.start(work(activity));
  const { taskToken = "" } = await aws.poll(activity);
  const [body = "", seal = ""] = taskToken.split(".");
  const otherEvent = Buffer.from(
    Buffer.from(body, "base64url")
      .toString()
      .replace(/^(\d+) (\d+)/, "$1 99"),
  ).toString("base64url");
  for (const foreign of ["nonsense", `${body}.${seal}x`, `${otherEvent}.${seal}`, ""]) {
    await expect(aws.sfn.send(new SendTaskSuccessCommand({ taskToken: foreign, output: "{}" }))).rejects.toMatchObject({
      name: "InvalidToken",
    });
  }
  await using elsewhere = statesFixture();
  await expect(elsewhere.sfn.send(new SendTaskSuccessCommand({ taskToken, output: "{}" }))).rejects.toMatchObject({
    name: "TaskDoesNotExist",
  });
});

test("a lost heartbeat times the task out, and a sent one puts that off", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const execution = await aws.start(work(activity, { TimeoutSeconds: 3600, HeartbeatSeconds: 30 }));
  await aws.pass(300);
  const { taskToken } = await aws.poll(activity);
  const claimedMs = aws.clock.now();
  for (let beat = 0; beat < 3; beat++) {
    await aws.pass(20);
    await aws.sfn.send(new SendTaskHeartbeatCommand({ taskToken }));
  }
  expect(await aws.end(execution)).toMatchObject({ status: "FAILED", error: "States.Timeout" });
  expect(aws.clock.now() - claimedMs).toBe(90_000);
  expect((await aws.types(execution)).slice(-3)).toEqual(["ActivityStarted", "ActivityTimedOut", "ExecutionFailed"]);
});

test("a lost heartbeat is caught as States.HeartbeatTimeout, a timeout is not", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const states = {
    ...work(activity, {
      TimeoutSeconds: 100,
      HeartbeatSeconds: 30,
      Catch: [{ ErrorEquals: ["States.HeartbeatTimeout"], Next: "Lost" }],
    }),
    Lost: { Type: "Pass", Result: "lost", End: true },
  };
  const silent = await aws.start(states);
  await aws.poll(activity);
  expect(await aws.end(silent)).toMatchObject({ status: "SUCCEEDED", output: '"lost"' });
  const unclaimed = await aws.start(states);
  expect(await aws.end(unclaimed)).toMatchObject({ status: "FAILED", error: "States.Timeout" });
});

test("stopping an execution aborts the task in a worker's hands", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const execution = await aws.start(work(activity, { HeartbeatSeconds: 30 }));
  const { taskToken } = await aws.poll(activity);
  await aws.sfn.send(new StopExecutionCommand({ executionArn: execution, error: "Enough", cause: "by hand" }));
  expect(await aws.end(execution)).toMatchObject({ status: "ABORTED", error: "Enough", cause: "by hand" });
  const events = await aws.history(execution);
  expect(events.slice(-2)).toMatchObject([
    { type: "TaskStateAborted", previousEventId: 0 },
    {
      type: "ExecutionAborted",
      previousEventId: 0,
      executionAbortedEventDetails: { error: "Enough", cause: "by hand" },
    },
  ]);
  await expect(aws.sfn.send(new SendTaskHeartbeatCommand({ taskToken }))).rejects.toMatchObject({
    name: "TaskTimedOut",
  });
});

test("a stopped execution's waiting task goes to nobody", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const stopped = await aws.start(work(activity), "stopped");
  await aws.sfn.send(new StopExecutionCommand({ executionArn: stopped }));
  await aws.start(work(activity), "running");
  expect(await aws.poll(activity)).toMatchObject({ input: '"running"' });
});

test("stopping during a Map aborts every iteration and branch that is open", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const execution = await aws.start(
    {
      Each: {
        Type: "Map",
        End: true,
        MaxConcurrency: 2,
        ItemProcessor: { StartAt: "Work", States: work(activity) },
      },
    },
    [1, 2, 3],
  );
  await aws.poll(activity);
  await aws.sfn.send(new StopExecutionCommand({ executionArn: execution }));
  expect((await aws.types(execution)).slice(-6)).toEqual([
    "MapStateAborted",
    "MapIterationAborted",
    "TaskStateAborted",
    "MapIterationAborted",
    "TaskStateAborted",
    "ExecutionAborted",
  ]);
});
