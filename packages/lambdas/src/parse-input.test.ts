import { outages } from "@muster/local";
import { flagInput, textInput } from "@muster/pipeline";
import { expect, test } from "vitest";
import { examplePipeline } from "../test/example-pipeline.ts";
import { launchWorld } from "../test/launch-world.ts";

type World = Awaited<ReturnType<typeof launchWorld>>;
const parse = (world: World, input: unknown, build = "build-9") =>
  world.call("ParseInput", { input, execution: { ...world.context(build), startTime: "2026-01-02T03:04:05Z" } });
const telling = examplePipeline({
  inputs: {
    target: textInput({ summary: "Where it goes" }),
    dry_run: flagInput({ summary: "Whether nothing is sent" }),
  },
});

test("without a version, the nightly of the UTC day on which the execution started is built", async () => {
  await using world = await launchWorld();
  expect(await parse(world, {})).toEqual({
    buildInput: { versions: ["2026.01.02"], platforms: [], activities: [], debug: "" },
  });
});

test("a word that nobody knows is refused by name", async () => {
  await using world = await launchWorld();
  await expect(parse(world, "1.2.3 MakeBinaryPakage")).rejects.toMatchObject({
    name: "Muster.InvalidInput",
    message: '"MakeBinaryPakage" is not a version, platform, step or option (did you mean MakeBinaryPackage?)',
  });
});

test("what a build is told is understood with the defaults of the rest, however it is said, or refused by name", async () => {
  await using world = await launchWorld({ pipeline: telling });
  const buildInput = { inputs: { target: "production", dry_run: false } };
  await expect(parse(world, "--input target=production")).resolves.toMatchObject({ buildInput });
  await expect(parse(world, { input: { target: "production" } })).resolves.toMatchObject({ buildInput });
  await expect(parse(world, {})).rejects.toMatchObject({
    name: "Muster.InvalidInput",
    message: "the input target has no value: Where it goes (say --input target=<text>)",
  });
});

test("a build that makes the same with other inputs is refused by them, also one that began before they were declared", async () => {
  await using world = await launchWorld({ pipeline: telling });
  await world.start("build-1", "4.1.0 --input target=production --input dry_run=true");
  await world.start("build-2", "4.2.0");
  await expect(parse(world, "4.1.0 --input target=staging --input dry_run=true")).rejects.toThrow(
    "the build build-1 is building 4.1.0 with target=production (wait for it",
  );
  await expect(parse(world, "4.2.0 --input target=staging")).rejects.toThrow(
    "the build build-2 is building 4.2.0 (wait for it",
  );
});

test("a build that makes the same as a running one is refused, and says how to go on", async () => {
  await using world = await launchWorld();
  await world.start("build-1", "4.1.0 debian-12-bookworm debian-13-trixie");
  await expect(parse(world, "4.1.0 debian-13-trixie")).rejects.toMatchObject({
    name: "Muster.InvalidInput",
    message:
      "the build build-1 is building 4.1.0 for debian-13-trixie (wait for it, end it with: muster stop build-1, or say --allow-overlap)",
  });
  await expect(parse(world, "4.1.0")).rejects.toThrow("the build build-1 is building 4.1.0 (");
});

test("other versions, other platforms, fake builds and those that say so may run beside it", async () => {
  await using world = await launchWorld();
  await world.start("build-1", "4.1.0 debian-12-bookworm");
  for (const input of [
    "4.1.1",
    "4.1.0 debian-13-trixie",
    "4.1.0 --fake-ec2",
    "4.1.0 --skip-ec2",
    "4.1.0 --allow-overlap",
  ]) {
    await expect(parse(world, input)).resolves.toMatchObject({ buildInput: expect.anything() });
  }
});

test("a real build may run beside a fake one", async () => {
  await using world = await launchWorld();
  await world.start("build-1", "4.1.0 --fake-ec2");
  await expect(parse(world, "4.1.0")).resolves.toMatchObject({ buildInput: { debug: "" } });
});

test("of two builds that start together the earlier goes on, and a build does not overlap itself", async () => {
  await using world = await launchWorld();
  await world.start("build-1", "4.1.0");
  await world.advance(1);
  await world.start("build-2", "4.1.0");
  const parseOwn = (build: string, startTime: string) =>
    world.call("ParseInput", { input: "4.1.0", execution: { ...world.context(build), startTime } });
  await expect(parseOwn("build-1", "2026-01-01T00:00:00.000Z")).resolves.toMatchObject({
    buildInput: expect.anything(),
  });
  await expect(parseOwn("build-2", "2026-01-01T00:00:01.000Z")).rejects.toThrow("the build build-1 is building 4.1.0");
});

test("a quota too small for a single worker is found before anything is built", async () => {
  await using world = await launchWorld({ vcpuQuotas: { onDemand: 8, spot: 8 } });
  await expect(parse(world, "4.1.0")).rejects.toMatchObject({
    name: "Muster.InvalidConfiguration",
    message: expect.stringContaining(
      "MakeBinaryPackage needs 16 vCPUs for one worker and EC2 allows this account 8 (spot, quota L-34B43A08)",
    ),
  });
  await expect(parse(world, "4.1.0 MakeSourceTarball")).resolves.toBeDefined();
});

test("a quota that cannot be found out stops nobody", async () => {
  await using world = await launchWorld({ vcpuQuotas: { onDemand: 0, spot: 0 } });
  world.aws.failCalls({ service: "servicequotas" }, { code: "AccessDeniedException" });
  await expect(parse(world, "4.1.0")).resolves.toBeDefined();
});

test.each(Object.entries(outages))("a %s of Service Quotas stops nobody", async (_, fault) => {
  await using world = await launchWorld({ vcpuQuotas: { onDemand: 0, spot: 0 } });
  world.aws.failCalls({ service: "servicequotas" }, fault);
  await expect(parse(world, "4.1.0")).resolves.toBeDefined();
  expect(world.logged).toContainEqual(expect.objectContaining({ message: "quota unknown", error: expect.any(String) }));
});

test.each(Object.entries(outages))(
  "a %s while looking for running builds has not seen that there is none",
  async (_, fault) => {
    await using world = await launchWorld();
    await world.start("build-1", "4.1.0");
    const heal = world.aws.failCalls({ operation: "DescribeExecution" }, fault);
    await expect(parse(world, "4.1.0")).rejects.toMatchObject({ name: expect.not.stringMatching(/^Muster\./) });
    heal();
    await expect(parse(world, "4.1.0")).rejects.toThrow("the build build-1 is building 4.1.0");
  },
);
