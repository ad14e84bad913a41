import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { awsCli, has } from "../../../foreign-clients/aws-cli.ts";
import { createLocalAws } from "../../local-aws.ts";

const run = promisify(execFile);

test("boto3 walks through every operation", async ({ skip }) => {
  skip(!has("python3", ["-c", "import boto3"]), "this machine has no boto3 (python3-boto3)");
  await using aws = createLocalAws();
  aws.start();
  const { url } = await aws.listen();
  const walk = join(import.meta.dirname, "../../../foreign-clients/walk-states.py");
  const { stdout } = await run("python3", ["-B", walk, url]);
  expect(JSON.parse(stdout)).toEqual({
    activity: "walk",
    activities: ["walk"],
    valid: "OK",
    invalid: ["/States"],
    machine: true,
    updated: true,
    machines: ["walk"],
    tags: [{ key: "b", value: "2" }],
    again: true,
    taken: "ExecutionAlreadyExists",
    of: "walk",
    input: '{"n":1}',
    late: "TaskTimedOut",
    foreign: "InvalidToken",
    ended: ["SUCCEEDED", '"done"', true],
    events: [
      "ExecutionStarted",
      "TaskStateEntered",
      "ActivityScheduled",
      "ActivityStarted",
      "ActivitySucceeded",
      "TaskStateExited",
      "ExecutionSucceeded",
    ],
    failed: ["FAILED", "Walked", "away"],
    executions: [
      ["one", "SUCCEEDED"],
      ["three", "ABORTED"],
      ["two", "FAILED"],
    ],
    gone: ["StateMachineDoesNotExist", "ActivityDoesNotExist"],
  });
});

test("the aws CLI walks through every operation", async ({ skip }) => {
  skip(!has("aws", ["--version"]), "this machine has no aws CLI (awscli)");
  await using local = createLocalAws();
  local.start();
  await using aws = awsCli((await local.listen()).url, process.env.PATH);
  const cli = async (operation: string, options: Readonly<Record<string, string | readonly string[]>>, query = "@") => {
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value].flat());
    const printed = await aws("stepfunctions", operation, ...args, "--query", query, "--output", "json");
    return printed === "" ? undefined : JSON.parse(printed);
  };
  const activity: string = await cli("create-activity", { name: "cli" }, "activityArn");
  const definition = JSON.stringify({
    StartAt: "Work",
    States: { Work: { Type: "Task", Resource: activity, End: true } },
  });
  expect(await cli("validate-state-machine-definition", { definition }, "result")).toBe("OK");
  const role = "arn:aws:iam::000000000000:role/cli";
  const machine: string = await cli(
    "create-state-machine",
    { name: "cli", definition, "role-arn": role },
    "stateMachineArn",
  );
  const ofMachine = { "state-machine-arn": machine };
  await cli("update-state-machine", { ...ofMachine, "role-arn": `${role}2` });
  expect(await cli("describe-state-machine", ofMachine, "roleArn")).toBe(`${role}2`);
  expect(await cli("list-state-machines", {}, "stateMachines[].name")).toEqual(["cli"]);
  expect(await cli("describe-activity", { "activity-arn": activity }, "name")).toBe("cli");
  expect(await cli("list-activities", {}, "activities[].name")).toEqual(["cli"]);
  await cli("tag-resource", { "resource-arn": machine, tags: "key=a,value=1" });
  expect(await cli("list-tags-for-resource", { "resource-arn": machine }, "tags[].key")).toEqual(["a"]);
  await cli("untag-resource", { "resource-arn": machine, "tag-keys": "a" });

  const execution: string = await cli(
    "start-execution",
    { ...ofMachine, name: "one", input: '{"n":1}' },
    "executionArn",
  );
  expect(await cli("describe-state-machine-for-execution", { "execution-arn": execution }, "name")).toBe("cli");
  const task: { taskToken: string; input: string } = await cli("get-activity-task", { "activity-arn": activity });
  expect(task.input).toBe('{"n":1}');
  await cli("send-task-heartbeat", { "task-token": task.taskToken });
  await cli("send-task-success", { "task-token": task.taskToken, "task-output": '"done"' });
  expect(await cli("describe-execution", { "execution-arn": execution }, "[status, output]")).toEqual([
    "SUCCEEDED",
    '"done"',
  ]);
  expect(await cli("get-execution-history", { "execution-arn": execution }, "events[-1].type")).toBe(
    "ExecutionSucceeded",
  );

  await cli("start-execution", { ...ofMachine, name: "two" });
  const { taskToken } = (await cli("get-activity-task", { "activity-arn": activity })) as { taskToken: string };
  await cli("send-task-failure", { "task-token": taskToken, error: "Walked" });
  const third: string = await cli("start-execution", { ...ofMachine, name: "three" }, "executionArn");
  await cli("stop-execution", { "execution-arn": third });
  expect((await cli("list-executions", ofMachine, "executions[].[name, status]")).toSorted()).toEqual([
    ["one", "SUCCEEDED"],
    ["three", "ABORTED"],
    ["two", "FAILED"],
  ]);
  await cli("delete-state-machine", ofMachine);
  await cli("delete-activity", { "activity-arn": activity });
  await expect(cli("describe-state-machine", ofMachine)).rejects.toThrow("StateMachineDoesNotExist");
});
