import { TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { activityNamed } from "@muster/pipeline";
import { expect, test } from "vitest";
import { launchWorld, type WorldOptions } from "../../test/launch-world.ts";
import { jsonLog } from "../log.ts";
import { repairContext } from "./repair-context.ts";
import { tendActivities } from "./tend-activities.ts";

/**
 * The moment that matters: somebody writes down what he wants, finds the lease held and goes away, and only then is it released. Here he comes exactly
 * between the holder's last look and its release.
 */
async function tendWhile(
  options: WorldOptions,
  latecomer: (world: Awaited<ReturnType<typeof launchWorld>>) => Promise<unknown>,
) {
  const world = await launchWorld(options);
  const { pipeline, stage, clients, clock } = world;
  const context = repairContext({ pipeline, stage, clients, now: () => new Date(clock.now()), log: jsonLog(() => {}) });
  let came = false;
  const { launching } = context;
  const records: typeof launching.records = {
    ...launching.records,
    async write(key, value, condition) {
      if (key.startsWith("leases/") && (value as { released: boolean }).released && !came) {
        came = true;
        await latecomer(world);
      }
      return launching.records.write(key, value, condition);
    },
  };
  const tend = () =>
    tendActivities([activityNamed(pipeline, "MakeSourceTarball")], {
      ...context,
      launching: { ...launching, records },
    });
  return { world, tend };
}

test("a step that finds the lease held is served by its holder", async () => {
  const { world, tend } = await tendWhile({}, (late) => late.prepare("MakeSourceTarball"));
  await using _ = world;
  const { launches } = await tend();
  expect([launches.length, world.instances().length]).toEqual([1, 1]);
});

test("a repair that is asked for while a step launches is done by the step's invocation", async () => {
  const { world, tend } = await tendWhile({}, async (late) => {
    await late.publish("build-1", [{ activity: "MakeSourceTarball", version: "1.2.4" }]);
    await late.healthCheck();
  });
  await using _ = world;
  const { reports } = await tend();
  expect(reports).toEqual([{ activity: "MakeSourceTarball", pending: 1, launched: 1, failed: 0 }]);
  expect(await world.stateKeys("attention/")).toEqual([]);
});

test("on a stage with a cap, the holder of its one lease serves every activity", async () => {
  const { world, tend } = await tendWhile({ stage: { maxWorkers: 5 } }, (late) => late.prepare("PublishDockerImages"));
  await using _ = world;
  await tend();
  expect(world.instances().map(({ tags }) => tags["muster:activity"])).toEqual(["PublishDockerImages"]);
});

test("a repair that fails leaves its request for the next who comes", async () => {
  await using world = await launchWorld();
  await world.publish("build-1", [{ activity: "MakeSourceTarball" }]);
  const heal = world.aws.failCalls({ operation: "DescribeInstances" }, { code: "InternalError", status: 500 });
  await expect(world.healthCheck()).rejects.toThrow();
  heal();
  await world.prepare("MakeSourceTarball", { version: "1.2.9" });
  expect(world.instances()).toHaveLength(2);
  expect(await world.stateKeys("attention/MakeSourceTarball")).toEqual([]);
});

test.each([
  { who: "a step that comes later", after: 6, launched: 3 },
  { who: "a health check that comes at once", after: 0, launched: 2 },
])("after a repair that read many histories, $who repairs what the end of a machine asks for", async (next) => {
  await using world = await launchWorld();
  await world.publish("build-1", [{ activity: "MakeSourceTarball" }]);
  for (let other = 2; other <= 20; other++) await world.start(`build-${other}`, "1.2.4");
  await world.healthCheck();
  const [instance = ""] = world.instances().map(({ instanceId }) => instanceId);
  await world.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
  await world.aws.idle();
  const launched = () => world.aws.ec2.instances().length;
  expect(await world.stateChanged(instance, "terminated")).toMatchObject({ reports: [] });
  expect([launched(), await world.stateKeys("attention/")]).toEqual([1, ["attention/MakeSourceTarball.json"]]);
  await world.advance(next.after);
  if (next.after > 0) await world.prepare("MakeSourceTarball", { version: "1.2.5" });
  else await world.healthCheck();
  expect([launched(), await world.stateKeys("attention/")]).toEqual([next.launched, []]);
});
