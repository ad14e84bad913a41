import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  GetActivityTaskCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { historyReader } from "@muster/history";
import { createLocalAws, virtualClock } from "@muster/local";
import { expect, test } from "vitest";
import { readOn } from "./read-on.ts";

const DECISIONS: Readonly<Record<string, object>> = {
  "debian-12-x": { skip: true, reason: "it exists" },
  "debian-13-x": { skip: false, reason: "it is missing", taskInput: { name: "Make-1.0.0-debian-13-x" } },
};

/** A build of one version, whose platforms have executions of their own. */
const machine = (activityArn: string) => ({
  StartAt: "ForEachPlatform_distributed",
  States: {
    ForEachPlatform_distributed: {
      Type: "Map",
      Label: "ForEachPlatform",
      ItemsPath: "$.platforms",
      ItemSelector: { version: "1.0.0", "platform.$": "$$.Map.Item.Value" },
      End: true,
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "PrepareToMake_distributed",
        States: {
          PrepareToMake_distributed: {
            Type: "Task",
            Resource: "arn:aws:lambda:us-west-2:000000000000:function:PrepareActivity",
            Parameters: { activity: "Make", "version.$": "$.version", "platform.$": "$.platform" },
            ResultPath: "$.results",
            Next: "ShouldMake_distributed",
          },
          ShouldMake_distributed: {
            Type: "Choice",
            Choices: [{ Variable: "$.results.skip", BooleanEquals: true, Next: "PlatformEnd_distributed" }],
            Default: "Make_distributed",
          },
          Make_distributed: { Type: "Task", Resource: activityArn, Next: "PlatformEnd_distributed" },
          PlatformEnd_distributed: { Type: "Pass", End: true },
        },
      },
    },
  },
});

test("the steps of platforms that have executions of their own are the build's, and nothing that has ended is read again", async () => {
  await using aws = createLocalAws({
    clock: virtualClock(),
    functions: { PrepareActivity: async (event) => DECISIONS[(event as { platform: string }).platform] },
  });
  aws.start();
  const sfn = new SFNClient(aws.clientConfig());
  const { activityArn = "" } = await sfn.send(new CreateActivityCommand({ name: "Make" }));
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: "large",
      roleArn: "arn:aws:iam::000000000000:role/x",
      definition: JSON.stringify(machine(activityArn)),
    }),
  );
  const input = JSON.stringify({ platforms: Object.keys(DECISIONS) });
  const { executionArn = "" } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input }));
  await aws.idle();

  const calls: string[] = [];
  sfn.middlewareStack.add((next, { commandName = "" }) => (args) => {
    calls.push(commandName);
    return next(args);
  });
  const history = historyReader();
  const shown = () => history.build.steps.map(({ key, state }) => `${key} ${state}`).sort();
  const changed = await readOn(sfn, executionArn, history);
  expect(shown()).toEqual(["Make-1.0.0-debian-12-x skipped", "Make-1.0.0-debian-13-x waiting"]);
  expect(changed.map(({ key }) => key).sort()).toEqual(history.build.steps.map(({ key }) => key).sort());

  const { taskToken } = await sfn.send(new GetActivityTaskCommand({ activityArn, workerName: "ec2_i-1" }));
  await sfn.send(new SendTaskSuccessCommand({ taskToken, output: "{}" }));
  await aws.idle();
  expect((await readOn(sfn, executionArn, history)).map(({ key, state }) => `${key} ${state}`)).toEqual([
    "Make-1.0.0-debian-13-x succeeded",
  ]);
  expect(history.build.state).toBe("succeeded");

  calls.length = 0;
  expect(await readOn(sfn, executionArn, history)).toEqual([]);
  expect(calls).toEqual(["GetExecutionHistoryCommand"]);
});
