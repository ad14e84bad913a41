import { activity, forEachVersion, releasesAndNightlies, sequence } from "@muster/pipeline";
import { expect, test } from "vitest";
import { Announce, announcingPipeline, examplePipeline, MakeSourceTarball } from "../test/example-pipeline.ts";
import { launchWorld } from "../test/launch-world.ts";

const { isNightly } = releasesAndNightlies();

const changed = async (results: unknown, debug = "", pipeline = examplePipeline()) => {
  await using world = await launchWorld({ pipeline });
  const buildInput = { versions: ["1.2.3"], platforms: [], activities: [], debug };
  return world.call("CheckIfReposChanged", { results, buildInput, execution: world.context("build-1") });
};
const success = { success: { ec2: "i-1", time_sec: "3" } };
const version = (results: unknown, name = "1.2.3") => ({ ForEachVersion: [{ version: name, results }] });

test("a success of a step that publishes changes the repositories, also one in a Parallel's branch", async () => {
  expect(await changed(version({ PublishBinaryPackages: success }))).toBe(true);
  expect(await changed(version({ BuildAndPublishLinuxAnd: [{ results: { PublishBinaryPackages: success } }] }))).toBe(
    true,
  );
});

test("other successes, skips and failures change nothing", async () => {
  expect(
    await changed(version({ MakeSourceTarball: success, PublishBinaryPackages: { skip: true, reason: "done" } })),
  ).toBe(false);
  expect(await changed(version({ PublishBinaryPackages: { failure: { Error: "x" } } }))).toBe(false);
  expect(await changed({})).toBe(false);
});

test("no debug mode changes anything", async () => {
  for (const debug of ["skip_ec2", "fake_ec2", "test_build"]) {
    expect(await changed(version({ PublishBinaryPackages: success }), debug)).toBe(false);
  }
});

test("an activity may change downloads for some versions only", async () => {
  const tarball = activity({ ...MakeSourceTarball, changesDownloads: isNightly });
  const pipeline = examplePipeline({ flow: forEachVersion(tarball) });
  expect(await changed(version({ MakeSourceTarball: success }, "2026.01.02"), "", pipeline)).toBe(true);
  expect(await changed(version({ MakeSourceTarball: success }), "", pipeline)).toBe(false);
});

test("a build's own step changes them too, where it may do so for some versions when it does for one of the build's", async () => {
  const pipeline = announcingPipeline();
  expect(await changed({ Announce: success }, "", pipeline)).toBe(true);
  expect(await changed({ Announce: { skip: true, reason: "done" } }, "", pipeline)).toBe(false);
  expect(await changed({ Announce: success }, "fake_ec2", pipeline)).toBe(false);
  const some = (changesDownloads: (version: string) => boolean) =>
    examplePipeline({ flow: sequence(forEachVersion(MakeSourceTarball), activity({ ...Announce, changesDownloads })) });
  expect(await changed({ Announce: success }, "", some(isNightly))).toBe(false);
  expect(
    await changed(
      { Announce: success },
      "",
      some((version) => version === "1.2.3"),
    ),
  ).toBe(true);
});

test("a build that retries what brings changes to users brings them, though it publishes nothing itself", async () => {
  await using world = await launchWorld();
  const call = (again: string[], debug = "") => {
    const retry = { build: "build-0", again, waited: [] };
    const buildInput = { versions: ["1.2.3"], platforms: [], activities: [], debug, retry };
    return world.call("CheckIfReposChanged", { results: {}, buildInput, execution: world.context("build-1") });
  };
  expect(await call(["UpdateIndices"])).toBe(true);
  expect(await call(["InvalidateCloudFront"])).toBe(true);
  expect(await call(["MakeSourceTarball-1.2.3"])).toBe(false);
  expect(await call(["UpdateIndices"], "fake_ec2")).toBe(false);
});
