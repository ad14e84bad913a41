import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateActivityCommand,
  DeleteActivityCommand,
  DeleteStateMachineCommand,
  DescribeActivityCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  ListActivitiesCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StopExecutionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { expect, onTestFinished, test } from "vitest";
import { statesFixture } from "../states-fixture.ts";
import { createMachine, pass, ROLE } from "./testing/create-machine.ts";

const waitsFor = (activity: string) =>
  JSON.stringify({ StartAt: "Work", States: { Work: { Type: "Task", Resource: activity, End: true } } });

test("a state machine is created, described, updated, listed and deleted", async () => {
  await using aws = statesFixture();
  const { sfn } = aws;
  const stateMachineArn = await createMachine(sfn, "one");
  expect(stateMachineArn).toBe("arn:aws:states:us-east-1:111111111111:stateMachine:one");
  expect(await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))).toMatchObject({
    name: "one",
    status: "ACTIVE",
    type: "STANDARD",
    definition: pass(1),
    roleArn: ROLE,
    creationDate: new Date(aws.clock.now()),
  });
  await aws.pass(1);
  await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: pass(2) }));
  expect(await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))).toMatchObject({
    definition: pass(2),
    revisionId: expect.any(String),
  });
  await createMachine(sfn, "two");
  const { stateMachines } = await sfn.send(new ListStateMachinesCommand({}));
  expect(stateMachines?.map(({ name }) => name)).toEqual(["two", "one"]);
  await sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
  await sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
  await expect(sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))).rejects.toMatchObject({
    name: "StateMachineDoesNotExist",
  });
});

test("creating the same state machine again is no change, a different one under its name is refused", async () => {
  await using aws = statesFixture();
  const arn = await createMachine(aws.sfn, "same");
  expect(await createMachine(aws.sfn, "same")).toBe(arn);
  await expect(createMachine(aws.sfn, "same", pass(2))).rejects.toMatchObject({ name: "StateMachineAlreadyExists" });
});

test("a running execution keeps the definition that it started with", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const stateMachineArn = await createMachine(aws.sfn, "changing", waitsFor(activity));
  const { executionArn } = await aws.sfn.send(new StartExecutionCommand({ stateMachineArn }));
  await aws.sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: pass("new") }));
  expect(await aws.sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn }))).toMatchObject({
    definition: waitsFor(activity),
  });
  const { taskToken } = await aws.poll(activity);
  await aws.sfn.send(new SendTaskSuccessCommand({ taskToken, output: '"old"' }));
  expect(await aws.end(executionArn ?? "")).toMatchObject({ output: '"old"' });
});

test("deleting a state machine ends its executions", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const stateMachineArn = await createMachine(aws.sfn, "doomed", waitsFor(activity));
  const { executionArn } = await aws.sfn.send(new StartExecutionCommand({ stateMachineArn }));
  await aws.sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
  expect(await aws.sfn.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({ status: "ABORTED" });
});

test("executions are listed newest first, by status, in pages", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  const stateMachineArn = await createMachine(aws.sfn, "listed", waitsFor(activity));
  for (const name of ["a", "b", "c", "d", "e"]) {
    await aws.sfn.send(new StartExecutionCommand({ stateMachineArn, name }));
    await aws.pass(1);
  }
  await aws.sfn.send(
    new StopExecutionCommand({ executionArn: `${stateMachineArn.replace("stateMachine", "execution")}:b` }),
  );
  const names: (string | undefined)[][] = [];
  let nextToken: string | undefined;
  do {
    const page = await aws.sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 2, nextToken }));
    names.push((page.executions ?? []).map(({ name }) => name));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  expect(names).toEqual([["e", "d"], ["c", "b"], ["a"]]);
  const { executions } = await aws.sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: "ABORTED" }));
  expect(executions).toMatchObject([{ name: "b", status: "ABORTED", stopDate: expect.any(Date) }]);
});

test("a history is read in pages, forwards and backwards, with data or without", async () => {
  await using aws = statesFixture();
  const execution = await aws.start({ Only: { Type: "Pass", Result: "secret", End: true } });
  const ids = async (reverseOrder: boolean) => {
    const pages: (number | undefined)[][] = [];
    let nextToken: string | undefined;
    do {
      const page = await aws.sfn.send(
        new GetExecutionHistoryCommand({ executionArn: execution, maxResults: 3, reverseOrder, nextToken }),
      );
      pages.push((page.events ?? []).map(({ id }) => id));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return pages;
  };
  expect(await ids(false)).toEqual([[1, 2, 3], [4]]);
  expect(await ids(true)).toEqual([[4, 3, 2], [1]]);
  const { events } = await aws.sfn.send(
    new GetExecutionHistoryCommand({ executionArn: execution, includeExecutionData: false }),
  );
  expect(events).toHaveLength(4);
  expect(JSON.stringify(events)).not.toContain("secret");
});

test("activities are created once, described, listed and deleted", async () => {
  await using aws = statesFixture();
  const { sfn } = aws;
  const { activityArn, creationDate } = await sfn.send(new CreateActivityCommand({ name: "build" }));
  await aws.pass(1);
  expect(await sfn.send(new CreateActivityCommand({ name: "build" }))).toMatchObject({ activityArn, creationDate });
  expect(await sfn.send(new DescribeActivityCommand({ activityArn }))).toMatchObject({ name: "build", creationDate });
  await sfn.send(new CreateActivityCommand({ name: "publish" }));
  const { activities } = await sfn.send(new ListActivitiesCommand({}));
  expect(activities?.map(({ name }) => name)).toEqual(["publish", "build"]);
  await sfn.send(new DeleteActivityCommand({ activityArn }));
  for (const command of [new DescribeActivityCommand({ activityArn }), new GetActivityTaskCommand({ activityArn })]) {
    await expect(sfn.send(command as DescribeActivityCommand)).rejects.toMatchObject({ name: "ActivityDoesNotExist" });
  }
});

test("state machines and activities are tagged and untagged", async () => {
  await using aws = statesFixture();
  const resourceArn = await aws.activity("tagged");
  await aws.sfn.send(
    new TagResourceCommand({
      resourceArn,
      tags: [
        { key: "a", value: "1" },
        { key: "b", value: "2" },
      ],
    }),
  );
  await aws.sfn.send(new UntagResourceCommand({ resourceArn, tagKeys: ["a"] }));
  expect((await aws.sfn.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual([
    { key: "b", value: "2" },
  ]);
  await expect(aws.sfn.send(new ListTagsForResourceCommand({ resourceArn: `${resourceArn}x` }))).rejects.toMatchObject({
    name: "ResourceNotFound",
  });
  const many = Array.from({ length: 51 }, (_, index) => ({ key: `k${index}`, value: "v" }));
  await expect(aws.sfn.send(new TagResourceCommand({ resourceArn, tags: many }))).rejects.toMatchObject({
    name: "TooManyTags",
  });
});

test("what was created outlives the process", async () => {
  const dir = mkdtempSync(join(tmpdir(), "muster-states-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const first = await (async () => {
    await using aws = statesFixture({ dir });
    const activityArn = await aws.activity("kept");
    await aws.sfn.send(new TagResourceCommand({ resourceArn: activityArn, tags: [{ key: "a", value: "1" }] }));
    const stateMachineArn = await createMachine(aws.sfn, "kept");
    const { executionArn } = await aws.sfn.send(new StartExecutionCommand({ stateMachineArn, name: "kept" }));
    await aws.settle();
    return { activityArn, stateMachineArn, executionArn };
  })();
  await using aws = statesFixture({ dir });
  expect((await aws.sfn.send(new ListTagsForResourceCommand({ resourceArn: first.activityArn }))).tags).toEqual([
    { key: "a", value: "1" },
  ]);
  expect(await aws.sfn.send(new DescribeStateMachineCommand({ stateMachineArn: first.stateMachineArn }))).toMatchObject(
    { definition: pass(1) },
  );
  expect(await aws.sfn.send(new DescribeExecutionCommand({ executionArn: first.executionArn }))).toMatchObject({
    status: "SUCCEEDED",
    output: "1",
  });
  expect(
    (await aws.sfn.send(new ListExecutionsCommand({ stateMachineArn: first.stateMachineArn }))).executions,
  ).toHaveLength(1);
});
