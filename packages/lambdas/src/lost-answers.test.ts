import { TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { launchWorld } from "../test/launch-world.ts";

/** What the functions write, and what becomes of it when an answer is lost, two writes meet, or a function is killed. The README has the table. */

type World = Awaited<ReturnType<typeof launchWorld>>;
const keyOf = (input: unknown): string => (input as { Key: string }).Key;
const isLease = (input: unknown): boolean => keyOf(input).startsWith("leases/");

const faults = [
  ["whose answer is lost", { code: "InternalError", status: 500, afterwards: true }],
  ["that meets another", { code: "ConditionalRequestConflict", status: 409 }],
  ["that meets another, and is stored", { code: "ConditionalRequestConflict", status: 409, afterwards: true }],
] as const;
const [[, LOST]] = faults;

/** Hits one PutObject of a key; of several, the one with this number, from 1. */
function failPut(
  world: World,
  prefix: string,
  { number = 1, fault }: { number?: number; fault: (typeof faults)[number][1] },
) {
  let seen = 0;
  let hits = 0;
  world.aws.failCalls(
    {
      service: "s3",
      operation: "PutObject",
      times: 1,
      when: (input) => {
        const hit = keyOf(input).startsWith(prefix) && ++seen === number;
        if (hit) hits++;
        return hit;
      },
    },
    fault,
  );
  return () => hits;
}

const leases = async (world: World) =>
  Promise.all((await world.stateKeys("leases/")).map(async (key) => (await world.record(key)).released));

const conditional = [
  ["the demand", "demands/", 1],
  ["the first lease", "leases/", 1],
  ["a lease that is released", "leases/", 2],
] as const;

test.each(
  conditional.flatMap(([what, prefix, number]) => faults.map(([how, fault]) => ({ what, how, prefix, number, fault }))),
)("through a write of $what $how, a step gets its worker, and so does the next", async ({ prefix, number, fault }) => {
  await using world = await launchWorld();
  const hits = failPut(world, prefix, { number, fault });
  await world.prepare("MakeSourceTarball");
  expect([hits(), world.instances().length, await leases(world)]).toEqual([1, 1, [true]]);
  await world.prepare("MakeSourceTarball", { version: "1.2.4" });
  expect([world.instances().length, await leases(world)]).toEqual([2, [true]]);
});

test.each(faults)("a lease that is taken over by a write %s is held", async (_, fault) => {
  await using world = await launchWorld();
  await world.prepare("MakeSourceTarball");
  failPut(world, "leases/", { fault });
  await world.prepare("MakeSourceTarball", { version: "1.2.4" });
  expect([world.instances().length, await leases(world)]).toEqual([2, [true]]);
});

test("a lease whose taking fails, although it was stored, is held by the next try of the same function", async () => {
  await using world = await launchWorld();
  failPut(world, "leases/", { fault: LOST });
  world.aws.failCalls(
    { service: "s3", operation: "PutObject", times: 2, when: isLease },
    { code: "ServiceUnavailable", status: 503 },
  );
  await world.prepare("MakeSourceTarball");
  expect([world.instances().length, await leases(world)]).toEqual([1, [true]]);
});

test("where one of many leases cannot be taken, the others are let go", async () => {
  await using world = await launchWorld();
  await world.publish("build-1", [{ activity: "MakeSourceTarball" }]);
  const heal = world.aws.failCalls(
    {
      service: "s3",
      operation: "GetObject",
      when: (input) => keyOf(input).startsWith("leases/repair/MakeSource"),
    },
    { code: "AccessDenied", status: 403 },
  );
  world.aws.delayCalls({ service: "s3", operation: "PutObject", when: isLease }, 1000);
  const check = world.healthCheck();
  check.catch(() => {});
  await world.advance(10);
  await expect(check).rejects.toThrow();
  heal();
  const held = (await leases(world)).filter((released) => !released);
  expect(held).toEqual([]);
});

test.each([
  ["an intent", "launches/", 1],
  ["an outcome", "launches/", 2],
])("a launch of which %s is written without an answer happens once", async (_, prefix, number) => {
  await using world = await launchWorld();
  const hits = failPut(world, prefix, { number, fault: LOST });
  await world.prepare("MakeSourceTarball");
  const [key = ""] = await world.stateKeys("launches/");
  expect([hits(), world.instances().length, (await world.record(key)).finished]).toEqual([1, 1, true]);
  expect(world.ec2Calls("CreateFleet")).toHaveLength(1);
});

test("a request for attention that is written and taken back without answers is served once", async () => {
  await using world = await launchWorld();
  await world.publish("build-1", [{ activity: "MakeSourceTarball" }]);
  const hits = failPut(world, "attention/MakeSourceTarball", { fault: LOST });
  world.aws.failCalls({ service: "s3", operation: "DeleteObjects", times: 1 }, LOST);
  await world.healthCheck();
  expect([hits(), world.instances().length, await world.stateKeys("attention/")]).toEqual([1, 1, []]);
});

test("a claim whose deletion has no answer is gone, and its task given back once", async () => {
  await using world = await launchWorld();
  await world.publish("build-1", [{ activity: "MakeSourceTarball" }]);
  await world.healthCheck();
  const [instance = ""] = world.instances().map(({ instanceId }) => instanceId);
  await world.take("MakeSourceTarball", instance);
  await world.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
  world.aws.failCalls({ service: "s3", operation: "DeleteObjects", times: 1 }, LOST);
  expect(await world.stateChanged(instance, "terminated")).toMatchObject({
    task: expect.stringMatching(/^MakeSource/),
  });
  expect(await world.stateKeys("claims/")).toEqual([]);
  expect(await world.stateChanged(instance, "terminated")).not.toHaveProperty("task");
});

test("marks of a build's end, its token and the reaper are there after writes without answers", async () => {
  await using world = await launchWorld();
  const execution = world.context("build-1");
  const hits = ["executions/build-1/health", "executions/build-1/done", "reaper/"].map((prefix) =>
    failPut(world, prefix, { fault: LOST }),
  );
  expect(await world.call("HealthCheckWait", { token: "stale", execution })).toEqual({ done: false });
  expect(await world.stateKeys("executions/")).toEqual(["executions/build-1/health-check-token.json"]);
  expect(await world.call("EndHealthCheck", { execution })).toEqual({ answered: false });
  expect(await world.stateKeys("executions/")).toEqual(["executions/build-1/done.json"]);
  await world.call("Reap", {});
  expect(hits.map((of) => of())).toEqual([1, 1, 1]);
  expect(await world.stateKeys("reaper/")).toHaveLength(1);
});

test.each(faults)("an index page that is written, and written over, by a write %s is the page", async (_, fault) => {
  await using world = await launchWorld();
  const update = async (object: string) => {
    await world.clients.s3.send(new PutObjectCommand({ Bucket: "downloads", Key: object, Body: "x" }));
    const hits = failPut(world, "index.html", { fault });
    const buildInput = { versions: ["1.2.3"], platforms: [], activities: [], debug: "" };
    const report = await world.call("UpdateIndices", { results: {}, buildInput, execution: world.context("build-1") });
    const { Body } = await world.clients.s3.send(new GetObjectCommand({ Bucket: "downloads", Key: "index.html" }));
    return [hits(), report, (await Body?.transformToString())?.includes(object)];
  };
  expect(await update("a.deb")).toEqual([1, { objects: 1, pages: 1, written: 1, overtaken: 0 }, true]);
  expect(await update("b.deb")).toEqual([1, { objects: 3, pages: 1, written: 1, overtaken: 0 }, true]);
});

test.each(["begun again", "begun again after another"])(
  "a step that is killed after any of its calls, and %s, launches one worker",
  async (how) => {
    const enteredTime = new Date(Date.UTC(2026, 0, 1)).toISOString();
    const others = how === "begun again" ? [] : ["1.2.4"];
    let killed = 0;
    for (let calls = 0; ; calls++) {
      await using world = await launchWorld();
      let made = 0;
      const heal = world.aws.failCalls({ when: () => ++made > calls }, { code: "AccessDenied", status: 403 });
      const ended = await world.prepare("MakeSourceTarball", { enteredTime }).then(
        () => true,
        () => false,
      );
      const reached = made > calls;
      heal();
      await world.advance(91);
      for (const version of others) await world.prepare("MakeSourceTarball", { version });
      await world.prepare("MakeSourceTarball", { enteredTime });
      expect(world.instances(), `after ${calls} calls`).toHaveLength(1 + others.length);
      if (!reached) {
        expect(ended).toBe(true);
        break;
      }
      killed++;
    }
    expect(killed).toBeGreaterThan(10);
  },
);

test("a step that runs twice at the same moment launches one worker", async () => {
  await using world = await launchWorld();
  const enteredTime = new Date(Date.UTC(2026, 0, 1)).toISOString();
  await Promise.all([1, 2].map(() => world.prepare("MakeSourceTarball", { enteredTime })));
  expect([world.instances().length, await leases(world)]).toEqual([1, [true]]);
});
