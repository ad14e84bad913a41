import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type DirectClient, directClient } from "./direct-client.ts";

function openStates(dir: string, called: string[] = []): DirectClient {
  return directClient({
    dir,
    seed: 1,
    invoke: (name) => {
      called.push(name);
      return new Promise(() => {});
    },
  });
}

async function startMachine({ call }: DirectClient, state: object): Promise<string> {
  const { stateMachineArn } = await call("CreateStateMachine", {
    name: "m",
    roleArn: "arn:aws:iam::111111111111:role/r",
    definition: JSON.stringify({ StartAt: "A", States: { A: { ...state, End: true } } }),
  });
  const { executionArn } = await call("StartExecution", { stateMachineArn, name: "one" });
  return executionArn ?? "";
}

test("once closed, nothing is accepted that would be forgotten", async () => {
  const dir = mkdtempSync(join(tmpdir(), "muster-shutdown-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const first = openStates(dir);
  first.states.start();
  const { activityArn } = await first.call("CreateActivity", { name: "work" });
  const executionArn = await startMachine(first, { Type: "Task", Resource: activityArn });
  const { taskToken } = await first.call("GetActivityTask", { activityArn });
  const waiting = first.call("GetActivityTask", { activityArn });
  await first.states.close();
  expect(await waiting).toEqual({});
  await expect(first.call("SendTaskSuccess", { taskToken, output: "1" })).rejects.toMatchObject({
    code: "ServiceUnavailable",
  });
  expect(first.clock.pending).toBe(0);

  const second = openStates(dir);
  second.states.start();
  await second.call("SendTaskSuccess", { taskToken, output: "2" });
  expect(await second.call("DescribeExecution", { executionArn })).toMatchObject({ status: "SUCCEEDED", output: "2" });
  await second.states.close();
});

test("a call under way at the end is made again, once, and nothing moves before start", async () => {
  const dir = mkdtempSync(join(tmpdir(), "muster-shutdown-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const arn = "arn:aws:lambda:us-east-1:111111111111:function:slow";
  const first = openStates(dir);
  first.states.start();
  const executionArn = await startMachine(first, { Type: "Task", Resource: arn });
  await first.states.close();

  const called: string[] = [];
  const second = openStates(dir, called);
  expect(await second.call("DescribeExecution", { executionArn })).toMatchObject({ status: "RUNNING" });
  expect(called).toEqual([]);
  second.states.start();
  second.states.start();
  expect(called).toEqual([arn]);
  await second.states.close();
});
