import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  ListActivitiesCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import type { FaultKind } from "../../faults/fault-kinds.ts";
import { openFaultyAws } from "../../faults/testing/open-faulty-aws.ts";

/** A function that creates so many activities, one after the other, and then says that it has ended. */
function openFunction(kind: FaultKind, { only = [`${kind}/create#1`], calls = 30 } = {}) {
  const ended: unknown[] = [];
  const world = openFaultyAws(
    { [kind]: 1 },
    {
      only,
      functions: {
        create: async () => {
          for (let n = 1; n <= calls; n++) await sfn.send(new CreateActivityCommand({ name: `${n}` })).catch(() => {});
          ended.push(world.elapsed());
        },
      },
    },
  );
  const sfn = new SFNClient(world.config);
  const lambda = new LambdaClient(world.config);
  return {
    ...world,
    ended,
    invoke: (type: "RequestResponse" | "Event" = "RequestResponse") =>
      lambda.send(new InvokeCommand({ FunctionName: "create", InvocationType: type })),
    created: async () => (await sfn.send(new ListActivitiesCommand({}))).activities?.length,
  };
}

test.each([
  ["function.throttled", "TooManyRequestsException", 429],
  ["function.failed", "ServiceException", 500],
] as const)("%s: Lambda refuses with %s, and nothing runs", async (kind, name, status) => {
  const { invoke, created, until, faults } = openFunction(kind);
  await expect(until(invoke())).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
  expect(await created()).toBe(0);
  expect(faults).toMatchObject([{ id: `${kind}/create#1`, what: `create: ${name}` }]);
  expect((await until(invoke()))?.FunctionError).toBeUndefined();
});

test("a function that is killed after a call has made that call and none after it", async () => {
  const { invoke, created, until, faults, ended, pass } = openFunction("function.killed");
  const answer = await until(invoke());
  expect(answer?.FunctionError).toBe("Unhandled");
  expect(JSON.parse(Buffer.from(answer?.Payload ?? []).toString())).toEqual({
    errorType: "Runtime.ExitError",
    errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Runtime exited with error: signal: killed$/),
  });
  const calls = Number(/after call (\d+)/.exec(faults[0]?.what ?? "")?.[1]);
  expect(calls).toBeGreaterThanOrEqual(1);
  expect(await created()).toBe(calls);
  await pass(7200);
  expect(await created()).toBe(calls);
  expect(ended).toEqual([]);
});

test("a function whose call is answered late is stopped when its time is over, and makes no further call", async () => {
  const slow = "states.slow/CreateActivity 3#1";
  const ended: unknown[] = [];
  const { aws, config, until, elapsed, pass } = openFaultyAws(
    { "states.slow": 1 },
    {
      only: [slow],
      functionSeconds: 1,
      functions: {
        create: async () => {
          for (const name of ["1", "2", "3", "4"]) await sfn.send(new CreateActivityCommand({ name }));
          ended.push(elapsed());
        },
      },
    },
  );
  const sfn = new SFNClient(config);
  const answer = await until(new LambdaClient(config).send(new InvokeCommand({ FunctionName: "create" })));
  expect(JSON.parse(Buffer.from(answer?.Payload ?? []).toString())).toMatchObject({
    errorType: "Sandbox.Timedout",
    errorMessage: expect.stringMatching(/Task timed out after 1\.00 seconds$/),
  });
  expect(elapsed()).toBe(1);
  await pass(3600);
  expect((await sfn.send(new ListActivitiesCommand({}))).activities?.map(({ name }) => name)).toEqual(["1", "2", "3"]);
  expect(ended).toEqual([]);
  await aws.idle();
});

test("a function may be killed after any of its calls", async () => {
  const { invoke, until, faults } = openFunction("function.killed", {
    only: Array.from({ length: 60 }, (_, n) => `function.killed/create#${n + 1}`),
    calls: 5,
  });
  for (let n = 0; n < 60; n++) await until(invoke());
  const told = faults.map(({ what }) => /after call (\d+)/.exec(what)?.[1]).filter((call) => call !== undefined);
  const calls = new Set(told.map(Number));
  expect(calls).toEqual(new Set([1, 2, 3, 4, 5]));
});

test("one that makes no further call is killed after its work, before its answer", async () => {
  const { aws, until, faults } = openFaultyAws({ "function.killed": 1 }, { functions: { quick: async () => 1 } });
  const result = await until(aws.invoke("quick", {}));
  expect(result).toMatchObject({ functionError: { errorType: "Runtime.ExitError" } });
  expect(faults).toMatchObject([{ what: "quick: killed after its work, before its answer" }]);
});

test("what the calls of a killed function set off goes on: another function makes its own calls", async () => {
  const { aws, config, until, faults, pass } = openFaultyAws(
    { "function.killed": { announce: 1 } },
    {
      functions: {
        async announce() {
          for (;;)
            await events.send(new PutEventsCommand({ Entries: [{ Source: "a", DetailType: "b", Detail: "{}" }] }));
        },
        answer: async () => sfn.send(new CreateActivityCommand({ name: "by-the-other" })),
      },
    },
  );
  const events = new EventBridgeClient(config);
  const sfn = new SFNClient(config);
  await events.send(new PutRuleCommand({ Name: "all", EventPattern: '{"source":["a"]}' }));
  const Arn = "arn:aws:lambda:us-west-2:000000000000:function:answer";
  await events.send(new PutTargetsCommand({ Rule: "all", Targets: [{ Id: "1", Arn }] }));
  await until(aws.invoke("announce", {}));
  await pass(1);
  expect(faults).toHaveLength(1);
  expect((await sfn.send(new ListActivitiesCommand({}))).activities).toMatchObject([{ name: "by-the-other" }]);
});

test("a function that times out stands still for the rest of its time", async () => {
  const { invoke, created, until, elapsed, faults, ended } = openFunction("function.timed-out");
  const answer = await until(invoke());
  const { errorType, errorMessage } = JSON.parse(Buffer.from(answer?.Payload ?? []).toString());
  expect(errorType).toBe("Sandbox.Timedout");
  expect(errorMessage).toContain(`Task timed out after ${elapsed().toFixed(2)} seconds`);
  expect(elapsed()).toBeGreaterThanOrEqual(30);
  expect(await created()).toBe(Number(/after call (\d+)/.exec(faults[0]?.what ?? "")?.[1]));
  expect(ended).toEqual([]);
});

test("a function that is down crashes for half an hour and more, and then works", async () => {
  const kind = "function.down";
  const { invoke, until, faults, pass } = openFunction(kind, { only: [`${kind}/create#1`], calls: 0 });
  const failed: number[] = [];
  for (let step = 0; step < 40; step++, await pass(300))
    if ((await until(invoke()))?.FunctionError !== undefined) failed.push(step);
  expect(failed.length).toBeGreaterThanOrEqual(6);
  expect(failed.length).toBeLessThanOrEqual(12);
  expect(failed).toEqual(Array.from({ length: failed.length }, (_, n) => (failed[0] ?? 0) + n));
  expect(faults).toMatchObject([{ id: `${kind}/create#1` }]);
});

test("an asynchronous invocation may run twice", async () => {
  const { invoke, ended, pass, faults } = openFunction("function.twice");
  await invoke("Event");
  await invoke("Event");
  await pass(3600);
  expect(ended).toHaveLength(3);
  expect(faults).toMatchObject([{ what: expect.stringMatching(/^create: handed out again after \d+ s$/) }]);
});

test("an asynchronous invocation that Lambda has no room for stays in its queue, for six hours", async () => {
  const refused = (count: number) => Array.from({ length: count }, (_, n) => `function.throttled/create#${n + 1}`);
  const queued = openFunction("function.throttled", { only: refused(12) });
  await queued.invoke("Event");
  await queued.pass(4000);
  expect(queued.faults).toHaveLength(12);
  expect(queued.ended).toEqual([1 + 2 + 4 + 8 + 16 + 32 + 64 + 128 + 256 + 300 * 3]);

  const dropped = openFunction("function.throttled", { only: refused(1000) });
  await dropped.invoke("Event");
  await dropped.pass(24 * 3600);
  expect(dropped.ended).toEqual([]);
  expect((dropped.faults.at(-1)?.atMs ?? 0) - (dropped.faults[0]?.atMs ?? 0)).toBeGreaterThan(5.9 * 3_600_000);
  expect((dropped.faults.at(-1)?.atMs ?? 0) - (dropped.faults[0]?.atMs ?? 0)).toBeLessThanOrEqual(6 * 3_600_000);
});

test("a state that invokes asynchronously puts it into the same queue", async () => {
  const { config, ended, pass, faults } = openFunction("function.throttled");
  const sfn = new SFNClient(config);
  const Parameters = { FunctionName: "create", InvocationType: "Event" };
  const Call = { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", Parameters, End: true };
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: "call",
      roleArn: "arn:aws:iam::000000000000:role/states",
      definition: JSON.stringify({ StartAt: "Call", States: { Call } }),
    }),
  );
  await sfn.send(new StartExecutionCommand({ stateMachineArn }));
  await pass(60);
  expect(faults).toHaveLength(1);
  expect(ended).toEqual([1]);
});
