import {
  type CreateFleetCommandInput,
  CreateLaunchTemplateVersionCommand,
  CreateTagsCommand,
  ModifyLaunchTemplateCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { DescribeExecutionCommand, GetExecutionHistoryCommand } from "@aws-sdk/client-sfn";
import { outages } from "@muster/local";
import { stateKey } from "@muster/records";
import { expect, test } from "vitest";
import { launchWorld } from "../test/launch-world.ts";

type World = Awaited<ReturnType<typeof launchWorld>>;
const oneTask = [{ activity: "MakeBinaryPackage", platform: "debian-1-x" }];
const events = async (world: World, build: string) => {
  const executionArn = world.context(build).id;
  const history = await world.clients.sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  return (history.events ?? []).flatMap(({ type, activityFailedEventDetails: failed }) =>
    type?.startsWith("Activity") ? [failed?.error ?? type] : [],
  );
};

test("the task of a lost machine is published again, and a worker for it requested, at once", async () => {
  await using world = await launchWorld();
  await world.publish("build-1", oneTask);
  await world.healthCheck();
  const [lost = ""] = world.instances().map(({ instanceId }) => instanceId);
  await world.take("MakeBinaryPackage", lost);
  await world.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [lost] }));
  const eventAt = world.clock.now();
  const answer = await world.stateChanged(lost, "shutting-down");
  await world.advance(2);
  console.log(
    `machine lost: task published again and worker requested within ${(world.clock.now() - eventAt) / 1000} s`,
  );
  expect(answer).toMatchObject({ task: "MakeBinaryPackage-1.2.3-debian-1-x", reports: [{ launched: 1 }] });
  expect(await events(world, "build-1")).toEqual([
    "ActivityScheduled",
    "ActivityStarted",
    "Muster.WorkerInterrupted",
    "ActivityScheduled",
  ]);
  expect(await world.stateKeys("claims/")).toEqual([]);
  await world.stateChanged(lost, "terminated");
  expect(world.instances()).toHaveLength(1);
});

test("a machine whose event never came loses its task at the next tick", async () => {
  await using world = await launchWorld();
  await world.publish("build-1", oneTask);
  await world.healthCheck();
  const [lost = ""] = world.instances().map(({ instanceId }) => instanceId);
  await world.take("MakeBinaryPackage", lost);
  await world.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [lost] }));
  expect(await world.healthCheck()).toMatchObject({ repaired: [{ pending: 1, launched: 1 }] });
});

test.each([
  ["is no JSON", () => "garbage"],
  ["has nothing of a claim", () => "{}"],
  [
    "has a token that Step Functions does not take",
    (claim: object) => JSON.stringify({ ...claim, token: "t".repeat(5000) }),
  ],
])(
  "a claim of another activity's that %s, as its scripts could write it, goes, and stops nobody's repair",
  async (_, body) => {
    await using world = await launchWorld();
    await world.publish("build-1", oneTask);
    await world.healthCheck();
    const [lost = ""] = world.instances().map(({ instanceId }) => instanceId);
    await world.take("MakeBinaryPackage", lost);
    await world.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [lost] }));
    const claim = await world.record(stateKey.claim("MakeBinaryPackage", lost));
    // The first of the activities.
    const Key = stateKey.claim("MakeSourceTarball", "i-00000000000000000");
    const old = { ...claim, claimedAt: new Date(0).toISOString() };
    await world.clients.s3.send(new PutObjectCommand({ Bucket: "state", Key, Body: body(old) }));
    expect(await world.healthCheck()).toMatchObject({ repaired: [{ pending: 1, launched: 1 }] });
    expect(await world.stateKeys("claims/")).toEqual([]);
  },
);

test("a machine that ends before the step it was launched for has published its task is replaced", async () => {
  await using world = await launchWorld();
  await world.start("build-1", "1.2.3");
  await world.prepare("MakeSourceTarball");
  const [lost = ""] = world.instances().map(({ instanceId }) => instanceId);
  await world.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [lost] }));
  await world.advance(1);
  await world.stateChanged(lost, "terminated");
  expect(world.instances()).toHaveLength(1);
  await world.stateChanged(lost, "terminated");
  expect(world.instances()).toHaveLength(1);
});

test("a spot notice requests another worker, and leaves the task to the agent's last two minutes", async () => {
  await using world = await launchWorld();
  await world.publish("build-1", oneTask);
  await world.healthCheck();
  const [leaving = ""] = world.instances().map(({ instanceId }) => instanceId);
  await world.take("MakeBinaryPackage", leaving);
  await world.call("Repair", {
    "detail-type": "EC2 Spot Instance Interruption Warning",
    detail: { "instance-id": leaving },
  });
  expect(await events(world, "build-1")).toEqual(["ActivityScheduled", "ActivityStarted"]);
  expect(world.instances()).toHaveLength(2);
});

test("a task that was interrupted twice gets an on-demand instance", async () => {
  await using world = await launchWorld();
  await world.publish("build-1", oneTask);
  await world.healthCheck();
  for (let loss = 0; loss < 2; loss++) {
    const [lost = ""] = world.instances().map(({ instanceId }) => instanceId);
    expect(world.instances()[0]?.market).toBe("spot");
    await world.take("MakeBinaryPackage", lost);
    await world.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [lost] }));
    await world.stateChanged(lost, "terminated");
    await world.advance(2);
  }
  expect(world.instances().map(({ market }) => market)).toEqual(["on-demand"]);
});

test("machines of others and machines that start are none of repair's business", async () => {
  await using world = await launchWorld();
  expect(await world.stateChanged("i-0123456789abcdef0", "terminated")).toEqual({
    ignored: "not a worker of this stage",
  });
  expect(await world.stateChanged("i-0123456789abcdef0", "running")).toEqual({ ignored: "running" });
  expect(world.ec2Calls("DescribeInstances")).toHaveLength(1);
});

test("when a build has ended, its token and its mark are deleted", async () => {
  await using world = await launchWorld();
  await world.call("HealthCheckWait", { token: "t", execution: world.context("build-1") });
  expect(await world.stateKeys("executions/")).toEqual(["executions/build-1/health-check-token.json"]);
  await world.call("Repair", {
    "detail-type": "Step Functions Execution Status Change",
    detail: {
      executionArn: world.context("build-1").id,
      stateMachineArn: world.stage.stateMachineArn,
      status: "ABORTED",
    },
  });
  expect(await world.stateKeys("executions/")).toEqual([]);
});

test("when a build has ended, no machine is launched for what it was about to publish; other builds' demands stay", async () => {
  await using world = await launchWorld();
  const { id: executionArn } = world.context("build-1");
  const demand = async (execution: string, id: string) => {
    const key = stateKey.demand("MakeSourceTarball", `${new Date(world.clock.now()).toISOString()}_${id}`);
    const Body = JSON.stringify({ execution, task: "MakeSourceTarball-4.1.0", debug: "" });
    await world.clients.s3.send(new PutObjectCommand({ Bucket: world.stage.buckets.state, Key: key, Body }));
    return key;
  };
  await demand(executionArn, "a");
  const other = await demand(world.context("build-2").id, "b");
  expect(
    await world.call("Repair", {
      "detail-type": "Step Functions Execution Status Change",
      detail: { executionArn, stateMachineArn: world.stage.stateMachineArn, status: "ABORTED" },
    }),
  ).toEqual({ deleted: 1 });
  expect(await world.stateKeys("demands/")).toEqual([other]);
});

test("machines that end before they are ready are replaced at once, but not in a loop", async () => {
  await using world = await launchWorld({
    runInstance: async ({ console }) => console("the agent cannot be started\n"),
  });
  await world.publish("build-1", oneTask);
  await world.healthCheck();
  const launched = () => world.aws.ec2.instances().length;
  for (let death = 0; death < 10; death++) {
    await world.advance(3);
    await world.stateChanged(world.aws.ec2.instances().at(-1)?.instanceId ?? "", "terminated");
  }
  const atOnce = launched();
  expect(await world.healthCheck()).toMatchObject({
    repaired: [
      { launched: 0, why: expect.stringMatching(/^i-\w+ never became ready; its console ends: the agent cannot/) },
    ],
  });
  for (let tick = 0; tick < 7; tick++) {
    await world.advance(300);
    await world.healthCheck();
    await world.advance(3);
    await world.stateChanged(world.aws.ec2.instances().at(-1)?.instanceId ?? "", "terminated");
  }
  console.log(`boot loop: ${atOnce} launched within half a minute, ${launched()} in the end`);
  expect(atOnce).toBe(2);
  expect(await failureOf(world, "build-1")).toEqual({
    Error: "Muster.NoWorkerStarted",
    Cause: expect.stringContaining("the agent cannot be started"),
  });
});

test("a machine that became ready ends the suspicion", async () => {
  await using world = await launchWorld();
  await world.publish("build-1", [
    ...oneTask,
    { activity: "MakeBinaryPackage", platform: "debian-2-x" },
    { activity: "MakeBinaryPackage", platform: "debian-3-x" },
  ]);
  await world.healthCheck();
  await world.advance(1);
  const [ready = "", ...unlucky] = world.instances().map(({ instanceId }) => instanceId);
  await world.clients.ec2.send(
    new CreateTagsCommand({ Resources: [ready], Tags: [{ Key: "muster:state", Value: "idle" }] }),
  );
  await world.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: unlucky }));
  await world.advance(1);
  expect(await world.stateChanged(unlucky[0] ?? "", "terminated")).toMatchObject({ reports: [{ launched: 2 }] });
});

async function failureOf(world: World, build: string): Promise<unknown> {
  const executionArn = world.context(build).id;
  const { output } = await world.clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
  return (JSON.parse(output ?? "[]") as unknown[])[0];
}

test("a build gets the machines that it began with, whatever has been deployed since", async () => {
  await using world = await launchWorld();
  const LaunchTemplateName = world.stage.launchTemplates.MakeBinaryPackage;
  await world.clients.ec2.send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateName,
      SourceVersion: "1",
      LaunchTemplateData: { InstanceType: "t3.small" },
    }),
  );
  await world.clients.ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateName, DefaultVersion: "2" }));
  await world.publish("build-1", [{ ...oneTask[0], activity: "MakeBinaryPackage", templateVersion: "1" }]);
  await world.advance(1);
  await world.publish("build-2", [{ activity: "MakeBinaryPackage", platform: "debian-2-x", templateVersion: "2" }]);
  await world.healthCheck();
  expect(world.instances()).toHaveLength(2);
  // The task that waits longest decides.
  expect(templateVersions(world)).toEqual(["1"]);
});

/** Of the launch template, for each call to EC2. */
const templateVersions = (world: World) =>
  world.ec2Calls("CreateFleet").map(({ input }) => {
    const { LaunchTemplateConfigs: [config] = [] } = input as CreateFleetCommandInput;
    return config?.LaunchTemplateSpecification?.Version;
  });

test.each(Object.entries(outages))(
  "a %s has not seen whose a lost machine was: its task is given back at the next try",
  async (_, fault) => {
    await using world = await launchWorld();
    await world.publish("build-1", oneTask);
    await world.healthCheck();
    const [lost = ""] = world.instances().map(({ instanceId }) => instanceId);
    await world.take("MakeBinaryPackage", lost);
    await world.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [lost] }));
    const heal = world.aws.failCalls({ operation: "DescribeInstances" }, fault);
    await expect(world.stateChanged(lost, "terminated")).rejects.toMatchObject({
      name: expect.not.stringMatching(/^Muster\./),
    });
    heal();
    expect(await world.stateChanged(lost, "terminated")).toMatchObject({ task: "MakeBinaryPackage-1.2.3-debian-1-x" });
  },
);
