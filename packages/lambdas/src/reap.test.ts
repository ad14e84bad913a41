import { CreateTagsCommand } from "@aws-sdk/client-ec2";
import { PutObjectCommand } from "@aws-sdk/client-s3";
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
