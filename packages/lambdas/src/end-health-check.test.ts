import { CreateStateMachineCommand, DescribeExecutionCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { outages } from "@muster/local";
import { expect, test } from "vitest";
import { launchWorld } from "../test/launch-world.ts";

/** The wake-up of the design's §4, under every order in which its two functions and their timeouts can meet. */

type World = Awaited<ReturnType<typeof launchWorld>>;

/** A build whose only state waits on a token, as HealthCheckWait does; the token is handed to the test. */
async function waitingBuild(world: World): Promise<{ token: string; status: () => Promise<string | undefined> }> {
  const { stateMachineArn } = await world.clients.sfn.send(
    new CreateStateMachineCommand({
      name: "waiting",
      roleArn: "arn:aws:iam::000000000000:role/x",
      definition: JSON.stringify({
        StartAt: "Wait",
        States: {
          Wait: {
            Type: "Task",
            Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
            Parameters: { FunctionName: "KeepToken", Payload: { "token.$": "$$.Task.Token" } },
            TimeoutSeconds: 300,
            End: true,
          },
        },
      }),
    }),
  );
  const { executionArn } = await world.clients.sfn.send(
    new StartExecutionCommand({ stateMachineArn, name: "build-1" }),
  );
  await world.aws.idle();
  const status = async () => (await world.clients.sfn.send(new DescribeExecutionCommand({ executionArn }))).status;
  return { token: world.keptTokens.at(-1) ?? "", status };
}

const wait = (world: World, token: string) =>
  world.call("HealthCheckWait", { token, execution: world.context("build-1") });
const end = (world: World) => world.call("EndHealthCheck", { execution: world.context("build-1") });
const tokenRecords = async (world: World) =>
  (await world.stateKeys("executions/")).filter((key) => key.endsWith("health-check-token.json"));

test("a build that ends while its health check waits ends the wait at once", async () => {
  await using world = await launchWorld();
  const { token, status } = await waitingBuild(world);
  expect(await wait(world, token)).toEqual({ done: false });
  expect(await end(world)).toEqual({ answered: true });
  await world.aws.idle();
  expect([await status(), await tokenRecords(world)]).toEqual(["SUCCEEDED", []]);
});

test("a build that is done before its health check waits does not wait", async () => {
  await using world = await launchWorld();
  const { token, status } = await waitingBuild(world);
  expect(await end(world)).toEqual({ answered: false });
  expect(await wait(world, token)).toEqual({ done: true });
  await world.aws.idle();
  expect([await status(), await tokenRecords(world)]).toEqual(["SUCCEEDED", []]);
});

test("both at the same moment answer at least once, and the second answer does no harm", async () => {
  await using world = await launchWorld();
  const { token, status } = await waitingBuild(world);
  await Promise.all([wait(world, token), end(world)]);
  await world.aws.idle();
  expect([await status(), await tokenRecords(world)]).toEqual(["SUCCEEDED", []]);
});

test("a token that has timed out is answered in vain, and the next wait sees that the build is done", async () => {
  await using world = await launchWorld();
  const { token, status } = await waitingBuild(world);
  await wait(world, token);
  await world.advance(301);
  expect(await status()).toBe("FAILED");
  expect(await end(world)).toEqual({ answered: false });
  expect(await tokenRecords(world)).toEqual([]);
  expect(await world.healthCheck("build-1")).toEqual({ continue: false });
});

test("while HealthCheck runs no token is open: the mark ends it", async () => {
  await using world = await launchWorld();
  expect(await end(world)).toEqual({ answered: false });
  expect(await world.healthCheck("build-1")).toEqual({ continue: false });
});

test("an end that could not read the token is repeated, and answers it then", async () => {
  await using world = await launchWorld();
  const { token, status } = await waitingBuild(world);
  await wait(world, token);
  world.aws.failCalls({ service: "s3", operation: "GetObject", times: 5 }, { code: "InternalError", status: 500 });
  await expect(end(world)).rejects.toThrow();
  expect(await end(world)).toEqual({ answered: true });
  await world.aws.idle();
  expect(await status()).toBe("SUCCEEDED");
});

test("a wait whose token could not be stored fails, so that the state machine waits plainly", async () => {
  await using world = await launchWorld();
  world.aws.failCalls({ service: "s3", operation: "PutObject" }, { code: "InternalError", status: 500 });
  await expect(wait(world, "token")).rejects.toThrow();
});

test.each(Object.entries(outages))(
  "at a %s the wait has not seen that its build goes on: it looks again",
  async (_, fault) => {
    await using world = await launchWorld();
    const event = { token: "t", execution: world.context("build-1") };
    const heal = world.aws.failCalls({ service: "s3", operation: "HeadObject" }, fault);
    await expect(world.call("HealthCheckWait", event)).rejects.toThrow();
    heal();
    expect(await world.call("HealthCheckWait", event)).toEqual({ done: false });
  },
);
