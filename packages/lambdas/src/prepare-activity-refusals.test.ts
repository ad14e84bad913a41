import { outages } from "@muster/local";
import { expect, test } from "vitest";
import { launchWorld } from "../test/launch-world.ts";

test("what spot cannot give is launched on demand, under another client token", async () => {
  await using world = await launchWorld();
  world.aws.ec2.faults.limitCapacity({ market: "spot" }, 0);
  await world.prepare("MakeBinaryPackage", { platform: "debian-12-bookworm" });
  expect(world.instances().map(({ market }) => market)).toEqual(["on-demand"]);
  const tokens = world.ec2Calls("CreateFleet").map(({ input }) => (input as { ClientToken: string }).ClientToken);
  expect(new Set(tokens).size).toBe(2);
});

test("without capacity the step goes on deferred, and says which types in which zones were refused", async () => {
  await using world = await launchWorld();
  world.aws.ec2.faults.limitCapacity({}, 0);
  const answer = await world.prepare("MakeBinaryPackage", { platform: "debian-12-bookworm" });
  expect(answer).toMatchObject({ skip: false, deferred: expect.stringContaining("InsufficientInstanceCapacity") });
  expect(answer).toMatchObject({ deferred: expect.stringContaining("r6i.4xlarge/r6a.4xlarge in us-west-2a") });
});

test("a quota is told apart from capacity", async () => {
  await using world = await launchWorld({ vcpuQuotas: { onDemand: 0, spot: 0 } });
  const answer = await world.prepare("MakeBinaryPackage", { platform: "debian-12-bookworm" });
  expect(answer).toMatchObject({ deferred: expect.stringMatching(/MaxSpotInstanceCountExceeded|VcpuLimitExceeded/) });
  const [key = ""] = await world.stateKeys("launches/MakeBinaryPackage/");
  const { errors } = (await world.record(key)) as { errors: { refusal: string }[] };
  expect(new Set(errors.map(({ refusal }) => refusal))).toEqual(new Set(["quota"]));
});

test("a launch says how many pools were refused, and how many of them for want of capacity, whatever comes first", async () => {
  await using world = await launchWorld();
  world.aws.ec2.faults.limitCapacity({}, 0);
  await world.prepare("MakeBinaryPackage", { platform: "debian-12-bookworm" });
  const launches = world.logged.filter(({ message }) => message === "launch");
  expect(launches.length).toBeGreaterThan(0);
  for (const { errors, refusals, outOfCapacity } of launches) {
    expect(refusals).toBe((errors as unknown[]).length);
    expect(outOfCapacity).toBe(refusals);
    expect(refusals).toBeGreaterThan(0);
  }
});

test("what EC2 refuses for good fails the step, never to be retried", async () => {
  await using world = await launchWorld();
  world.aws.failCalls(
    { operation: "CreateFleet" },
    { code: "UnauthorizedOperation", message: "You are not authorized" },
  );
  await expect(world.prepare("MakeSourceTarball")).rejects.toMatchObject({
    name: "Muster.InvalidConfiguration",
    message: expect.stringContaining("UnauthorizedOperation: You are not authorized"),
  });
});

test("a zone that the stage has no subnet in is a matter of configuration", async () => {
  await using world = await launchWorld({ stage: { subnets: [{ id: "subnet-1", zone: "us-west-2c" }] } });
  await expect(world.prepare("PublishDockerImages")).rejects.toMatchObject({ name: "Muster.InvalidConfiguration" });
});

test("throttled, the launch is left to the state's retry, which then serves everybody who waits", async () => {
  await using world = await launchWorld();
  world.aws.failCalls({ operation: "CreateFleet", times: 1 }, { code: "RequestLimitExceeded", status: 503 });
  const enteredTime = new Date(world.clock.now()).toISOString();
  const step = (platform: string) => world.prepare("MakeBinaryPackage", { platform, enteredTime });
  await expect(step("debian-12-bookworm")).rejects.toMatchObject({ name: "Muster.Throttled" });
  expect(world.instances()).toEqual([]);
  await world.advance(5);
  expect(await step("debian-12-bookworm")).toMatchObject({ skip: false });
  expect(world.instances()).toHaveLength(1);
});

test("throttled for a minute, the step goes on deferred", async () => {
  await using world = await launchWorld();
  world.aws.failCalls({ operation: "CreateFleet" }, { code: "RequestLimitExceeded", status: 503 });
  const enteredTime = new Date(world.clock.now() - 61_000).toISOString();
  const answer = await world.prepare("MakeSourceTarball", { enteredTime });
  expect(answer).toMatchObject({ skip: false, deferred: expect.stringContaining("RequestLimitExceeded") });
});

test.each(Object.entries(outages))("a %s is left to the state's retry, which launches one worker", async (_, fault) => {
  await using world = await launchWorld();
  world.aws.failCalls({ operation: "CreateFleet", times: 1 }, fault);
  const enteredTime = new Date(world.clock.now()).toISOString();
  await expect(world.prepare("MakeSourceTarball", { enteredTime })).rejects.toMatchObject({ name: "Muster.Throttled" });
  await world.advance(5);
  expect(await world.prepare("MakeSourceTarball", { enteredTime })).toMatchObject({ skip: false });
  expect(world.instances()).toHaveLength(1);
});

test.each([
  ["502 of HTML", "HTTP 502"],
  ["503 without a body", "HTTP 503"],
  ["unknown host", "ENOTFOUND"],
  ["time-out", "ETIMEDOUT"],
] as const)("a %s for a minute defers the step, which says so: %s", async (name, told) => {
  await using world = await launchWorld();
  world.aws.failCalls({ operation: "CreateFleet" }, outages[name]);
  const enteredTime = new Date(world.clock.now()).toISOString();
  await expect(world.prepare("MakeSourceTarball", { enteredTime })).rejects.toMatchObject({ name: "Muster.Throttled" });
  await world.advance(61);
  const answer = await world.prepare("MakeSourceTarball", { enteredTime });
  expect(answer).toMatchObject({ skip: false, deferred: expect.stringContaining(told) });
});

test("steps that come while a call's answer is lost get their own workers, and its machines are not launched twice", async () => {
  await using world = await launchWorld();
  const enteredTime = new Date(world.clock.now()).toISOString();
  const step = (platform: string) => world.prepare("MakeBinaryPackage", { platform, enteredTime });
  world.aws.failCalls({ operation: "CreateFleet", times: 1 }, { connection: "ECONNRESET", afterwards: true });
  await expect(step("debian-12-bookworm")).rejects.toMatchObject({ name: "Muster.Throttled" });
  await step("debian-13-trixie");
  await world.advance(5);
  await step("debian-12-bookworm");
  expect(world.instances()).toHaveLength(2);
});

test.each(["InvalidFleetConfiguration", "InvalidSubnetID.NotFound", "SomethingNew"])(
  "three zones without spot and %s in the fourth is a lack of capacity: on-demand is asked",
  async (code) => {
    await using world = await launchWorld();
    const network = world.aws.ec2.network.subnets;
    expect(network).toHaveLength(4);
    world.aws.ec2.faults.limitCapacity({ market: "spot" }, 0);
    world.aws.ec2.faults.refuse({ market: "spot", availabilityZone: network[3]?.availabilityZone ?? "" }, { code });
    const answer = await world.prepare("MakeBinaryPackage", { platform: "debian-12-bookworm" });
    expect(answer).toMatchObject({ skip: false });
    expect(answer).not.toHaveProperty("deferred");
    expect(world.instances().map(({ market }) => market)).toEqual(["on-demand"]);
  },
);

test("spot without capacity and on-demand refused for good is deferred, not failed", async () => {
  await using world = await launchWorld();
  world.aws.ec2.faults.limitCapacity({ market: "spot" }, 0);
  world.aws.ec2.faults.refuse({ market: "on-demand" }, { code: "InvalidParameterValue" });
  const answer = await world.prepare("MakeBinaryPackage", { platform: "debian-12-bookworm" });
  expect(answer).toMatchObject({ deferred: expect.stringContaining("InvalidParameterValue") });
});

test("an error that nobody knows asks on-demand too, and defers the step with its name", async () => {
  await using world = await launchWorld();
  world.aws.failCalls({ operation: "CreateFleet" }, { code: "SomethingNew" });
  const answer = await world.prepare("MakeBinaryPackage", { platform: "debian-12-bookworm" });
  expect(answer).toMatchObject({ skip: false, deferred: expect.stringContaining("SomethingNew") });
  expect(world.ec2Calls("CreateFleet")).toHaveLength(2);
});

test("what EC2 refuses to another activity of a capped stage is not this step's failure", async () => {
  await using world = await launchWorld({ stage: { maxWorkers: 10 } });
  const images = {
    operation: "CreateFleet",
    when: (input: unknown) => JSON.stringify(input).includes("PublishDocker"),
  };
  world.aws.failCalls({ ...images, times: 1 }, { code: "RequestLimitExceeded", status: 503 });
  await expect(world.prepare("PublishDockerImages")).rejects.toMatchObject({ name: "Muster.Throttled" });
  world.aws.failCalls(images, { code: "UnauthorizedOperation" });
  world.aws.ec2.faults.limitCapacity({}, 0);
  const answer = await world.prepare("MakeSourceTarball");
  expect(answer).toMatchObject({ deferred: expect.stringContaining("InsufficientInstanceCapacity") });
  expect(answer).not.toMatchObject({ deferred: expect.stringContaining("UnauthorizedOperation") });
});
