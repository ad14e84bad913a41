import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { afterEach, beforeEach, expect, test } from "vitest";
import { statesFixture } from "./states-fixture.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "muster-damage-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const executionsFolder = () => join(dir, "states", "executions");
const journalOf = (name: string) => {
  const file = readdirSync(executionsFolder()).find((candidate) => candidate.includes(name));
  return join(executionsFolder(), file ?? "missing");
};

/** Two executions that wait for a worker, then the process ends. */
async function twoWaiting() {
  await using aws = statesFixture({ dir });
  const activity = await aws.activity("work");
  const states = { Before: { Type: "Pass", Next: "Work" }, Work: { Type: "Task", Resource: activity, End: true } };
  const one = await aws.start(states, { n: 1 }, { name: "one" });
  const two = await aws.start(states, { n: 2 }, { name: "two" });
  return { activity, one, two };
}

function flipByte(file: string, at: (text: string) => number): void {
  const text = readFileSync(file, "latin1");
  const position = at(text);
  writeFileSync(file, `${text.slice(0, position)}#${text.slice(position + 1)}`, "latin1");
}

test("an execution with a corrupt record is reported by name and set aside, and the others go on", async () => {
  const { activity, one, two } = await twoWaiting();
  flipByte(journalOf("one"), (text) => text.indexOf("Before"));
  const damaged: string[] = [];
  await using aws = statesFixture({ dir, onDamaged: (name, reason) => damaged.push(`${name}: ${reason}`) });
  expect(damaged).toEqual([
    expect.stringMatching(/^machine-1:one: record 3 \(byte \d+\) does not match its checksum$/),
  ]);
  await expect(aws.sfn.send(new DescribeExecutionCommand({ executionArn: one }))).rejects.toMatchObject({
    name: "ExecutionDoesNotExist",
  });
  expect(readdirSync(executionsFolder()).filter((file) => file.endsWith(".damaged"))).toHaveLength(1);
  const { taskToken, input } = await aws.poll(activity);
  expect(input).toBe('{"n":2}');
  await aws.sfn.send(new SendTaskSuccessCommand({ taskToken, output: "{}" }));
  expect(await aws.end(two)).toMatchObject({ status: "SUCCEEDED" });
});

test("a finished execution whose journal was cut is reported by name", async () => {
  const finished = await (async () => {
    await using aws = statesFixture({ dir });
    return await aws.start({ Only: { Type: "Pass", End: true } }, {}, { name: "finished" });
  })();
  truncateSync(journalOf("finished"), 300);
  const damaged: string[] = [];
  await using aws = statesFixture({ dir, onDamaged: (name, reason) => damaged.push(`${name}: ${reason}`) });
  expect(damaged).toEqual([expect.stringMatching(/^machine-1:finished: its journal holds 300 of \d+ bytes$/)]);
  const { executions } = await aws.sfn.send(
    new ListExecutionsCommand({
      stateMachineArn: finished.replace(":execution:", ":stateMachine:").replace(/:finished$/, ""),
    }),
  );
  expect(executions).toMatchObject([{ name: "finished", status: "SUCCEEDED" }]);
  await expect(aws.types(finished)).rejects.toMatchObject({ name: "ExecutionDoesNotExist" });
});

test("a damaged record of the metadata is reported, and what it does not touch is kept", async () => {
  const { activity } = await twoWaiting();
  const metadata = join(dir, "states", "metadata.journal");
  flipByte(metadata, (text) => text.indexOf('"machine-1"'));
  const damaged: string[] = [];
  await using aws = statesFixture({ dir, onDamaged: (name, reason) => damaged.push(`${name}: ${reason}`) });
  expect(damaged).toEqual([
    expect.stringMatching(/metadata\.journal: record \d+ \(byte \d+\) does not match its checksum$/),
  ]);
  expect(await aws.poll(activity)).toMatchObject({ input: '{"n":1}' });
});

test("a view shows what its owner does and changes nothing", async () => {
  await using owner = statesFixture({ dir });
  const activity = await owner.activity("work");
  const execution = await owner.start(
    { Work: { Type: "Task", Resource: activity, End: true } },
    {},
    { name: "watched" },
  );
  await using view = statesFixture({ dir, resume: false });
  expect((await view.types(execution)).at(-1)).toBe("ActivityScheduled");
  const { taskToken } = await owner.poll(activity);
  expect((await view.types(execution)).at(-1)).toBe("ActivityStarted");
  await owner.sfn.send(new SendTaskSuccessCommand({ taskToken, output: '"ok"' }));
  await owner.settle();
  expect(await view.sfn.send(new DescribeExecutionCommand({ executionArn: execution }))).toMatchObject({
    status: "SUCCEEDED",
    output: '"ok"',
  });
  expect(await view.types(execution)).toEqual(await owner.types(execution));
  const stateMachineArn = execution.replace(":execution:", ":stateMachine:").replace(/:watched$/, "");
  await expect(view.sfn.send(new StartExecutionCommand({ stateMachineArn }))).rejects.toMatchObject({
    name: "AccessDeniedException",
  });
});
