import { expect, test } from "vitest";
import { announcingPipeline } from "../test/example-pipeline.ts";
import { launchWorld } from "../test/launch-world.ts";

type World = Awaited<ReturnType<typeof launchWorld>>;
const check = (world: World, results: unknown, build = "build-1") =>
  world.call("CheckForFailures", { results, execution: world.context(build) });
const failed = (error: string, cause?: unknown) => ({
  failure: { Error: error, ...(cause === undefined ? {} : { Cause: JSON.stringify(cause) }) },
});

test("a build without failures answers its results", async () => {
  await using world = await launchWorld();
  const results = { ForEachVersion: { "1.2.3": { MakeSourceTarball: { success: { ec2: "i-1", time_sec: "3" } } } } };
  expect(await check(world, results)).toEqual(results);
});

test("every failed step is listed with version, platform, instance and error, normalised or not", async () => {
  await using world = await launchWorld();
  const steps = {
    MakeSourceTarball: failed("Muster.ScriptFailed", { ec2: "i-1", time_sec: "12", exit: 3 }),
    ForEachPlatform: [
      {
        platform: "debian-12-bookworm",
        results: {
          MakeBinaryPackage: failed("Muster.ScriptFailed", { ec2: "i-2", time_sec: "7", line: "x.c:3: error: y" }),
        },
      },
      { platform: "debian-13-trixie", results: { MakeBinaryPackage: { success: {} } } },
    ],
  };
  await expect(check(world, { ForEachVersion: [{ version: "1.2.3", results: steps }] })).rejects.toMatchObject({
    name: "StepsFailed",
    message: [
      "The following steps have failed:",
      "MakeSourceTarball 1.2.3 i-1 Muster.ScriptFailed, exit 3, after 12 s",
      "MakeBinaryPackage 1.2.3 debian-12-bookworm i-2 Muster.ScriptFailed, after 7 s: x.c:3: error: y",
    ].join("\n"),
  });
});

test("a failure that no worker reported is completed from the history", async () => {
  await using world = await launchWorld();
  await world.publish("build-1", [{ activity: "MakeBinaryPackage", platform: "debian-12-bookworm" }]);
  await world.take("MakeBinaryPackage", "i-0123");
  const results = {
    ForEachVersion: {
      "1.2.3": { ForEachPlatform: { "debian-12-bookworm": { MakeBinaryPackage: failed("States.HeartbeatTimeout") } } },
    },
  };
  await expect(check(world, results)).rejects.toThrow(
    "MakeBinaryPackage 1.2.3 debian-12-bookworm i-0123 States.HeartbeatTimeout",
  );
});

test("a failure that no machine had a part in stays without one", async () => {
  await using world = await launchWorld();
  await world.publish("build-1", [{ activity: "MakeSourceTarball" }]);
  const results = {
    ForEachVersion: { "1.2.3": { MakeSourceTarball: failed("Muster.NoWorkerStarted", { message: "no capacity" }) } },
  };
  await expect(check(world, results)).rejects.toThrow("MakeSourceTarball 1.2.3 Muster.NoWorkerStarted, no capacity");
});

test("a message that would be too long for a cause says how many more there are and how to see them", async () => {
  await using world = await launchWorld();
  const versions = Array.from({ length: 900 }, (_, index) => [
    `1.2.${index}`,
    { MakeSourceTarball: failed("Muster.ScriptFailed", { ec2: "i-1", time_sec: "12", message: 'said "no" twice' }) },
  ]);
  const error = (await check(world, { ForEachVersion: Object.fromEntries(versions) }).catch(
    (thrown: unknown) => thrown,
  )) as Error;
  const cause = JSON.stringify({ errorType: error.name, errorMessage: error.message, trace: error.stack?.split("\n") });
  expect(cause.length).toBeLessThanOrEqual(32_768);
  expect(cause.length).toBeGreaterThan(30_000);
  expect(error.message).toMatch(/\n… and \d+ more; see them with: muster results build-1$/);
});

test.each([195, 210, 260])(
  "a message of %i steps whose logs are full of quotes is never too long for a cause",
  async (count) => {
    await using world = await launchWorld();
    const message = `said ${'"no" '.repeat(15)}twice`;
    const cause = { ec2: "i-1", time_sec: "12", message, line: 'x.c:3: error: expected "," before "{"' };
    const versions = Array.from({ length: count }, (_, index) => [
      `1.2.${index}`,
      { MakeSourceTarball: failed("Muster.ScriptFailed", cause) },
    ]);
    const error = (await check(world, { ForEachVersion: Object.fromEntries(versions) }).catch(
      (thrown: unknown) => thrown,
    )) as Error;
    const wrapped = JSON.stringify({ errorType: error.name, errorMessage: error.message, trace: [] });
    expect(wrapped.length).toBeLessThanOrEqual(32_768);
    expect(error.message.split("\n")).toContainEqual(expect.stringMatching(/^MakeSourceTarball 1\.2\.150 i-1 /));
  },
);

test("a failure of a build's own step is completed and listed like any other, without a version", async () => {
  await using world = await launchWorld({ pipeline: announcingPipeline() });
  await world.publish("build-1", [{ activity: "Announce" }]);
  await world.take("Announce", "i-0123");
  await expect(check(world, { Announce: failed("States.HeartbeatTimeout"), ForEachVersion: {} })).rejects.toThrow(
    "\nAnnounce i-0123 States.HeartbeatTimeout",
  );
});
