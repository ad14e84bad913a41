import { PutObjectCommand } from "@aws-sdk/client-s3";
import {
  activityNamed,
  listedPlatforms,
  type Per,
  type Published,
  type Task,
  type TaskInput,
  taskAt,
} from "@muster/pipeline";
import hhvm, { MakeBinaryPackage } from "@muster/pipeline-hhvm";
import { machineWorld, type Work } from "@muster/simulation";
import { expect, test } from "vitest";

const pipeline = { ...hhvm, platforms: listedPlatforms({ url: (version) => `s3://assets/targets/${version}` }) };
const platforms = ["debian-11-bullseye", "ubuntu-18.04-bionic", "ubuntu-20.04-focal"];

/** What each step's script would leave. */
function leaves(task: TaskInput): readonly Published[] {
  const around = { platforms, buildPlatforms: platforms, versions: [], failedVersions: [] };
  return left(taskAt(activityNamed(pipeline, task.activity), task, around));
}

function left<P extends Per>({ activity, subject }: Task<P>): readonly Published[] {
  if (activity.name === "PublishBinaryPackages" && subject.per === "version") {
    return platforms.flatMap(
      (platform) => MakeBinaryPackage.publishes?.({ ...subject, per: "platform", platform }) ?? [],
    );
  }
  const published = activity.publishes?.(subject) ?? [];
  const produced = activity.produces?.(subject) ?? [];
  return activity.name.startsWith("Publish") || produced.length === 0 ? published : produced;
}

async function hhvmWorld(work: Work = () => ({ seconds: 60 })) {
  const world = await machineWorld(pipeline, { work, leaves });
  for (const version of ["4.28.2", "4.29.0", "2026.11.24"]) {
    await world.s3.send(
      new PutObjectCommand({
        Bucket: "assets",
        Key: `targets/${version}`,
        Body: `${platforms.join("\n")}\n`,
      }),
    );
  }
  return world;
}

const succeeded = (seconds = "60") => ({ success: { ec2: expect.stringMatching(/^i-/), time_sec: seconds } });

/** Every step of one version succeeded. */
const wholeVersion = {
  MakeSourceTarball: succeeded(),
  ForEachPlatform: Object.fromEntries(platforms.map((platform) => [platform, { MakeBinaryPackage: succeeded() }])),
  PublishBinaryPackages: succeeded(),
  PublishSourceTarball: succeeded(),
  PublishDockerImages: succeeded(),
};

test("a release of two versions runs every step of each and ends with one result a step", async () => {
  await using world = await hhvmWorld();
  const build = await world.build("4.28.2 4.29.0");
  expect(build).toMatchObject({ status: "SUCCEEDED", error: undefined });
  expect(build.output).toEqual({
    ForEachVersion: { "4.28.2": wholeVersion, "4.29.0": wholeVersion },
    UpdateIndices: { success: expect.anything() },
    InvalidateCloudFront: { success: expect.anything() },
  });
  expect(build.results).toEqual(build.output);
  expect(world.worked.map(({ task }) => task).sort()).toEqual(
    ["4.28.2", "4.29.0"]
      .flatMap((version) => [
        `MakeSourceTarball-${version}`,
        ...platforms.map((platform) => `MakeBinaryPackage-${version}-${platform}`),
        `PublishBinaryPackages-${version}`,
        `PublishSourceTarball-${version}`,
        `PublishDockerImages-${version}`,
      ])
      .sort(),
  );
});

test("the states of a release of one version and platform come in their order", async () => {
  await using world = await hhvmWorld();
  const { states } = await world.build("4.28.2 ubuntu-20.04-focal");
  const health = new Set(["HealthCheckBegin", "HealthCheckWait", "HealthCheck", "ShouldHealthCheck", "HealthCheckEnd"]);
  const branches =
    /^(PrepareTo|Should)?Publish(SourceTarball|DockerImages)(End)?$|^(UpdateIndices|InvalidateCloudFront)(End)?$/;
  expect(states.filter((name) => !health.has(name) && !branches.test(name))).toEqual([
    "ParseInput",
    "Root",
    "ForEachVersion",
    "PrepareToMakeSourceTarball",
    "ShouldMakeSourceTarball",
    "MakeSourceTarball",
    "BuildAndPublishLinuxAnd",
    "GetPlatformsForVersion",
    "ShouldDistributeForEachPlatform",
    "ForEachPlatform",
    "PrepareToMakeBinaryPackage",
    "ShouldMakeBinaryPackage",
    "MakeBinaryPackage",
    "PlatformEnd",
    "PrepareToPublishBinaryPackages",
    "ShouldPublishBinaryPackages",
    "PublishBinaryPackages",
    "PublishSourceTarballAndPublishDockerImages",
    "BuildAndPublishLinuxEnd",
    "VersionNormalizeResults",
    "VersionEnd",
    "EndHealthCheck",
    "CheckIfReposChanged",
    "ShouldUpdateIndicesAndInvalidateCloudFront",
    "UpdateIndicesAndInvalidateCloudFront",
    "NormalizeResults",
    "CheckForFailures",
  ]);
  expect(states.filter((name) => branches.test(name)).sort()).toEqual(
    ["SourceTarball", "DockerImages"]
      .flatMap((part) => [`PrepareToPublish${part}`, `ShouldPublish${part}`, `Publish${part}`, `Publish${part}End`])
      .concat("UpdateIndices", "UpdateIndicesEnd", "InvalidateCloudFront", "InvalidateCloudFrontEnd")
      .sort(),
  );
});

test("the same release again skips what is done, says why, and ends at once where nothing is left to do", async () => {
  await using world = await hhvmWorld();
  await world.build("4.28.2");
  const again = await world.build(
    "4.28.2 MakeSourceTarball MakeBinaryPackage PublishBinaryPackages PublishSourceTarball",
  );
  const skipped = { skip: true, reason: expect.any(String) };
  expect(again).toMatchObject({ status: "SUCCEEDED", seconds: 0 });
  expect(again.output).toEqual({
    ForEachVersion: {
      "4.28.2": {
        MakeSourceTarball: { skip: true, reason: "s3://scratch/hhvm-4.28.2.tar.gz exists" },
        ForEachPlatform: Object.fromEntries(platforms.map((platform) => [platform, { MakeBinaryPackage: skipped }])),
        PublishBinaryPackages: skipped,
        PublishSourceTarball: { skip: true, reason: "tarball succeeded, signature succeeded" },
        PublishDockerImages: { skip: true, reason: expect.stringContaining("not asked for") },
      },
    },
  });
});

test("a nightly is published as it is made, and the CDN follows", async () => {
  await using world = await hhvmWorld();
  const build = await world.build("2026.11.24 debian-11-bullseye MakeSourceTarball");
  expect(build.output).toMatchObject({
    ForEachVersion: { "2026.11.24": { MakeSourceTarball: succeeded() } },
    InvalidateCloudFront: { success: expect.anything() },
  });
});

test("a platform that fails is tried three times, stops no other, and alone is named by the build's failure", async () => {
  const failing = "MakeBinaryPackage-4.28.2-ubuntu-18.04-bionic";
  await using world = await hhvmWorld((task) =>
    task.name === failing ? { seconds: 5, error: "Muster.ScriptFailed" } : { seconds: 60 },
  );
  const build = await world.build("4.28.2 4.29.0");
  const tries = world.worked.filter(({ task }) => task === failing);
  const gaps = tries.slice(1).map(({ at }, index) => Math.round((at - (tries[index]?.at ?? 0)) / 1000));
  expect(gaps).toEqual([60 + 5, 300 + 5]);
  expect(new Set(tries.map(({ instance }) => instance)).size).toBe(3);

  expect(build).toMatchObject({ status: "FAILED", error: "StepsFailed" });
  expect(build.message?.split("\n")).toEqual([
    "The following steps have failed:",
    `MakeBinaryPackage 4.28.2 ubuntu-18.04-bionic ${tries[2]?.instance} Muster.ScriptFailed, exit 1, after 5 s`,
  ]);
  expect(build.results).toMatchObject({
    ForEachVersion: {
      "4.28.2": {
        ForEachPlatform: {
          "debian-11-bullseye": { MakeBinaryPackage: succeeded() },
          "ubuntu-18.04-bionic": { MakeBinaryPackage: { failure: { Error: "Muster.ScriptFailed" } } },
        },
        PublishBinaryPackages: succeeded(),
        PublishDockerImages: succeeded(),
      },
      "4.29.0": wholeVersion,
    },
  });
});

test("a source tarball that fails skips the rest of its version and nothing of another", async () => {
  await using world = await hhvmWorld((task) =>
    task.name === "MakeSourceTarball-4.28.2" ? { seconds: 5, error: "Muster.ScriptFailed" } : { seconds: 60 },
  );
  const build = await world.build("4.28.2 4.29.0");
  expect(build.results).toMatchObject({ ForEachVersion: { "4.29.0": wholeVersion } });
  expect((build.results as { ForEachVersion: object }).ForEachVersion).toHaveProperty(["4.28.2"], {
    MakeSourceTarball: { failure: { Error: "Muster.ScriptFailed", Cause: expect.any(String) } },
  });
  expect(build.message?.split("\n")).toHaveLength(2);
});

test("a task of a test build is not tried again, and nothing is published", async () => {
  await using world = await hhvmWorld(() => ({ seconds: 5, error: "TestBuildNoRetry" }));
  const build = await world.build("4.28.2 debian-11-bullseye --test-build");
  expect(world.worked.map(({ task }) => task)).toEqual(["MakeBinaryPackage-4.28.2-debian-11-bullseye"]);
  expect(build).toMatchObject({ status: "FAILED" });
  expect(build.states).not.toContain("UpdateIndices");
});

test("a task whose machine is lost goes to another", async () => {
  await using world = await hhvmWorld((task, attempt) =>
    task.activity === "MakeSourceTarball" && attempt === 1 ? "lost" : { seconds: 60 },
  );
  const build = await world.build("4.28.2 debian-11-bullseye MakeSourceTarball");
  expect(build.status).toBe("SUCCEEDED");
  expect(new Set(world.worked.map(({ instance }) => instance)).size).toBe(2);
});

test("input that cannot be understood fails the execution at its first state", async () => {
  await using world = await hhvmWorld();
  const build = await world.build("4.28.2 MakeSuorceTarball");
  expect(build).toMatchObject({ status: "FAILED", error: "Muster.InvalidInput", states: ["ParseInput"] });
  expect(build.message).toContain("did you mean MakeSourceTarball?");
});
