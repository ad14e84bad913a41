import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetActivityTaskCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import type { LambdaFunction } from "../lambda-functions.ts";
import { openFaultyAws } from "./testing/open-faulty-aws.ts";

const FUNCTION = "arn:aws:lambda:us-west-2:000000000000:function:answer";

/** Waits for a worker, asks the function, and says which definition it was. */
const definition = (activity: string, generation: string) =>
  JSON.stringify({
    StartAt: "Work",
    States: {
      Work: { Type: "Task", Resource: activity, ResultPath: "$.work", Next: "Ask" },
      Ask: { Type: "Task", Resource: FUNCTION, ResultPath: "$.answer", Next: "Tell" },
      Tell: { Type: "Pass", Result: generation, ResultPath: "$.definition", End: true },
    },
  });

test("an execution that a deployment overtakes keeps its definition, and meets the new functions and templates", async () => {
  const functions = new Map<string, LambdaFunction>([["answer", async () => "old function"]]);
  const { config, faults, until, clock } = openFaultyAws(
    { deployment: 1 },
    {
      functions,
      only: ["deployment/stage#0"],
      async onDeployment() {
        functions.set("answer", async () => "new function");
        await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: definition(activity, "new") }));
        const LaunchTemplateData = { InstanceType: "t3.large" as const };
        await ec2.send(
          new CreateLaunchTemplateVersionCommand({
            LaunchTemplateName: "worker",
            SourceVersion: "1",
            LaunchTemplateData,
          }),
        );
      },
    },
  );
  const sfn = new SFNClient(config);
  const ec2 = new EC2Client(config);
  const { activityArn: activity = "" } = await sfn.send(new CreateActivityCommand({ name: "work" }));
  await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: "worker",
      LaunchTemplateData: { ImageId: "ami-12345678", InstanceType: "t3.micro" },
    }),
  );
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: "build",
      roleArn: "arn:aws:iam::000000000000:role/states",
      definition: definition(activity, "old"),
    }),
  );
  const start = async () => (await sfn.send(new StartExecutionCommand({ stateMachineArn }))).executionArn;
  const launch = { LaunchTemplate: { LaunchTemplateName: "worker", Version: "$Latest" }, MinCount: 1, MaxCount: 1 };
  const overtaken = await start();
  await ec2.send(new RunInstancesCommand(launch));
  await until(() => faults.length > 0);
  const after = await start();
  await ec2.send(new RunInstancesCommand(launch));

  for (const _ of [overtaken, after]) {
    const { taskToken } = await sfn.send(new GetActivityTaskCommand({ activityArn: activity }));
    await sfn.send(new SendTaskSuccessCommand({ taskToken, output: "{}" }));
  }
  const outputOf = async (executionArn = "") => {
    const ended = async () => (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status !== "RUNNING";
    await until(ended);
    return JSON.parse((await sfn.send(new DescribeExecutionCommand({ executionArn }))).output ?? "");
  };
  expect(await outputOf(overtaken)).toMatchObject({ definition: "old", answer: "new function" });
  expect(await outputOf(after)).toMatchObject({ definition: "new", answer: "new function" });
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  expect(Reservations.map(({ Instances }) => Instances?.[0]?.InstanceType)).toEqual(["t3.micro", "t3.large"]);
  expect(faults).toMatchObject([{ id: "deployment/stage#0", what: "the stage is deployed anew" }]);
  expect((faults[0]?.atMs ?? 0) <= clock.now()).toBe(true);
});
