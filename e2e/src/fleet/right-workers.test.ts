import type { LambdaFunction } from "@muster/local";
import { expect, test } from "vitest";
import { fleetPipeline, manyPlatforms } from "./fleet-pipeline.ts";
import { fleetWorld, NOTHING } from "./fleet-world.ts";

/** The right workers, always: each promise in virtual time, with its numbers printed. */

const show = (what: string, numbers: Record<string, number | string>) =>
  console.log(
    `${what}: ${Object.entries(numbers)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ")}`,
  );

/** The answer of every first call is lost after it took effect: Step Functions calls again. */
function loseFirstAnswers(): (name: string, run: LambdaFunction) => LambdaFunction {
  const seen = new Set<string>();
  return (name, run) => async (event, context) => {
    const answer = await run(event, context);
    const call = JSON.stringify([name, event]);
    if (name !== "PrepareActivity" || seen.has(call)) return answer;
    seen.add(call);
    throw Object.assign(new Error("the answer was lost"), { name: "Lambda.Unknown" });
  };
}

test("70 tasks prepared at once get exactly 70 instances within a minute, however often their functions are retried", async () => {
  await using world = await fleetWorld({ pipeline: fleetPipeline(manyPlatforms(35)), wrap: loseFirstAnswers() });
  const build = await world.start("build-1", "1.0.0 1.1.0");
  const { status, message } = await world.ended(build);
  const instances = world.launched("MakeBinaryPackage");
  const fleets = world.calls("ec2", "CreateFleet");
  const [, ...platformMaps] = await world.eventsOf(build, "MapStateStarted");
  const within = (Math.max(...instances.map(({ launchMs }) => launchMs)) - Math.min(...platformMaps)) / 1000;
  show("70 at once", {
    instances: instances.length,
    "CreateFleet calls": fleets.length,
    throttled: fleets.filter(({ error }) => error).length,
    "all launched after (s)": within,
    tasks: world.worked.length,
  });
  expect([status, message]).toEqual(["SUCCEEDED", ""]);
  expect(instances).toHaveLength(70);
  expect(within).toBeLessThanOrEqual(60);
  expect(fleets.filter(({ error }) => error)).toEqual([]);
  expect(await world.leftovers()).toEqual(NOTHING);
});

test("40 tasks whose workers all died get 40 from one health check; another, while these boot, launches none", async () => {
  await using world = await fleetWorld({
    pipeline: fleetPipeline(manyPlatforms(40)),
    events: false,
    ec2: { bootMs: 200_000 },
    secondsOf: ({ activity }) => (activity === "MakeSourceTarball" ? 1500 : 60),
  });
  await world.put("scratch", "1.0.0.tar.gz");
  const build = await world.start("build-1", "1.0.0");
  world.aws.ec2.faults.neverBoot({ count: 40 });
  await world.until(() => world.launched("MakeBinaryPackage").length === 40);
  const startMs = world.clock.now();
  await world.until(() => world.clock.now() >= startMs + 150_000);
  const other = await world.start("build-2", "1.1.0 MakeSourceTarball");
  const { status } = await world.ended(build);
  const launches = world
    .launched("MakeBinaryPackage")
    .map(({ launchMs }) => Math.round((launchMs - startMs) / 1000))
    .reduce((counts, at) => counts.set(at, (counts.get(at) ?? 0) + 1), new Map<number, number>());
  const checks = world.calls("ec2", "DescribeInstances").map(({ atMs }) => Math.round((atMs - startMs) / 1000));
  show("40 dead", {
    "launched at (s)": [...launches].map(([at, count]) => `${at}: ${count}`).join("; "),
    "checked at (s)": [...new Set(checks)].join(" "),
  });
  expect(status).toBe("SUCCEEDED");
  expect([...launches.values()]).toEqual([40, 40]);
  expect(checks.some((at) => at > 300 && at < 520)).toBe(true);
  await world.ended(other);
  expect(await world.leftovers()).toEqual(NOTHING);
});

test("a machine lost while working costs seconds: its task is published again and a worker for it requested", async () => {
  await using world = await fleetWorld({ pipeline: fleetPipeline(manyPlatforms(3)), secondsOf: () => 3600 });
  await world.put("scratch", "1.0.0.tar.gz");
  const build = await world.start("build-1", "1.0.0 MakeBinaryPackage");
  await world.until(async () => (await world.eventsOf(build, "ActivityStarted")).length === 3);
  const lost = world.launched("MakeBinaryPackage")[0]?.instanceId ?? "";
  const lostMs = world.clock.now();
  world.aws.ec2.interruptSpot(lost, { noticeMs: 0 });
  await world.until(async () => (await world.eventsOf(build, "ActivityScheduled")).length === 4);
  const [, , , publishedMs = 0] = (await world.eventsOf(build, "ActivityScheduled")).sort((a, b) => a - b);
  await world.until(() => world.launched("MakeBinaryPackage").length === 4);
  const requestedMs = Math.max(...world.launched("MakeBinaryPackage").map(({ launchMs }) => launchMs));
  const after = {
    "published again after (s)": (publishedMs - lostMs) / 1000,
    "worker after (s)": (requestedMs - lostMs) / 1000,
  };
  show("machine lost", after);
  for (const seconds of Object.values(after)) expect(seconds).toBeLessThanOrEqual(10);
  expect((await world.ended(build)).status).toBe("SUCCEEDED");
  expect(await world.leftovers()).toEqual(NOTHING);
});

test("without the event it costs the heartbeat interval and one tick", async () => {
  await using world = await fleetWorld({
    pipeline: fleetPipeline(manyPlatforms(3)),
    secondsOf: () => 3600,
    events: false,
  });
  await world.put("scratch", "1.0.0.tar.gz");
  const build = await world.start("build-1", "1.0.0 MakeBinaryPackage");
  await world.until(async () => (await world.eventsOf(build, "ActivityStarted")).length === 3);
  const lostMs = world.clock.now();
  world.aws.ec2.interruptSpot(world.launched("MakeBinaryPackage")[0]?.instanceId ?? "", { noticeMs: 0 });
  await world.until(() => world.launched("MakeBinaryPackage").length === 4);
  const seconds = (world.clock.now() - lostMs) / 1000;
  show("machine lost, no event", { "worker after (s)": seconds });
  expect(seconds).toBeLessThanOrEqual(300 + 301);
  expect((await world.ended(build)).status).toBe("SUCCEEDED");
  expect(await world.leftovers()).toEqual(NOTHING);
});

test("the task of an instance that never boots is served by another within one tick", async () => {
  await using world = await fleetWorld({ pipeline: fleetPipeline(manyPlatforms(1)) });
  await world.put("scratch", "1.0.0.tar.gz");
  world.aws.ec2.faults.neverBoot({ count: 1 });
  const build = await world.start("build-1", "1.0.0 MakeBinaryPackage");
  await world.until(() => world.launched("MakeBinaryPackage").length === 2);
  const [first, second] = world.launched("MakeBinaryPackage").map(({ launchMs }) => launchMs);
  show("never boots", { "replaced after (s)": ((second ?? 0) - (first ?? 0)) / 1000 });
  expect((second ?? 0) - (first ?? 0)).toBeLessThanOrEqual(300_000);
  expect((await world.ended(build)).status).toBe("SUCCEEDED");
  expect(await world.leftovers()).toEqual(NOTHING);
});

test("without capacity anywhere a build ends after startTimeout, with an error for each task that says what was refused where", async () => {
  await using world = await fleetWorld({ pipeline: fleetPipeline(manyPlatforms(4)) });
  await world.put("scratch", "1.0.0.tar.gz");
  world.aws.ec2.faults.limitCapacity({}, 0);
  const build = await world.start("build-1", "1.0.0 MakeBinaryPackage");
  const { status, message, seconds } = await world.ended(build);
  show("no capacity", { "ended after (min)": seconds / 60 });
  console.log(message);
  expect(status).toBe("FAILED");
  const lines = message.split("\n").slice(1);
  expect(lines).toHaveLength(4);
  for (const line of lines) {
    expect(line).toMatch(
      /^MakeBinaryPackage 1\.0\.0 debian-\d-x Muster\.NoWorkerStarted, r6i\.4xlarge\/r6a\.4xlarge in us-west-2a\/.*: InsufficientInstanceCapacity$/,
    );
  }
  expect(seconds).toBeGreaterThanOrEqual(1800);
  expect(seconds).toBeLessThanOrEqual(1800 + 310);
  expect(world.aws.ec2.instances()).toEqual([]);
  expect(await world.leftovers()).toEqual(NOTHING);
});

test("a build in which everything is done ends within 3 s", async () => {
  const platforms = manyPlatforms(10);
  await using world = await fleetWorld({ pipeline: fleetPipeline(platforms) });
  await world.put("scratch", "1.0.0.tar.gz", ...platforms.map((platform) => `1.0.0/${platform}.deb`));
  await world.put("downloads", "1.0.0/InRelease");
  const { status, seconds } = await world.ended(await world.start("build-1", "1.0.0"));
  show("everything done", { "ended after (s)": seconds });
  expect(status).toBe("SUCCEEDED");
  expect(seconds).toBeLessThanOrEqual(3);
  expect(world.aws.ec2.instances()).toEqual([]);
  expect(await world.leftovers()).toEqual(NOTHING);
});

test("a fake and a real build share workers: every real task really ran, no fake one did", async () => {
  await using world = await fleetWorld({ pipeline: fleetPipeline(manyPlatforms(6)) });
  const [fake, real] = [await world.start("build-fake", "1.0.0 --fake-ec2"), await world.start("build-real", "1.0.0")];
  const ends = [await world.ended(fake), await world.ended(real)];
  const ran = (build: string, how: string) =>
    world.worked.filter((done) => done.execution === build && done.ran === how).length;
  const shared = new Set(world.worked.map(({ instance }) => instance)).size;
  show("fake and real", {
    "real tasks run": ran(real, "script"),
    "fake tasks run": ran(fake, "script"),
    "fake tasks answered": ran(fake, "dummy"),
    workers: shared,
  });
  expect(ends.map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  expect([ran(real, "script"), ran(real, "dummy"), ran(fake, "script"), ran(fake, "dummy")]).toEqual([8, 0, 0, 8]);
  expect(await world.leftovers()).toEqual(NOTHING);
});

test("two versions that publish at the same moment have one publisher between them", async () => {
  await using world = await fleetWorld({ pipeline: fleetPipeline(manyPlatforms(2)) });
  const { status } = await world.ended(await world.start("build-1", "1.0.0 1.1.0 1.2.0"));
  const publishers = world.launched("PublishBinaryPackages");
  show("publishing at once", { publishers: publishers.length });
  expect(status).toBe("SUCCEEDED");
  expect(publishers).toHaveLength(1);
  expect(world.worked.filter(({ task }) => task.startsWith("PublishBinaryPackages"))).toHaveLength(3);
  expect(await world.leftovers()).toEqual(NOTHING);
});

test("a build that is stopped frees its workers at their next heartbeat, and leaves nothing behind", async () => {
  await using world = await fleetWorld({ pipeline: fleetPipeline(manyPlatforms(3)), secondsOf: () => 3600 });
  await world.put("scratch", "1.0.0.tar.gz");
  const build = await world.start("build-1", "1.0.0 MakeBinaryPackage");
  await world.until(async () => (await world.eventsOf(build, "ActivityStarted")).length === 3);
  const stoppedMs = world.clock.now();
  await world.stop(build);
  await world.until(() => world.alive().every(({ tags }) => tags["muster:state"] === "idle"));
  const idleAfter = (world.clock.now() - stoppedMs) / 1000;
  show("stopped", { "workers idle after (s)": idleAfter });
  expect(idleAfter).toBeLessThanOrEqual(101);
  expect(world.launched("MakeBinaryPackage")).toHaveLength(3);
  expect(await world.leftovers()).toEqual(NOTHING);
});
