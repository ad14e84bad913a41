import { outages } from "@muster/local";
import { expect, test } from "vitest";
import { launchWorld } from "../test/launch-world.ts";
import { outcomeOf, tasks } from "../test/published-tasks.ts";

test("without capacity, tasks fail after startTimeout and say which types in which zones were refused and why", async () => {
  await using world = await launchWorld();
  world.aws.ec2.faults.limitCapacity({}, 0);
  await world.publish("build-1", tasks(3));
  const started = world.clock.now();
  for (let tick = 0; tick < 10; tick++) {
    await world.healthCheck();
    await world.advance(300);
  }
  const failures = await outcomeOf(world, "build-1");
  console.log(
    `no capacity: ${failures[0]?.Cause}; given up within ${(world.clock.now() - started) / 60_000} min of ticks`,
  );
  expect(failures).toHaveLength(3);
  for (const { Error: error, Cause = "" } of failures) {
    expect(error).toBe("Muster.NoWorkerStarted");
    expect(Cause).toMatch(/r6i\.4xlarge\/r6a\.4xlarge in us-west-2a\/us-west-2b.*InsufficientInstanceCapacity/);
    expect(Buffer.byteLength(Cause)).toBeLessThanOrEqual(256);
  }
  expect(world.instances()).toEqual([]);
});

test("machines that are launched but never get ready end in a failure with their last words", async () => {
  await using world = await launchWorld({
    runInstance: async ({ console, signal }) => {
      console("cloud-init: cannot fetch the agent\n");
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    },
  });
  await world.publish("build-1", tasks(1));
  for (let tick = 0; tick < 8; tick++) {
    await world.healthCheck();
    await world.advance(300);
  }
  expect(await outcomeOf(world, "build-1")).toEqual([
    { Error: "Muster.NoWorkerStarted", Cause: expect.stringContaining("cloud-init: cannot fetch the agent") },
  ]);
});

test("what EC2 refuses for good fails the waiting tasks once it has lasted, and no sooner", async () => {
  await using world = await launchWorld();
  world.aws.failCalls({ operation: "CreateFleet" }, { code: "UnauthorizedOperation" });
  await world.publish("build-1", tasks(2));
  await world.healthCheck();
  await world.advance(1);
  // Events of EC2 may ask many times in a moment.
  for (let event = 0; event < 3; event++) await world.healthCheck();
  await world.advance(300);
  expect(await world.healthCheck()).toMatchObject({ repaired: [{ failed: 0 }] });
  await world.publish("build-2", [{ activity: "MakeBinaryPackage", platform: "ubuntu-1-x" }]);
  await world.advance(300);
  expect(await world.healthCheck()).toMatchObject({ repaired: [{ failed: 2 }] });
  await world.advance(5);
  expect((await outcomeOf(world, "build-1")).map((failure) => failure.Error)).toEqual([
    "Muster.InvalidConfiguration",
    "Muster.InvalidConfiguration",
  ]);
  // It has not waited so long.
  expect(await outcomeOf(world, "build-2")).toEqual([]);
});

test("a refusal that ends in time costs no task", async () => {
  await using world = await launchWorld();
  const heal = world.aws.failCalls({ operation: "CreateFleet" }, { code: "UnauthorizedOperation" });
  await world.publish("build-1", tasks(2));
  await world.healthCheck();
  await world.advance(300);
  await world.healthCheck();
  heal();
  await world.advance(300);
  expect(await world.healthCheck()).toMatchObject({ repaired: [{ launched: 2, failed: 0 }] });
});

test.each(Object.entries(outages))("a %s at a check dooms no task, and the next launches for all", async (_, fault) => {
  await using world = await launchWorld({ ec2: { visibilityDelayMs: 8000 } });
  const heal = world.aws.failCalls({ operation: "CreateFleet" }, fault);
  await world.publish("build-1", tasks(3));
  expect(await world.healthCheck()).toMatchObject({
    repaired: [{ pending: 3, launched: 0, failed: 0, why: expect.stringMatching(/./) }],
  });
  await world.advance(300);
  expect(await world.healthCheck()).toMatchObject({ repaired: [{ pending: 3, failed: 0 }] });
  heal();
  await world.advance(300);
  await world.healthCheck();
  expect(world.instances()).toHaveLength(3);
  await world.advance(60);
  await world.healthCheck();
  expect(world.instances()).toHaveLength(3);
  expect(await outcomeOf(world, "build-1")).toEqual([]);
});

test.each(Object.entries(outages))(
  "a %s at the first look after startTimeout dooms no task: nobody had asked for a worker before",
  async (_, fault) => {
    await using world = await launchWorld();
    await world.publish("build-1", tasks(2));
    await world.advance(3600);
    const heal = world.aws.failCalls({ operation: "CreateFleet" }, fault);
    expect(await world.healthCheck()).toMatchObject({ repaired: [{ failed: 0 }] });
    heal();
    await world.advance(60);
    await world.healthCheck();
    expect(world.instances()).toHaveLength(2);
  },
);

test("an EC2 that does not answer for startTimeout is no reason to wait for ever", async () => {
  await using world = await launchWorld();
  world.aws.failCalls({ operation: "CreateFleet" }, { connection: "ENOTFOUND" });
  await world.publish("build-1", tasks(1));
  for (let tick = 0; tick < 8; tick++) {
    await world.healthCheck();
    await world.advance(300);
  }
  expect(await outcomeOf(world, "build-1")).toEqual([
    { Error: "Muster.NoWorkerStarted", Cause: expect.stringContaining("ENOTFOUND") },
  ]);
});

test("a call that EC2 fails each time it is repeated keeps its activity from no other for long", async () => {
  await using world = await launchWorld();
  const tokens: string[] = [];
  const isFirst = (input: unknown) => {
    tokens.push((input as { ClientToken: string }).ClientToken);
    return tokens.at(-1) === tokens[0];
  };
  world.aws.failCalls({ operation: "CreateFleet", when: isFirst }, { code: "InternalError", status: 500 });
  await world.publish("build-1", tasks(2));
  for (let tick = 0; tick < 3; tick++) {
    await world.healthCheck();
    await world.advance(300);
  }
  expect(new Set(tokens).size).toBe(1);
  await world.healthCheck();
  expect(world.instances()).toHaveLength(2);
});

test("machines that a lost answer hid are found by the next check, and no others are launched", async () => {
  await using world = await launchWorld({ ec2: { visibilityDelayMs: 8000 } });
  world.aws.failCalls({ operation: "CreateFleet", times: 1 }, { connection: "ECONNRESET", afterwards: true });
  await world.publish("build-1", tasks(3));
  await world.healthCheck();
  await world.healthCheck();
  expect(world.instances()).toHaveLength(3);
});
