import { expect, test } from "vitest";
import { AwsError } from "../../aws-error.ts";
import type { InvokeFunction } from "../../lambda-functions.ts";
import { directClient } from "./direct-client.ts";

const FUNCTION = "arn:aws:lambda:us-east-1:111111111111:function:slow";
const INVOKE = "arn:aws:states:::lambda:invoke";

/** An execution of one Task, whose function is called and does not answer by itself. */
async function calling(task: object, invoke?: InvokeFunction) {
  const calls: { readonly payload: unknown; readonly signal: AbortSignal | undefined }[] = [];
  const client = directClient({
    seed: 1,
    invoke:
      invoke ??
      ((_name, payload, signal) => {
        calls.push({ payload, signal });
        return new Promise(() => {});
      }),
  });
  client.states.start();
  const definition = JSON.stringify({ StartAt: "Call", States: { Call: { Type: "Task", ...task, End: true } } });
  const { stateMachineArn } = await client.call("CreateStateMachine", {
    name: "m",
    definition,
    roleArn: "arn:aws:iam::111111111111:role/r",
  });
  const { executionArn } = await client.call("StartExecution", { stateMachineArn });
  await client.pass(1);
  return { client, calls, executionArn, describe: () => client.call("DescribeExecution", { executionArn }) };
}

test("a function whose task timed out is told to stop", async () => {
  const { client, calls, describe } = await calling({ Resource: FUNCTION, TimeoutSeconds: 5 });
  expect(calls[0]?.signal?.aborted).toBe(false);
  await client.pass(5);
  expect(calls[0]?.signal?.aborted).toBe(true);
  expect(await describe()).toMatchObject({ error: "States.Timeout" });
});

test("a function is told to stop when its execution is stopped, and when everything ends", async () => {
  const stopped = await calling({ Resource: FUNCTION });
  await stopped.client.call("StopExecution", { executionArn: stopped.executionArn });
  expect(stopped.calls[0]?.signal?.aborted).toBe(true);
  const closed = await calling({ Resource: FUNCTION });
  await closed.client.states.close();
  expect(closed.calls[0]?.signal?.aborted).toBe(true);
});

test("a function that has its own task answered may finish what it does", async () => {
  const { client, calls, describe } = await calling({
    Resource: `${INVOKE}.waitForTaskToken`,
    Parameters: { FunctionName: "ask", "Payload.$": "$$.Task" },
  });
  const task = calls[0]?.payload as { readonly Token: string } | undefined;
  await client.call("SendTaskSuccess", { taskToken: task?.Token, output: "1" });
  expect(await describe()).toMatchObject({ status: "SUCCEEDED" });
  expect(calls[0]?.signal?.aborted).toBe(false);
});

test.each([
  ["nothing", undefined, {}],
  ["null", null, {}],
  ["an object", { a: 1 }, { a: 1 }],
  ["JSON text", "[1]", [1]],
])("a payload of %s reaches the function as AWS passes it on", async (_what, Payload, expected) => {
  const { calls } = await calling({
    Resource: INVOKE,
    Parameters: { FunctionName: "f", ...(Payload === undefined ? {} : { Payload }) },
  });
  expect(calls.map(({ payload }) => payload)).toEqual([expected]);
});

test("an asynchronous call does not wait for its function, and a dry run calls none", async () => {
  const event = await calling({ Resource: INVOKE, Parameters: { FunctionName: "f", InvocationType: "Event" } });
  expect(event.calls).toHaveLength(1);
  expect(JSON.parse((await event.describe()).output ?? "")).toMatchObject({ StatusCode: 202 });
  const dry = await calling({ Resource: INVOKE, Parameters: { FunctionName: "f", InvocationType: "DryRun" } });
  expect(dry.calls).toEqual([]);
  expect(JSON.parse((await dry.describe()).output ?? "")).toMatchObject({ StatusCode: 204 });
});

test.each<[string, unknown, string, RegExp]>([
  [
    "Lambda refuses",
    new AwsError("TooManyRequestsException", "Rate exceeded", { status: 429 }),
    "Lambda.TooManyRequestsException",
    /^Rate exceeded \(Service: AWSLambda; Status Code: 429/,
  ],
  ["the call itself breaks", new Error("socket closed"), "Lambda.SdkClientException", /^socket closed$/],
])("%s: the task fails under Lambda's name for it", async (_what, thrown, error, cause) => {
  const { describe } = await calling({ Resource: FUNCTION }, () => Promise.reject(thrown));
  expect(await describe()).toMatchObject({ status: "FAILED", error, cause: expect.stringMatching(cause) });
});

test("what is no JSON text is no payload", async () => {
  const { describe } = await calling({ Resource: INVOKE, Parameters: { FunctionName: "f", Payload: "plain" } });
  expect(await describe()).toMatchObject({ error: "Lambda.InvalidRequestContentException" });
});
