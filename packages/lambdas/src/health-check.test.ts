import { CreateTagsCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { GetActivityTaskCommand, GetExecutionHistoryCommand, SendTaskHeartbeatCommand } from "@aws-sdk/client-sfn";
import { outages } from "@muster/local";
import { expect, test } from "vitest";
import { launchWorld } from "../test/launch-world.ts";
import { outcomeOf, tasks, type World } from "../test/published-tasks.ts";

const instancesOf = (world: World, activity: string) =>
  world.instances().filter(({ tags }) => tags["muster:activity"] === activity);
const terminate = (world: World, ids: string[]) =>
  world.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: ids }));
const tag = (world: World, id: string, tags: Record<string, string>) =>
  world.clients.ec2.send(
    new CreateTagsCommand({ Resources: [id], Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
  );
test("40 tasks whose workers died get 40 workers in one call; while these boot, a second check launches none", async () => {
  await using world = await launchWorld({ ec2: { requestLimits: true, visibilityDelayMs: 8000, bootMs: 30_000 } });
  await world.publish("build-1", tasks(40));
  expect(await world.healthCheck()).toEqual({
    continue: true,
    tickSeconds: 300,
    repaired: [{ activity: "MakeBinaryPackage", pending: 40, launched: 40, failed: 0 }],
  });
  const first = world.ec2Calls("CreateFleet").length;
  await world.healthCheck();
  await world.advance(60);
  await world.healthCheck();
  console.log(
    `40 tasks: ${world.instances().length} instances, ${first} CreateFleet calls, then ${world.ec2Calls("CreateFleet").length - first}`,
  );
  expect([first, world.ec2Calls("CreateFleet").length, world.instances().length]).toEqual([1, 1, 40]);
});

test("two checks and an event at the same moment launch once", async () => {
  await using world = await launchWorld({ ec2: { visibilityDelayMs: 8000 } });
  await world.publish("build-1", tasks(5));
  await world.publish("build-2", tasks(5));
  const [gone = ""] = await launchOne(world);
  await world.advance(10);
  await terminate(world, [gone]);
  await Promise.all([
    world.healthCheck("build-1"),
    world.healthCheck("build-2"),
    world.stateChanged(gone, "terminated"),
  ]);
  expect(instancesOf(world, "MakeBinaryPackage")).toHaveLength(10);
});

async function launchOne(world: World): Promise<string[]> {
  await world.prepare("MakeBinaryPackage", { platform: "debian-1-x" });
  return world.instances().map(({ instanceId }) => instanceId);
}

test("a step that is prepared while a check counts gets its worker, once", async () => {
  await using world = await launchWorld({ ec2: { visibilityDelayMs: 8000 } });
  await world.publish("build-1", tasks(3));
  await Promise.all([
    world.healthCheck("build-1"),
    ...["a", "b", "c"].map((name) =>
      world.prepare("MakeBinaryPackage", { platform: `ubuntu-1-${name}`, build: "build-1" }),
    ),
  ]);
  expect(instancesOf(world, "MakeBinaryPackage")).toHaveLength(6);
});

test("idle workers are counted, active and stopping ones are not", async () => {
  await using world = await launchWorld();
  await world.publish("build-1", tasks(1));
  await world.healthCheck();
  const [first = ""] = world.instances().map(({ instanceId }) => instanceId);
  await world.take("MakeBinaryPackage", first);
  await tag(world, first, { Name: "wa-1-MakeBinaryPackage-1.2.3-debian-1-x", "muster:state": "active" });
  await world.publish("build-2", tasks(1));
  await world.healthCheck();
  expect(world.instances()).toHaveLength(2);
  await world.advance(1);
  const second = world.instances().find(({ instanceId }) => instanceId !== first)?.instanceId ?? "";
  await tag(world, second, { "muster:state": "idle" });
  await world.healthCheck();
  expect(world.instances()).toHaveLength(2);
  await tag(world, second, { "muster:state": "stopping" });
  await world.healthCheck();
  expect(world.instances()).toHaveLength(3);
});

test("an instance that never boots is replaced at the next tick", async () => {
  await using world = await launchWorld();
  await world.publish("build-1", tasks(1));
  await world.healthCheck();
  await world.advance(300);
  await world.healthCheck();
  expect(world.instances()).toHaveLength(2);
  await world.advance(60);
  await world.healthCheck();
  expect(world.instances()).toHaveLength(2);
});

test("an idle worker that lets a task wait is not counted on", async () => {
  await using world = await launchWorld();
  await world.publish("build-1", tasks(1));
  await world.healthCheck();
  await tag(world, world.instances()[0]?.instanceId ?? "", { "muster:state": "idle" });
  await world.advance(300);
  await world.healthCheck();
  expect(world.instances()).toHaveLength(2);
});

test("tasks of skip builds are left to workers that are started by hand, and their own health check ends at once", async () => {
  await using world = await launchWorld();
  await world.publish("build-1", tasks(3, "skip_ec2"));
  await world.publish("build-2", tasks(1, "fake_ec2"));
  expect(await world.healthCheck("build-1", "skip_ec2")).toEqual({ continue: false });
  await world.healthCheck("build-2");
  expect(world.instances().map(({ tags }) => tags["muster:launched-by-debug"])).toEqual(["fake_ec2"]);
});

test("a task waits for startTimeout and no shorter, and a queue behind a busy worker waits for ever", async () => {
  await using world = await launchWorld();
  world.aws.ec2.faults.limitCapacity({}, 0);
  await world.publish("build-1", tasks(1));
  await world.advance(1790);
  expect(await world.healthCheck()).toMatchObject({ repaired: [{ failed: 0 }] });
  await world.take("MakeBinaryPackage", "i-busy");
  await world.publish("build-2", tasks(1));
  await world.advance(2000);
  expect(await world.healthCheck()).toMatchObject({ repaired: [{ failed: 0 }] });
});

test("each check says how long the task that has waited longest has had no worker", async () => {
  await using world = await launchWorld();
  world.aws.ec2.faults.limitCapacity({}, 0);
  const said = async () => {
    await world.healthCheck();
    const lines = world.logged.filter(
      ({ message, activity }) => message === "repair" && activity === "MakeBinaryPackage",
    );
    return lines.at(-1)?.oldestWaitSeconds;
  };
  await world.publish("build-1", tasks(1));
  await world.advance(300);
  await world.publish("build-2", tasks(1));
  await world.advance(300);
  expect(await said()).toBe(600);
  await world.take("MakeBinaryPackage", "i-1");
  expect(await said()).toBe(300);
  await world.take("MakeBinaryPackage", "i-2");
  expect(await said()).toBe(0);
});

test("a task of another build that comes out of the queue is put back, not failed", async () => {
  await using world = await launchWorld();
  world.aws.ec2.faults.limitCapacity({}, 0);
  await world.publish("build-1", tasks(1));
  await world.advance(1000);
  await world.publish("build-2", tasks(1));
  await world.clients.sfn.send(
    new GetActivityTaskCommand({ activityArn: world.stage.activities.MakeBinaryPackage, workerName: "ec2_i-x" }),
  );
  // The first build's task is lost with its worker, and published again behind the second's.
  await world.advance(301);
  await world.advance(1000);
  await world.healthCheck();
  const before = await outcomeOf(world, "build-2");
  await world.advance(800);
  await world.healthCheck();
  await world.advance(5);
  expect(before).toEqual([]);
  expect(await outcomeOf(world, "build-2")).toEqual([expect.objectContaining({ Error: "Muster.NoWorkerStarted" })]);
});

test("a check leaves no lease held and no request for attention behind", async () => {
  await using world = await launchWorld();
  await world.publish("build-1", tasks(2));
  await Promise.all([world.healthCheck(), world.healthCheck(), world.healthCheck()]);
  expect(await world.stateKeys("attention/")).toEqual([]);
  for (const key of await world.stateKeys("leases/")) expect(await world.record(key)).toMatchObject({ released: true });
});

test("a queue behind a limit waits for ever, and gets a worker as soon as the limit allows one", async () => {
  await using world = await launchWorld({ stage: { maxWorkers: 1 } });
  await world.publish("build-1", [{ activity: "PublishDockerImages" }]);
  await world.healthCheck();
  const [first = ""] = world.instances().map(({ instanceId }) => instanceId);
  await world.advance(30);
  const { token } = await world.take("PublishDockerImages", first);
  await world.publish("build-2", tasks(2));
  for (let tick = 0; tick < 9; tick++) {
    await world.clients.sfn.send(new SendTaskHeartbeatCommand({ taskToken: token }));
    await world.advance(290);
    expect(await world.healthCheck("build-2")).toMatchObject({
      repaired: [{ activity: "MakeBinaryPackage", pending: 2, launched: 0, failed: 0 }],
    });
  }
  await terminate(world, [first]);
  await world.advance(5);
  expect(await world.healthCheck("build-2")).toMatchObject({
    repaired: [
      { activity: "MakeBinaryPackage", pending: 2, launched: 1, failed: 0 },
      { activity: "PublishDockerImages", pending: 1, launched: 0, failed: 0 },
    ],
  });
});

test("histories of several pages are read to their end", async () => {
  await using world = await launchWorld();
  const nothing = Array.from({ length: 200 }, () => ({ activity: "Nothing" }));
  await world.publish("build-1", [...nothing, ...tasks(30)]);
  const { events } = await world.clients.sfn.send(
    new GetExecutionHistoryCommand({ executionArn: world.context("build-1").id, maxResults: 1000 }),
  );
  expect(events).toHaveLength(1000);
  expect(await world.healthCheck()).toMatchObject({ repaired: [{ pending: 30, launched: 30 }] });
});

test.each(Object.entries(outages))("a %s while looking for a build's end has not seen it", async (_, fault) => {
  await using world = await launchWorld();
  await world.publish("build-1", tasks(1));
  const heal = world.aws.failCalls({ service: "s3", operation: "HeadObject" }, fault);
  await expect(world.healthCheck()).rejects.toMatchObject({ name: expect.not.stringMatching(/^Muster\./) });
  heal();
  expect(await world.healthCheck()).toMatchObject({ continue: true, repaired: [{ launched: 1 }] });
});

test.each(Object.entries(outages))("a %s of a queue has not seen that it is empty", async (_, fault) => {
  await using world = await launchWorld();
  world.aws.ec2.faults.limitCapacity({}, 0);
  await world.publish("build-1", tasks(1));
  await world.healthCheck();
  await world.advance(1800);
  const heal = world.aws.failCalls({ operation: "GetActivityTask" }, fault);
  await expect(world.healthCheck()).rejects.toMatchObject({ name: expect.not.stringMatching(/^Muster\./) });
  heal();
  await world.advance(5);
  expect(await world.healthCheck()).toMatchObject({ repaired: [{ failed: 1 }] });
});
