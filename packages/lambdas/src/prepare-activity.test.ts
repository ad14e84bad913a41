import { CreateTagsCommand } from "@aws-sdk/client-ec2";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { shellText, TaskInput } from "@muster/pipeline";
import { expect, test } from "vitest";
import { announcingPipeline, examplePipeline } from "../test/example-pipeline.ts";
import { launchWorld } from "../test/launch-world.ts";

const platforms = Array.from({ length: 35 }, (_, index) => `debian-${index + 1}-x`);

test("a step that the build was not asked for is skipped, and so is one whose artifact exists", async () => {
  await using world = await launchWorld();
  await world.clients.s3.send(new PutObjectCommand({ Bucket: "scratch", Key: "example-1.2.3.tar.gz", Body: "x" }));
  expect(await world.prepare("MakeSourceTarball")).toEqual({
    skip: true,
    reason: "s3://scratch/example-1.2.3.tar.gz exists",
  });
  expect(world.instances()).toEqual([]);
});

test("a step that runs gets one worker, tagged from birth, and a task that says all a worker needs", async () => {
  await using world = await launchWorld();
  const answer = await world.prepare("MakeBinaryPackage", { platform: "debian-12-bookworm" });
  expect(answer).toEqual({
    skip: false,
    reason: "s3://scratch/1.2.3/debian-12-bookworm/example.deb does not exist",
    taskInput: {
      name: "MakeBinaryPackage-1.2.3-debian-12-bookworm",
      activity: "MakeBinaryPackage",
      per: "platform",
      version: "1.2.3",
      platform: "debian-12-bookworm",
      execution: world.context("build-1").id,
      debug: "",
      timeoutSeconds: 14_400,
      heartbeatSeconds: 300,
      env: expect.objectContaining({ VERSION: "1.2.3", DISTRO: "debian-12-bookworm", IS_NIGHTLY: "false" }),
    },
  });
  expect(world.instances().map(({ market, tags }) => ({ market, tags }))).toEqual([
    {
      market: "spot",
      tags: expect.objectContaining({
        Name: "ww-0-MakeBinaryPackage",
        ActivityArn: world.stage.activities.MakeBinaryPackage,
        "muster:stage": "local",
        "muster:pipeline": "example",
        "muster:activity": "MakeBinaryPackage",
        "muster:launched-by-debug": "",
        "muster:state": "booting",
      }),
    },
  ]);
});

test("a build's own step has one task, about the versions of which no step has failed", async () => {
  await using world = await launchWorld({ pipeline: announcingPipeline() });
  const failure = { failure: { Error: "Muster.ScriptFailed" } };
  const onPlatform = [{ platform: "debian-12-bookworm", results: { MakeBinaryPackage: failure } }];
  const announce = (versionResults: unknown, debug = "") =>
    world.call("PrepareActivity", {
      activity: "Announce",
      versionResults,
      buildInput: { versions: ["1.2.3", "1.2.4"], platforms: [], activities: [], debug },
      execution: world.context("build-1"),
      enteredTime: new Date(world.clock.now()).toISOString(),
    });
  expect(
    await announce([
      { version: "1.2.3", results: { ForEachPlatform: onPlatform } },
      { version: "1.2.4", results: { MakeSourceTarball: { skip: true, reason: "it exists" } } },
    ]),
  ).toEqual({
    skip: false,
    reason: "s3://downloads/announced/1.2.4 does not exist",
    taskInput: expect.objectContaining({
      name: "Announce",
      activity: "Announce",
      per: "build",
      env: { VERSIONS: "1.2.4", FAILED_VERSIONS: "1.2.3", SCRATCH_BUCKET: "scratch", DOWNLOADS_BUCKET: "downloads" },
    }),
  });
  expect(world.instances().map(({ tags }) => tags.Name)).toEqual(["ww-0-Announce"]);
  const all = ["1.2.3", "1.2.4"].map((version) => ({ version, results: { MakeSourceTarball: failure } }));
  expect(await announce(all)).toEqual({ skip: true, reason: "a step of every version failed: 1.2.3, 1.2.4" });
  expect(await announce(undefined, "skip_ec2")).toMatchObject({
    taskInput: { variables: { VERSIONS: "1.2.3 1.2.4", FAILED_VERSIONS: "" } },
  });
});

test("a state machine of another definition, in which the activity runs per something else, is refused", async () => {
  await using world = await launchWorld({ pipeline: announcingPipeline() });
  await expect(world.prepare("Announce")).rejects.toMatchObject({
    name: "Muster.InvalidConfiguration",
    message: expect.stringContaining("Announce runs per build and was asked for per version"),
  });
});

test("a task names the scripts and the machines of the deployment that its build began with", async () => {
  await using world = await launchWorld({ stage: { launchTemplateVersions: { MakeBinaryPackage: "1" } } });
  const scripts = { script: "s3://assets/make.sh?versionId=1#sha256=00", afterTask: "s3://assets/after.sh" };
  const answer = await world.prepare("MakeBinaryPackage", { platform: "debian-12-bookworm", scripts });
  expect(answer).toMatchObject({ taskInput: { scripts, templateVersion: "1" } });
});

test("a retried step launches nothing more, whenever it is retried", async () => {
  await using world = await launchWorld();
  const enteredTime = new Date(world.clock.now()).toISOString();
  for (let attempt = 0; attempt < 5; attempt++) {
    await world.prepare("MakeSourceTarball", { enteredTime });
    await world.advance(40);
  }
  expect(world.instances()).toHaveLength(1);
});

test("70 steps at once under EC2's buckets: 70 instances in a few calls, none of them throttled, none twice", async () => {
  await using world = await launchWorld({ ec2: { requestLimits: true, visibilityDelayMs: 5000 } });
  const enteredTime = new Date(world.clock.now()).toISOString();
  const steps = ["1.2.3", "1.2.4"].flatMap((version) =>
    platforms.map((platform) => ({ version, platform, enteredTime })),
  );
  const prepareAll = () => Promise.all(steps.map((step) => world.prepare("MakeBinaryPackage", step)));
  const answers = await prepareAll();
  expect(answers.every((answer) => !answer.skip && answer.deferred === undefined)).toBe(true);
  await Promise.all([prepareAll(), prepareAll()]);
  const fleets = world.ec2Calls("CreateFleet");
  console.log(`70 steps: ${world.instances().length} instances, ${fleets.length} CreateFleet calls`);
  expect(world.instances()).toHaveLength(70);
  expect(fleets.length).toBeLessThanOrEqual(5);
  expect(fleets.filter(({ error }) => error)).toEqual([]);
});

test("what a step costs does not grow with the steps before it, also where each runs in a process of its own", async () => {
  await using world = await launchWorld({ freshProcesses: true });
  const callsOf = async (version: string) => {
    const before = world.callsMade();
    await world.prepare("MakeSourceTarball", { version });
    return world.callsMade() - before;
  };
  const calls: number[] = [];
  for (let patch = 0; patch < 12; patch++) calls.push(await callsOf(`1.2.${patch}`));
  // The first finds no lease, and cannot know that nothing was launched before.
  expect(new Set(calls.slice(2)), calls.join(" ")).toEqual(new Set([calls[1]]));
  expect(world.instances()).toHaveLength(12);
  expect(await world.stateKeys("demands/")).toEqual([]);
});

test("a launch whose answer was lost is found again, not made again", async () => {
  await using world = await launchWorld();
  const enteredTime = new Date(world.clock.now()).toISOString();
  const heal = world.aws.failCalls(
    { service: "s3", operation: "PutObject", when: (input) => isOutcome(input) },
    { code: "InternalError", status: 500 },
  );
  await expect(world.prepare("MakeSourceTarball", { enteredTime })).rejects.toThrow();
  expect(world.instances()).toHaveLength(1);
  heal();
  await world.advance(91);
  await world.prepare("MakeSourceTarball", { enteredTime });
  expect(world.instances()).toHaveLength(1);
  expect(world.ec2Calls("CreateFleet")).toHaveLength(2);
});

/** The second write of a launch record, after EC2 has answered. */
function isOutcome(input: unknown): boolean {
  const { Key } = input as { Key: string };
  if (!Key.startsWith("launches/")) return false;
  seen.set(Key, (seen.get(Key) ?? 0) + 1);
  return (seen.get(Key) ?? 0) > 1;
}
const seen = new Map<string, number>();

test("an exclusive activity has one worker, however many steps want one", async () => {
  await using world = await launchWorld({ ec2: { visibilityDelayMs: 5000 } });
  const versions = ["1.2.3", "1.2.4", "1.2.5"];
  await Promise.all(versions.map((version) => world.prepare("PublishDockerImages", { version })));
  expect(world.instances()).toHaveLength(3);
  await Promise.all(versions.map((version) => world.prepare("PublishBinaryPackages", { version, debug: "fake_ec2" })));
  expect(world.instances().filter(({ tags }) => tags["muster:activity"] === "PublishBinaryPackages")).toHaveLength(1);
});

test("a stage's cap holds over all activities, also when they launch at the same moment", async () => {
  await using world = await launchWorld({ stage: { maxWorkers: 4 }, ec2: { visibilityDelayMs: 5000 } });
  const versions = ["1.2.3", "1.2.4", "1.2.5", "1.2.6"];
  await Promise.all(
    versions.flatMap((version) => [
      world.prepare("MakeSourceTarball", { version }),
      world.prepare("PublishDockerImages", { version }),
    ]),
  );
  expect(world.instances()).toHaveLength(4);
});

test("a cost cap stops launches before it is exceeded", async () => {
  await using world = await launchWorld({ stage: { maxCostPerHour: 2.5 } });
  for (const platform of platforms.slice(0, 5)) await world.prepare("MakeBinaryPackage", { platform });
  expect(world.instances()).toHaveLength(2);
});

test("skip builds launch nothing; workers of fake builds are tagged so", async () => {
  await using world = await launchWorld();
  expect(await world.prepare("MakeSourceTarball", { debug: "skip_ec2" })).toMatchObject({
    skip: false,
    reason: "skip-ec2 builds skip nothing",
  });
  expect(world.instances()).toEqual([]);
  await world.prepare("MakeSourceTarball", { debug: "fake_ec2", build: "build-2" });
  expect(world.instances()[0]?.tags["muster:launched-by-debug"]).toBe("fake_ec2");
});

test("a task of a skip build can be taken by a worker that sources its variables, and by Muster's own", async () => {
  await using world = await launchWorld();
  const answer = await world.prepare("MakeBinaryPackage", { platform: "debian-12-bookworm", debug: "skip_ec2" });
  const published = "taskInput" in answer ? answer.taskInput : undefined;
  expect(published?.env).toMatch(/^export DISTRO='debian-12-bookworm'$/m);
  const { env } = TaskInput.parse(published);
  expect(env).toMatchObject({ VERSION: "1.2.3", DISTRO: "debian-12-bookworm" });
  expect(published?.env).toBe(shellText(env));
});

test("an activity that the pipeline does not have is a matter of configuration", async () => {
  await using world = await launchWorld({ pipeline: examplePipeline() });
  await expect(world.prepare("MakeCoffee")).rejects.toMatchObject({ name: "Muster.InvalidConfiguration" });
});

test("on a capped stage, who comes while another activity launches gets a worker too", async () => {
  await using world = await launchWorld({ stage: { maxWorkers: 20 }, ec2: { visibilityDelayMs: 5000 } });
  const versions = ["1.2.3", "1.2.4", "1.2.5"];
  await Promise.all(
    versions.flatMap((version) => [
      world.prepare("MakeSourceTarball", { version }),
      world.prepare("PublishDockerImages", { version }),
      world.prepare("MakeBinaryPackage", { version, platform: "debian-12-bookworm" }),
    ]),
  );
  expect(world.instances()).toHaveLength(9);
});

test("records of another version of Muster are skipped, and keep nobody from launching", async () => {
  await using world = await launchWorld();
  for (const key of [
    "launches/MakeSourceTarball/2026-01-01T00:00:00.001Z_x.json",
    "demands/MakeSourceTarball/2026-01-01T00:00:00.001Z_x.json",
  ]) {
    await world.clients.s3.send(new PutObjectCommand({ Bucket: "state", Key: key, Body: '{"version":2}' }));
  }
  await world.prepare("MakeSourceTarball");
  expect(world.instances()).toHaveLength(1);
  expect(world.logged.filter(({ message }) => message === "record skipped").length).toBeGreaterThan(0);
});

test("a machine kept after a failure does not stand in an exclusive activity's way", async () => {
  await using world = await launchWorld();
  await world.prepare("PublishBinaryPackages", { debug: "fake_ec2" });
  await world.advance(1);
  const [kept = ""] = world.instances().map(({ instanceId }) => instanceId);
  await world.clients.ec2.send(
    new CreateTagsCommand({ Resources: [kept], Tags: [{ Key: "muster:state", Value: "failed" }] }),
  );
  await world.prepare("PublishBinaryPackages", { version: "1.2.4", debug: "fake_ec2" });
  expect(world.instances()).toHaveLength(2);
});
