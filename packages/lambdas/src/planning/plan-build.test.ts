import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import {
  type Activity,
  activity,
  approval,
  aptPackage,
  type BuildInput,
  downloads,
  forEachPlatform,
  forEachVersion,
  hours,
  listedPlatforms,
  type Per,
  type PipelineDefinition,
  parallel,
  scratch,
  sequence,
} from "@muster/pipeline";
import { expect, test } from "vitest";
import { announcingPipeline, examplePipeline, MakeSourceTarball } from "../../test/example-pipeline.ts";
import { launchWorld } from "../../test/launch-world.ts";
import { planBuild } from "./plan-build.ts";

type World = Awaited<ReturnType<typeof launchWorld>>;

const put = (world: World, Bucket: string, Key: string, Body = "x") =>
  world.clients.s3.send(new PutObjectCommand({ Bucket, Key, Body }));

const words: BuildInput = { versions: ["1.2.3"], platforms: [], activities: [], debug: "" };

const planOf = ({ pipeline, stage, clients }: World, build: Partial<BuildInput> = {}, s3: S3Client = clients.s3) =>
  planBuild({ ...words, ...build }, { pipeline, stage, s3 });

async function stepsOf(world: World, build: Partial<BuildInput> = {}) {
  const { tasks } = await planOf(world, build);
  return tasks.map(({ step }) => step);
}

function step<P extends Per>(name: string, per: P, rest: object = {}): Activity<P> {
  return activity({
    name,
    per,
    script: "make.sh",
    timeout: hours(1),
    worker: { instanceTypes: ["t3.micro"] },
    ...rest,
  } as never);
}

const pipelineOf = (...flow: Parameters<typeof forEachVersion>) => examplePipeline({ flow: forEachVersion(...flow) });

/** Built to scratch, published by another step, as the recipes have it. */
const Make = step("Make", "platform", {
  produces: ({ version, platform }: Place) => [scratch(`built/${version}/${platform}`)],
  publishes: ({ version, platform }: Place) => [
    aptPackage({ suite: `debian/dists/${platform}`, package: "p", version }),
  ],
  access: { writes: [scratch("built/")] },
});
const Publish = step("Publish", "version", {
  access: { writes: [downloads("debian/")] },
  shouldRun: async ({ platforms, status }: Asked) => {
    const found = await Promise.all(platforms.map((platform) => status(Make, platform)));
    return { run: found.includes("built_not_published"), reason: found.join(", ") };
  },
});
const Try = step("Try", "platform", {
  shouldRun: async ({ status }: Asked) => ({ run: (await status(Make)) === "succeeded", reason: "by what is out" }),
});

interface Place {
  readonly version: string;
  readonly platform: string;
}

interface Asked {
  readonly platforms: readonly string[];
  readonly status: (of: unknown, ...where: string[]) => Promise<string>;
}

test("a plan says what would run, and starts nothing", async () => {
  await using world = await launchWorld();
  await put(world, "scratch", "example-1.2.3.tar.gz");
  const steps = await stepsOf(world, { platforms: ["debian-12-bookworm"] });
  expect(steps.map(({ task, run }) => [task, run])).toEqual([
    ["MakeSourceTarball-1.2.3", false],
    ["MakeBinaryPackage-1.2.3-debian-12-bookworm", true],
    ["PublishBinaryPackages-1.2.3", true],
    ["PublishDockerImages-1.2.3", true],
  ]);
  expect([await world.stateKeys(), world.instances()]).toEqual([[], []]);
});

test("what a step will leave is there for the steps behind it, also what it uploads for another", async () => {
  await using world = await launchWorld({
    pipeline: pipelineOf(forEachPlatform(Make), Publish, forEachPlatform(Try)),
  });
  const steps = await stepsOf(world, { platforms: ["debian-12-bookworm", "debian-13-trixie"] });
  expect(steps.map(({ task, run, unless, after }) => [task, run, unless, after])).toEqual([
    ["Make-1.2.3-debian-12-bookworm", true, null, []],
    ["Make-1.2.3-debian-13-trixie", true, null, []],
    ["Publish-1.2.3", true, null, ["Make-1.2.3-debian-12-bookworm", "Make-1.2.3-debian-13-trixie"]],
    ["Try-1.2.3-debian-12-bookworm", true, null, ["Make-1.2.3-debian-12-bookworm", "Publish-1.2.3"]],
    ["Try-1.2.3-debian-13-trixie", true, null, ["Make-1.2.3-debian-13-trixie", "Publish-1.2.3"]],
  ]);
  // What nothing makes in this build is not there.
  expect((await stepsOf(world, { activities: ["Publish", "Try"] })).map(({ run }) => run)).toEqual([
    ...[false, false, false],
    false,
    ...[false, false, false],
  ]);
});

test("where the definition leaves open who publishes, the plan says what would make it another", async () => {
  await using world = await launchWorld();
  const steps = await stepsOf(world, { platforms: ["debian-12-bookworm"] });
  expect(steps.find(({ activity: name }) => name === "PublishBinaryPackages")).toMatchObject({
    run: true,
    unless: "MakeBinaryPackage 1.2.3 leaves s3://downloads/pool/debian-12-bookworm/example_1.2.3.deb",
    after: ["MakeBinaryPackage-1.2.3-debian-12-bookworm"],
  });
});

test("what goes on at the same time may be there or not, and is said where it matters", async () => {
  const Beside = step("Beside", "version", {
    shouldRun: async ({ status }: Asked) => ({
      run: (await status(MakeSourceTarball)) === "not_built",
      reason: "as long as there is no source",
    }),
  });
  await using world = await launchWorld({ pipeline: pipelineOf(parallel(MakeSourceTarball, Beside)) });
  expect((await stepsOf(world)).at(-1)).toMatchObject({
    run: true,
    unless: "MakeSourceTarball 1.2.3 leaves s3://scratch/example-1.2.3.tar.gz before that",
  });
  await put(world, "scratch", "example-1.2.3.tar.gz");
  expect((await stepsOf(world)).at(-1)).toMatchObject({ run: false, unless: null });
});

test("what is removed on the way is not counted on", async () => {
  const Clear = step("Clear", "version", { access: { writes: [], deletes: [scratch("example-")] } });
  const Use = step("Use", "version", {
    shouldRun: async ({ status }: Asked) => ({
      run: (await status(MakeSourceTarball)) === "succeeded",
      reason: "with the source",
    }),
  });
  await using world = await launchWorld({ pipeline: pipelineOf(MakeSourceTarball, Clear, Use) });
  expect((await stepsOf(world)).at(-1)).toMatchObject({
    run: true,
    unless: "Clear 1.2.3 removes s3://scratch/example-1.2.3.tar.gz",
  });
});

test("a list of platforms that cannot be had is said at its place, and all else is planned", async () => {
  const lists: Partial<PipelineDefinition> = {
    platforms: listedPlatforms({ url: (version) => `s3://scratch/platforms/${version}` }),
  };
  const { flow } = announcingPipeline();
  await using world = await launchWorld({ pipeline: examplePipeline({ ...lists, flow }) });
  await put(world, "scratch", "platforms/1.2.3", "debian-12-bookworm");
  const { tasks, lookups } = await planOf(world, { versions: ["1.2.4", "1.2.3"] });
  const problem = "there is nothing at s3://scratch/platforms/1.2.4 (check the version)";
  expect(lookups).toEqual([{ version: "1.2.4", problem }]);
  const unknown = { run: null, reason: "its platforms are not known" };
  expect(tasks.map(({ step: { activity: name, run, reason } }) => ({ name, run, reason }))).toMatchObject([
    { name: "MakeSourceTarball", run: true },
    { name: "MakeBinaryPackage", ...unknown },
    { name: "PublishBinaryPackages", ...unknown },
    { name: "PublishDockerImages", ...unknown },
    { name: "MakeSourceTarball", run: true },
    { name: "MakeBinaryPackage", run: true },
    { name: "PublishBinaryPackages", run: true },
    { name: "PublishDockerImages", run: true },
    { name: "Announce", run: true, reason: "s3://downloads/announced/1.2.3 does not exist" },
  ]);
  // Of a single version, there is nobody left to announce, or there is: it is not known.
  const alone = await planOf(world, { versions: ["1.2.4"], activities: ["MakeSourceTarball", "Announce"] });
  expect(alone.tasks.map(({ step: { activity: name, run } }) => [name, run])).toEqual([
    ["MakeSourceTarball", true],
    ["MakeBinaryPackage", false],
    ["PublishBinaryPackages", false],
    ["PublishDockerImages", false],
    ["Announce", null],
  ]);
});

test("a key that S3 refuses is said at its step, and all else is planned", async () => {
  await using world = await launchWorld({ pipeline: pipelineOf(MakeSourceTarball, forEachPlatform(Make), Publish) });
  const { s3 } = world.clients;
  s3.middlewareStack.add(
    (next) => (call) => {
      const { Key = "" } = call.input as { Key?: string };
      if (!Key.includes("trixie")) return next(call);
      throw Object.assign(new Error("Access Denied"), { name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    },
    { step: "initialize" },
  );
  const { tasks } = await planOf(world, { platforms: ["debian-12-bookworm", "debian-13-trixie"] });
  expect(tasks.map(({ step: { task, run } }) => [task, run])).toEqual([
    ["MakeSourceTarball-1.2.3", true],
    ["Make-1.2.3-debian-12-bookworm", true],
    ["Make-1.2.3-debian-13-trixie", null],
    // It may be there, or be made: nobody can look.
    ["Publish-1.2.3", null],
  ]);
  expect(tasks[2]?.step.reason).toMatch(
    /^(whether s3:\/\/scratch\/built\/1\.2\.3\/debian-13-trixie exists|what s3:\S+ holds) is not known: .*s3:GetObject/,
  );
});

test("an approval that has nothing to ask for ends its branch, and one that has lets the plan go on", async () => {
  const Release = step("Release", "version", { publishes: () => [downloads("released")] });
  const Approve = approval({ name: "Approve", summary: "Whether it goes out" });
  await using world = await launchWorld({ pipeline: pipelineOf(MakeSourceTarball, sequence(Approve, Release)) });
  expect((await stepsOf(world)).map(({ run }) => run)).toEqual([true, true]);
  await put(world, "downloads", "released");
  expect((await stepsOf(world)).map(({ run }) => run)).toEqual([true, false]);
});

test("steps before the platforms are looked up are told none, as in a build", async () => {
  const First = step("First", "version", {
    worksOn: ({ platforms }: { platforms: readonly string[] }) => platforms.slice(0, 1),
    env: ({ platforms }: { platforms: readonly string[] }) => ({ SEEN: platforms.join(" ") }),
  });
  const Last = step("Last", "version", {
    worksOn: ({ platforms }: { platforms: readonly string[] }) => platforms.slice(0, 1),
  });
  await using world = await launchWorld({ pipeline: pipelineOf(First, forEachPlatform(Make), Last) });
  const steps = await stepsOf(world, { platforms: ["debian-13-trixie"] });
  expect(steps.map(({ activity: name, run }) => [name, run])).toEqual([
    ["First", true],
    ["Make", true],
    ["Last", false],
  ]);
});

test("a build's own step is one task in its plan, after those of all versions", async () => {
  await using world = await launchWorld({ pipeline: announcingPipeline() });
  await put(world, "downloads", "announced/1.2.3");
  const platforms = ["debian-12-bookworm"];
  const steps = await stepsOf(world, { versions: ["1.2.3", "1.2.4"], platforms });
  expect(steps.map(({ task }) => task)).toEqual([
    ...["1.2.3", "1.2.4"].flatMap((version) => [
      `MakeSourceTarball-${version}`,
      `MakeBinaryPackage-${version}-debian-12-bookworm`,
      `PublishBinaryPackages-${version}`,
      `PublishDockerImages-${version}`,
    ]),
    "Announce",
  ]);
  expect(steps.at(-1)).toEqual({
    task: "Announce",
    activity: "Announce",
    per: "build",
    run: true,
    reason: "s3://downloads/announced/1.2.4 does not exist",
    unless: null,
    after: [],
  });
  expect((await stepsOf(world, { platforms })).at(-1)).toMatchObject({
    run: false,
    reason: "s3://downloads/announced/1.2.3 exists",
  });
  const alone = await stepsOf(world, { versions: ["1.2.4"], platforms, activities: ["Announce"] });
  expect(alone.filter(({ run }) => run).map(({ task }) => task)).toEqual(["Announce"]);
});
