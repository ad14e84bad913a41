import { PutObjectCommand } from "@aws-sdk/client-s3";
import {
  activity,
  downloads,
  forEachPlatform,
  forEachVersion,
  hours,
  parseBuildInput,
  scratch,
} from "@muster/pipeline";
import { expect, test } from "vitest";
import { examplePipeline } from "../../test/example-pipeline.ts";
import { launchWorld } from "../../test/launch-world.ts";
import { planBuild } from "./plan-build.ts";

const common = { script: "make.sh", timeout: hours(1), worker: { instanceTypes: ["t3.micro"] } } as const;
const Source = activity({
  ...common,
  name: "Source",
  per: "version",
  produces: ({ version }) => [scratch(`source/${version}`)],
});
const Make = activity({
  ...common,
  name: "Make",
  per: "platform",
  produces: ({ version, platform }) => [scratch(`built/${version}/${platform}`)],
  publishes: ({ version, platform }) => [downloads(`pool/${version}/${platform}`)],
  access: { reads: [scratch("source/")], writes: [scratch("built/")] },
});
const Publish = activity({
  ...common,
  name: "Publish",
  per: "version",
  access: { reads: [scratch("built/")], writes: [downloads("pool/")] },
  shouldRun: async ({ platforms, status }) => {
    const found = await Promise.all(platforms.map((platform) => status(Make, platform)));
    return { run: found.includes("built_not_published"), reason: found.join(", ") };
  },
});
const PublishSource = activity({
  ...common,
  name: "PublishSource",
  per: "version",
  publishes: ({ version }) => [downloads(`source/${version}`)],
  access: { reads: [scratch("source/")] },
});
const pipeline = examplePipeline({ flow: forEachVersion(Source, forEachPlatform(Make), Publish, PublishSource) });

test("a plan of what is made again says so of each step, and leaves alone what gets nothing of it", async () => {
  await using world = await launchWorld({ pipeline });
  const { s3 } = world.clients;
  const { stage } = world;
  const platforms = ["debian-12-bookworm", "debian-13-trixie"];
  const put = (Bucket: string, Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
  for (const platform of platforms) {
    await put("scratch", `built/1.2.3/${platform}`);
    await put("downloads", `pool/1.2.3/${platform}`);
  }
  await put("scratch", "source/1.2.3");
  await put("downloads", "source/1.2.3");
  const planned = async (words: string) => {
    const build = parseBuildInput(`1.2.3 ${platforms.join(" ")} ${words}`, pipeline, { today: new Date() });
    const { tasks } = await planBuild(build, { pipeline, stage, s3 });
    return tasks.map(({ step: { activity: name, run, reason, unless } }) => [name, run, reason, unless]);
  };
  const there = (text: string) => expect.stringMatching(new RegExp(`^${text} exists?$`));

  expect((await planned("")).map(([, run]) => run)).toEqual([false, false, false, false, false]);
  expect(await planned("--rerun Make")).toEqual([
    ["Source", false, there("s3://scratch/source/1.2.3"), null],
    ["Make", true, there("made again \\(--rerun\\), although s3://downloads/pool/1.2.3/debian-12-bookworm"), null],
    ["Make", true, there("made again \\(--rerun\\), although s3://downloads/pool/1.2.3/debian-13-trixie"), null],
    ["Publish", true, "made again after Make (--rerun), although succeeded, succeeded, not_built", null],
    ["PublishSource", false, there("s3://downloads/source/1.2.3"), null],
  ]);
  expect((await planned("--rerun Source")).map(([, run]) => run)).toEqual([true, true, true, true, true]);
  expect((await planned("--force")).map(([, run]) => run)).toEqual([true, true, true, true, true]);
  expect((await planned("Make --force")).map(([, run]) => run)).toEqual([false, true, true, false, false]);
});
