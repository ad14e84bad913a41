import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { expect, onTestFinished, test } from "vitest";
import { statesFixture } from "./states-fixture.ts";

const DATA = '{"b":0.0,"2":{"10":1e400,"9":12345678901234567890},"1":[-0.0,1.10]}';
const pass = { Type: "Pass", Next: "Work" };

test("data comes through states, branches, tasks and a restart as it was written", async () => {
  const dir = mkdtempSync(join(tmpdir(), "muster-exact-data-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  let executionArn: string | undefined;
  let activity: string;
  {
    await using aws = statesFixture({ dir });
    activity = await aws.activity("work");
    const definition = JSON.stringify({
      StartAt: "First",
      States: {
        First: { ...pass, ResultPath: "$.result", Result: "RESULT", Next: "Each" },
        Each: {
          Type: "Map",
          ItemsPath: "$.1",
          ResultPath: "$.items",
          ItemProcessor: { StartAt: "One", States: { One: { Type: "Pass", End: true } } },
          Next: "Work",
        },
        Work: { Type: "Task", Resource: activity, ResultPath: "$.work", End: true },
      },
    }).replace('"RESULT"', DATA);
    const machine = new CreateStateMachineCommand({
      name: "m",
      definition,
      roleArn: "arn:aws:iam::111111111111:role/r",
    });
    const { stateMachineArn } = await aws.sfn.send(machine);
    ({ executionArn } = await aws.sfn.send(new StartExecutionCommand({ stateMachineArn, input: ` ${DATA}\n` })));
    await aws.settle();
  }
  await using aws = statesFixture({ dir });
  const { taskToken, input } = await aws.poll(activity);
  const worked = `${DATA.slice(0, -1)},"result":${DATA},"items":[-0.0,1.10]}`;
  expect(input).toBe(worked);
  await aws.sfn.send(new SendTaskSuccessCommand({ taskToken, output: "[0.0, 1E2]" }));
  await aws.settle();
  const { output } = await aws.sfn.send(new DescribeExecutionCommand({ executionArn }));
  expect(output).toBe(`${worked.slice(0, -1)},"work":[0.0,1E2]}`);
  const events = await aws.history(executionArn ?? "");
  expect(events[1]?.stateEnteredEventDetails?.input).toBe(` ${DATA}\n`);
  expect(events.at(-1)?.executionSucceededEventDetails?.output).toBe(output);
});

test("choices and limits take a number's value, however it is written", async () => {
  await using aws = statesFixture();
  const choice = {
    A: {
      Type: "Choice",
      Choices: [
        {
          And: [
            { Variable: "$.n", NumericEquals: 1 },
            { Variable: "$.n", IsNumeric: true },
            { Variable: "$.n", NumericGreaterThanPath: "$.less" },
          ],
          Next: "Yes",
        },
      ],
      Default: "No",
    },
    Yes: { Type: "Wait", SecondsPath: "$.wait", Next: "Done" },
    Done: { Type: "Pass", Result: "yes", End: true },
    No: { Type: "Pass", Result: "no", End: true },
  };
  const start = async (input: string) => {
    const { stateMachineArn } = await aws.sfn.send(
      new CreateStateMachineCommand({
        name: `m${input.length}`,
        definition: JSON.stringify({ StartAt: "A", States: choice }),
        roleArn: "arn:aws:iam::111111111111:role/r",
      }),
    );
    const { executionArn } = await aws.sfn.send(new StartExecutionCommand({ stateMachineArn, input }));
    return (await aws.end(executionArn ?? "")).output;
  };
  expect(await start('{"n":1.0,"less":0.50,"wait":2.0}')).toBe('"yes"');
  expect(await start('{"n":1.0,"less":1.00,"wait":2.0 }')).toBe('"no"');
});
