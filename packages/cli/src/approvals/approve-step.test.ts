import {
  CreateStateMachineCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { createLocalAws, virtualClock } from "@muster/local";
import { expect, onTestFinished, test } from "vitest";
import type { Context } from "../context.ts";
import { loadBuild } from "../history/load-build.ts";
import { localClients } from "../stages/local/local-clients.ts";
import type { Stage } from "../stages/stage.ts";
import { approveStep } from "./approve-step.ts";

const KEY = "ApproveRelease-1.2.3";

/** A build that waits for a person, and then for an hour. */
async function waitingBuild() {
  const aws = createLocalAws({ clock: virtualClock(), longPollMs: 1, functions: { request: async () => ({}) } });
  onTestFinished(() => aws.close());
  aws.start();
  const { sfn } = localClients(aws.clientConfig());
  const { stateMachineArn = "" } = await sfn.send(
    new CreateStateMachineCommand({
      name: "builds",
      roleArn: "arn:aws:iam::000000000000:role/any",
      definition: JSON.stringify({
        StartAt: "ApproveRelease",
        States: {
          ApproveRelease: {
            Type: "Task",
            Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
            TimeoutSeconds: 7200,
            Parameters: {
              FunctionName: "request",
              Payload: {
                per: "version",
                version: "1.2.3",
                approval: "ApproveRelease",
                buildInput: { versions: ["1.2.3"], platforms: [], activities: [], debug: "" },
                "token.$": "$$.Task.Token",
                execution: {
                  "name.$": "$$.Execution.Name",
                  "id.$": "$$.Execution.Id",
                  "startTime.$": "$$.Execution.StartTime",
                },
              },
            },
            Next: "Publish",
          },
          Publish: { Type: "Wait", Seconds: 3600, End: true },
        },
      }),
    }),
  );
  const { executionArn = "" } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name: "build" }));
  await aws.idle();
  const stop = async () => {
    await sfn.send(new StopExecutionCommand({ executionArn }));
    await aws.idle();
  };
  const read = async () => {
    await aws.idle();
    return (await loadBuild({ sfn }, executionArn)).steps.find(({ key }) => key === KEY);
  };
  /** What a person says, of whose name the stage is told by `caller`. */
  async function say(reject: boolean, caller: () => Promise<string> = async () => "alice") {
    const reports: string[] = [];
    const stage = { sfn, description: { stateMachineArn, pipeline: "p" }, movedBy: "aws", pollMs: 1, caller };
    const context = {
      openStage: async () => stage as unknown as Stage,
      print: { sentence: (line: string) => void reports.push(line) },
      globals: { json: false },
    };
    await approveStep({ build: "build", step: undefined, reject, reason: undefined }, context as unknown as Context);
    return reports;
  }
  const lose = (operation: string, times: number, afterwards: boolean) =>
    aws.failCalls({ service: "states", operation, times }, { code: "InternalError", status: 500, afterwards });
  return { sfn, executionArn, idle: () => aws.idle(), stop, read, say, lose };
}

const answers = [
  { reject: false, operation: "SendTaskSuccess", verdict: "approved", state: "succeeded" },
  { reject: true, operation: "SendTaskFailure", verdict: "rejected", state: "failed" },
] as const;

test.each(
  answers.flatMap((each) => [
    { ...each, lost: 1 },
    { ...each, lost: 2 },
    { ...each, lost: 99 },
  ]),
)(
  "what was $verdict, and whose answer was lost $lost times, is said to be",
  async ({ reject, operation, verdict, state, lost }) => {
    const build = await waitingBuild();
    build.lose(operation, lost, true);
    expect(await build.say(reject)).toEqual([`${verdict} ${KEY} of build, by alice`]);
    expect(await build.read()).toMatchObject({ state });
  },
);

test.each(answers)("what was $verdict, whereupon nobody answered any more, is said to be", async (answer) => {
  const build = await waitingBuild();
  build.lose(answer.operation, 1, true);
  build.lose(answer.operation, 99, false);
  expect(await build.say(answer.reject)).toEqual([`${answer.verdict} ${KEY} of build, by alice`]);
  expect(await build.read()).toMatchObject({ state: answer.state });
});

test.each(answers)("what never came to be $verdict is not said to be, and can be said again", async (answer) => {
  const build = await waitingBuild();
  const restore = build.lose(answer.operation, 99, false);
  await expect(build.say(answer.reject)).rejects.toMatchObject({
    message: expect.stringMatching(
      new RegExp(`^it is not known whether ${KEY} was ${answer.verdict}: (InternalError|HTTP 500).*$`),
    ),
    hint: expect.stringContaining("say it again"),
  });
  expect(await build.read()).toMatchObject({ state: "waiting" });
  restore();
  expect(await build.say(answer.reject)).toEqual([`${answer.verdict} ${KEY} of build, by alice`]);
  expect(await build.read()).toMatchObject({ state: answer.state });
});

test("where somebody was faster, the lost answer of the other counts for nothing", async () => {
  const build = await waitingBuild();
  const alone = build.say(false, async () => {
    await build.say(false, async () => "bob");
    build.lose("SendTaskSuccess", 99, true);
    return "alice";
  });
  await expect(alone).rejects.toMatchObject({ message: expect.stringContaining("approved by bob") });
  expect((await build.read())?.decision).toMatchObject({ by: "bob" });
});

test("a build that is stopped while it waits takes no answer, also where that comes in between", async () => {
  const build = await waitingBuild();
  const late = build.say(false, async () => {
    await build.stop();
    return "alice";
  });
  await expect(late).rejects.toMatchObject({ message: "the build build has ended (aborted)" });
  await expect(build.say(false)).rejects.toMatchObject({ message: "the build build has ended already: aborted" });
  expect(await build.read()).not.toHaveProperty("decision");
});

test("a build that was stopped while it waited asks again once it is redriven, and goes on when that is approved", async () => {
  const build = await waitingBuild();
  await build.stop();
  await build.sfn.send(new RedriveExecutionCommand({ executionArn: build.executionArn }));
  await build.idle();
  expect(await build.read()).toMatchObject({ state: "waiting" });
  expect(await build.say(false)).toEqual([`approved ${KEY} of build, by alice`]);
  expect(await build.read()).toMatchObject({ state: "succeeded", decision: { by: "alice" } });
});

test("what was approved before a build was stopped stays approved once it is redriven", async () => {
  const build = await waitingBuild();
  await build.say(false);
  await build.idle();
  await build.stop();
  await build.sfn.send(new RedriveExecutionCommand({ executionArn: build.executionArn }));
  expect(await build.read()).toMatchObject({ state: "succeeded", decision: { by: "alice" } });
  await expect(build.say(false)).rejects.toMatchObject({
    message: expect.stringContaining("nothing of the build build waits for approval"),
  });
});
