import { CreateTagsCommand } from "@aws-sdk/client-ec2";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { SendTaskHeartbeatCommand } from "@aws-sdk/client-sfn";
import { outages } from "@muster/local";
import { expect, test } from "vitest";
import { launchWorld } from "../test/launch-world.ts";

const HOUR = 3600;

test("a machine that never became ready is marked in one cycle and terminated in the next", async () => {
  await using world = await launchWorld();
  await world.prepare("MakeSourceTarball");
  const [stuck = ""] = world.instances().map(({ instanceId }) => instanceId);
  await world.advance(1000);
  expect(await world.call("Reap", {})).toMatchObject({ terminated: [], marked: [] });
  await world.advance(300);
  expect(await world.call("Reap", {})).toMatchObject({ terminated: [], marked: [stuck] });
  await world.advance(300);
  expect(await world.call("Reap", {})).toMatchObject({
    terminated: [{ instanceId: stuck, why: "it never became ready" }],
    marked: [],
  });
  await world.advance(10);
  expect(world.instances()).toEqual([]);
});

test("a machine that works is never terminated, whatever its tags say", async () => {
  await using world = await launchWorld();
  await world.publish("build-1", [{ activity: "MakeBinaryPackage", platform: "debian-1-x" }]);
  await world.healthCheck();
  const [working = ""] = world.instances().map(({ instanceId }) => instanceId);
  await world.take("MakeBinaryPackage", working);
  await world.advance(280);
  for (let cycle = 0; cycle < 4; cycle++)
    expect(await world.call("Reap", {})).toMatchObject({ terminated: [], marked: [] });
  expect(world.instances()).toHaveLength(1);
});

test("an idle machine goes after a day, but not the one that has been busy since it was marked", async () => {
  await using world = await launchWorld();
  await world.prepare("MakeSourceTarball");
  await world.prepare("PublishDockerImages");
  for (const { instanceId } of world.instances()) {
    await world.clients.ec2.send(
      new CreateTagsCommand({ Resources: [instanceId], Tags: [{ Key: "muster:state", Value: "idle" }] }),
    );
  }
  world.clock.advance(24 * HOUR * 1000);
  await world.aws.idle();
  expect(await world.call("Reap", {})).toMatchObject({
    terminated: [],
    marked: [expect.any(String), expect.any(String)],
  });
  await world.publish("build-2", [{ activity: "MakeSourceTarball" }]);
  const busy = world.instances().find(({ tags }) => tags["muster:activity"] === "MakeSourceTarball")?.instanceId ?? "";
  await world.take("MakeSourceTarball", busy);
  expect(await world.call("Reap", {})).toMatchObject({
    terminated: [{ why: "it is more than 24 hours old and holds no task" }],
  });
  await world.advance(5);
  expect(world.instances().map(({ instanceId }) => instanceId)).toEqual([busy]);
});

test("a machine that hangs without a task goes when a worker that is well has long ended itself; one that has tagged itself anew does not", async () => {
  await using world = await launchWorld();
  await world.prepare("MakeSourceTarball");
  await world.prepare("PublishDockerImages");
  const [hung = "", well = ""] = world.instances().map(({ instanceId }) => instanceId);
  const show = (instanceId: string, Value: string) =>
    world.clients.ec2.send(
      new CreateTagsCommand({
        Resources: [instanceId],
        Tags: [
          { Key: "muster:state", Value: "idle" },
          { Key: "Name", Value },
        ],
      }),
    );
  await show(hung, "ww-1-MakeSourceTarball-1.2.3");
  await show(well, "ww-1-PublishDockerImages-1.2.3");
  const looksFor = async (minutes: number) => {
    for (let passed = 0; passed < minutes; passed += 10) {
      expect(await world.call("Reap", {})).toMatchObject({ terminated: [], marked: [] });
      await world.advance(600);
    }
  };
  await world.advance(600);
  await looksFor(60);
  await show(well, "ww-2-PublishDockerImages-1.2.4");
  await looksFor(60);
  expect(await world.call("Reap", {})).toMatchObject({
    terminated: [
      { instanceId: hung, why: "it has had no task since 2026-01-01T00:10:00.000Z, and should have ended itself" },
    ],
  });
  await world.advance(10);
  expect(world.instances().map(({ instanceId }) => instanceId)).toEqual([well]);
});

test("a machine that works is not taken for one that hangs, whatever its tags say, and neither is one that is kept", async () => {
  await using world = await launchWorld();
  await world.publish("build-1", [{ activity: "MakeBinaryPackage", platform: "debian-1-x" }]);
  await world.healthCheck();
  await world.prepare("MakeSourceTarball");
  const [working = "", kept = ""] = world.instances().map(({ instanceId }) => instanceId);
  const tag = (instanceId: string, Value: string) =>
    world.clients.ec2.send(new CreateTagsCommand({ Resources: [instanceId], Tags: [{ Key: "muster:state", Value }] }));
  await tag(working, "idle");
  await tag(kept, "failed");
  const { token: taskToken } = await world.take("MakeBinaryPackage", working);
  for (let cycle = 0; cycle < 30; cycle++) {
    if (cycle % 2 === 0) expect(await world.call("Reap", {})).toMatchObject({ terminated: [], marked: [] });
    await world.clients.sfn.send(new SendTaskHeartbeatCommand({ taskToken }));
    await world.advance(280);
  }
  expect(world.instances()).toHaveLength(2);
});

test("yesterday's demands and launches and what ended builds left go; attempt records and running builds' records stay", async () => {
  await using world = await launchWorld();
  const put = (Key: string) => world.clients.s3.send(new PutObjectCommand({ Bucket: "state", Key, Body: "{}" }));
  await put("attempts/old/MakeSourceTarball-1.2.3/x.json");
  await put("executions/ended/done.json");
  await world.start("running", "1.2.3");
  await put("executions/running/health-check-token.json");
  await world.prepare("MakeSourceTarball");
  await put(`demands/MakeSourceTarball/${new Date(world.clock.now()).toISOString()}_x.json`);
  world.clock.advance(25 * HOUR * 1000 - 1);
  await world.start("running-2", "1.2.4");
  await put("executions/running-2/health-check-token.json");
  await world.prepare("PublishDockerImages");
  await world.call("Reap", {});
  expect((await world.stateKeys()).filter((key) => !key.startsWith("leases/"))).toEqual([
    expect.stringMatching(/^answered\/PublishDockerImages\//),
    "attempts/old/MakeSourceTarball-1.2.3/x.json",
    "executions/running-2/health-check-token.json",
    expect.stringMatching(/^launches\/PublishDockerImages\//),
    "reaper/marks.json",
  ]);
});

test.each(Object.entries(outages))(
  "at a %s of builds, histories or machines, nobody is terminated and nothing dropped",
  async (_, fault) => {
    await using world = await launchWorld();
    await world.publish("build-1", [{ activity: "MakeBinaryPackage", platform: "debian-1-x" }]);
    await world.healthCheck();
    const [working = ""] = world.instances().map(({ instanceId }) => instanceId);
    await world.take("MakeBinaryPackage", working);
    await world.advance(250);
    const before = await world.stateKeys();
    for (const operation of ["ListExecutions", "GetExecutionHistory", "DescribeInstances"]) {
      const heal = world.aws.failCalls({ operation }, fault);
      for (let cycle = 0; cycle < 2; cycle++) await expect(world.call("Reap", {})).rejects.toThrow();
      heal();
    }
    expect(world.instances()).toHaveLength(1);
    expect(await world.stateKeys()).toEqual(before);
  },
);
