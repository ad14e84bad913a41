import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { DescribeExecutionCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import pipeline, { MakeBinaryPackage } from "@muster/pipeline-muster";
import { expect, test } from "vitest";
import { ofThisPipeline } from "./arranged-calls.ts";
import { eventually } from "./eventually.ts";
import { recordingWorld } from "./recording-world.ts";

const golden = fileURLToPath(new URL("../../../infra/testing/golden/", import.meta.url));
const repository = fileURLToPath(new URL("../../..", import.meta.url));
/** One of each family of distributions. */
const PLATFORMS = "debian-12-bookworm ubuntu-24.04-noble";

/**
 * The default pipeline as it is, with its own scripts, and a builder of images that has nothing to do. `vitest run -u` writes the file anew; what
 * functions and agents call for any pipeline is recorded beside it, and first.
 */
test("the calls that a build of the default pipeline adds are the recorded ones", async () => {
  const scripts = join(repository, "pipelines/muster");
  const programs = { docker: "#!/bin/sh\nexit 0\n" };
  await using world = await recordingWorld(pipeline, {
    scripts,
    programs,
    environment: { MUSTER_REPOSITORY: repository },
  });
  const build = async (name: string, input: string | object) => {
    const { stateMachineArn } = world;
    const { executionArn } = await world.sfn.send(
      new StartExecutionCommand({
        stateMachineArn,
        name,
        input: JSON.stringify(typeof input === "string" ? { input } : input),
      }),
    );
    return eventually(
      `${name} ends`,
      async () => {
        const { status, cause } = await world.sfn.send(new DescribeExecutionCommand({ executionArn }));
        return status === "RUNNING" ? undefined : `${status} ${cause ?? ""}`;
      },
      { patienceMs: 300_000 },
    );
  };
  const remove = async (bucket: "scratch" | "downloads" | "state", Key: string) =>
    world.s3.send(new DeleteObjectCommand({ Bucket: world.stage.buckets[bucket], Key }));

  // The first of all publishers makes the key.
  expect(await build("source", "1.2.3 MakeSourceTarball PublishSourceTarball")).toBe("SUCCEEDED ");
  // A source that is published is fetched, not made anew; a signature that is missing is added to it.
  await remove("scratch", "muster-1.2.3.tar.gz.sha256");
  await remove("downloads", "source/muster-1.2.3.tar.gz.sig");
  await remove("downloads", "muster-archive-keyring.gpg");
  await remove("state", "signing/private-key.asc");
  // A page shows times by the minute: with another object its page is written over, however soon the same is published again.
  const { downloads } = world.stage.buckets;
  await world.s3.send(new PutObjectCommand({ Bucket: downloads, Key: "source/muster-1.2.2.tar.gz", Body: "earlier" }));
  expect(await build("packages", `1.2.3 ${PLATFORMS}`)).toBe("SUCCEEDED ");
  // An image's package that has expired in scratch comes from the pool.
  const platforms = PLATFORMS.split(" ");
  for (const platform of platforms) {
    const subject = { per: "platform", version: "1.2.3", platform, platforms, buildPlatforms: platforms } as const;
    for (const { key } of MakeBinaryPackage.produces?.(subject) ?? []) await remove("scratch", key);
  }
  expect(await build("images", `1.2.3 ${PLATFORMS} PublishDockerImages`)).toBe("SUCCEEDED ");

  // Scratch has the source no longer: the version is taken back by the tool of the published one.
  await remove("scratch", "muster-1.2.3.tar.gz.sha256");
  expect(await build("withdrawal", { inputs: ["1.2.3"], withdraw: { by: "tester" } })).toBe("SUCCEEDED ");

  const known = JSON.parse(await readFile(join(golden, "recorded-calls.json"), "utf8"));
  await expect(`${JSON.stringify(ofThisPipeline(world.recorded(), pipeline, known), null, 2)}\n`).toMatchFileSnapshot(
    join(golden, "recorded-build.json"),
  );
});
