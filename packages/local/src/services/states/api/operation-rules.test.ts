import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
} from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { statesFixture } from "../states-fixture.ts";
import { createMachine, pass, ROLE } from "./testing/create-machine.ts";

test("an invalid definition is refused with every problem, and validation lists them", async () => {
  await using aws = statesFixture();
  const definition = JSON.stringify({
    StartAt: "Nowhere",
    States: { A: { Type: "Task", Resource: "arn:aws:states:::sqs:sendMessage", Next: "Gone" } },
  });
  const error = await createMachine(aws.sfn, "bad", definition).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "InvalidDefinition" });
  expect((error as Error).message).toMatch(/\/States\/A\/Resource.*\/StartAt/s);
  const { result, diagnostics } = await aws.sfn.send(new ValidateStateMachineDefinitionCommand({ definition }));
  expect(result).toBe("FAIL");
  expect(diagnostics?.map(({ location }) => location)).toEqual(["/States/A/Resource", "/StartAt"]);
  expect(await aws.sfn.send(new ValidateStateMachineDefinitionCommand({ definition: pass(1) }))).toMatchObject({
    result: "OK",
    diagnostics: [],
  });
});

test("bad requests get AWS's error names", async () => {
  await using aws = statesFixture();
  const { sfn } = aws;
  const stateMachineArn = await createMachine(sfn, "good");
  const missing = `${stateMachineArn}-missing`;
  const executionArn = `${stateMachineArn.replace("stateMachine", "execution")}:missing`;
  const refused: [string, Promise<unknown>][] = [
    ["InvalidName", createMachine(sfn, "no spaces")],
    ["InvalidName", sfn.send(new StartExecutionCommand({ stateMachineArn, name: "a/b" }))],
    ["InvalidArn", sfn.send(new StartExecutionCommand({ stateMachineArn: "good" }))],
    ["StateMachineDoesNotExist", sfn.send(new StartExecutionCommand({ stateMachineArn: missing }))],
    ["StateMachineDoesNotExist", sfn.send(new ListExecutionsCommand({ stateMachineArn: missing }))],
    ["InvalidExecutionInput", sfn.send(new StartExecutionCommand({ stateMachineArn, input: "{" }))],
    [
      "ValidationException",
      sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify("x".repeat(262_144)) })),
    ],
    ["ExecutionDoesNotExist", sfn.send(new DescribeExecutionCommand({ executionArn }))],
    ["ExecutionDoesNotExist", sfn.send(new StopExecutionCommand({ executionArn }))],
    ["InvalidArn", sfn.send(new GetExecutionHistoryCommand({ executionArn: stateMachineArn }))],
    ["InvalidToken", sfn.send(new ListStateMachinesCommand({ nextToken: "made-up" }))],
    ["ValidationException", sfn.send(new ListStateMachinesCommand({ maxResults: 1001 }))],
    [
      "StateMachineTypeNotSupported",
      sfn.send(new CreateStateMachineCommand({ name: "express", definition: pass(1), roleArn: ROLE, type: "EXPRESS" })),
    ],
    ["MissingRequiredParameter", sfn.send(new UpdateStateMachineCommand({ stateMachineArn }))],
    [
      "ValidationException",
      sfn.send(new SendTaskSuccessCommand({ taskToken: "x", output: JSON.stringify("x".repeat(262_144)) })),
    ],
  ];
  for (const [name, answer] of refused) await expect(answer, name).rejects.toMatchObject({ name });
});

test("a task's output must be JSON", async () => {
  await using aws = statesFixture();
  const activity = await aws.activity("work");
  await aws.start({ Work: { Type: "Task", Resource: activity, End: true } });
  const { taskToken } = await aws.poll(activity);
  await expect(aws.sfn.send(new SendTaskSuccessCommand({ taskToken, output: "not JSON" }))).rejects.toMatchObject({
    name: "InvalidOutput",
  });
  await aws.sfn.send(new SendTaskSuccessCommand({ taskToken, output: "null" }));
});

test.each(["a b", "a{", "a*", "a/b", "a\u0007", "a\u009f", "a\ufffe", "\u{1f600}", "\ud800", "x".repeat(81)])(
  "%j names nothing on Step Functions",
  async (name) => {
    await using aws = statesFixture();
    await expect(createMachine(aws.sfn, name)).rejects.toMatchObject({ name: "InvalidName" });
    await expect(aws.sfn.send(new CreateActivityCommand({ name }))).rejects.toMatchObject({ name: "InvalidName" });
  },
);

test("letters of any alphabet may stand in a name", async () => {
  await using aws = statesFixture();
  expect(await createMachine(aws.sfn, "Größe_машина-1.2'(3)!=@")).toContain(":stateMachine:Größe_машина-1.2'(3)!=@");
});

test("a role is named by its ARN", async () => {
  await using aws = statesFixture();
  const create = (roleArn: string) =>
    aws.sfn.send(new CreateStateMachineCommand({ name: "m", definition: pass(1), roleArn }));
  for (const roleArn of [
    "role",
    "arn:aws:iam::111111111111:user/x",
    "arn:aws:iam::1:role/x",
    "arn:aws:iam::111111111111:role/",
  ]) {
    await expect(create(roleArn)).rejects.toMatchObject({
      name: "InvalidArn",
      message: expect.stringContaining(roleArn),
    });
  }
  const { stateMachineArn } = await create("arn:aws-us-gov:iam::111111111111:role/path/x@y");
  const update = new UpdateStateMachineCommand({ stateMachineArn, roleArn: "role" });
  await expect(aws.sfn.send(update)).rejects.toMatchObject({ name: "InvalidArn" });
});

test("metadata alone holds no definition, input or output", async () => {
  await using aws = statesFixture();
  const stateMachineArn = await createMachine(aws.sfn, "m");
  const { executionArn } = await aws.sfn.send(new StartExecutionCommand({ stateMachineArn }));
  await aws.settle();
  const only = { includedData: "METADATA_ONLY" } as const;
  const machine = await aws.sfn.send(new DescribeStateMachineCommand({ stateMachineArn, ...only }));
  expect([machine.name, machine.definition]).toEqual(["m", undefined]);
  const ofExecution = await aws.sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn, ...only }));
  expect([ofExecution.name, ofExecution.definition]).toEqual(["m", undefined]);
  const execution = await aws.sfn.send(new DescribeExecutionCommand({ executionArn, ...only }));
  expect([execution.status, execution.input, execution.output]).toEqual(["SUCCEEDED", undefined, undefined]);
  const other = new DescribeExecutionCommand({ executionArn, includedData: "SOME" as "ALL_DATA" });
  await expect(aws.sfn.send(other)).rejects.toMatchObject({ name: "ValidationException" });
});
