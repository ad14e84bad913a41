import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import {
  activity,
  aptPackage,
  downloads,
  forEachPlatform,
  forEachVersion,
  minutes,
  WithdrawalRecord,
} from "@muster/pipeline";
import { stateKey, stateRecords } from "@muster/records";
import { expect, test } from "vitest";
import { examplePipeline, MakeBinaryPackage } from "../test/example-pipeline.ts";
import { launchWorld } from "../test/launch-world.ts";
import type { VersionMatrix } from "./deciding/version-matrix.ts";

const small = { timeout: minutes(30), worker: { instanceTypes: ["t3.micro"] as [string] } };
const Publish = activity({
  ...small,
  name: "Publish",
  per: "version",
  script: "publish.sh",
  publishes: ({ version }) => [downloads(`${version}.tar`), downloads(`${version}.sig`)],
  withdraw: { kind: "script", script: "withdraw.sh" },
});
const Packages = activity({
  ...small,
  name: "Packages",
  per: "version",
  script: "packages.sh",
  withdraw: {
    kind: "script",
    script: "withdraw-packages.sh",
    takes: ({ version }) => [aptPackage({ suite: "debian/dists/bookworm", package: "example", version })],
  },
});
const Tell = activity({
  ...small,
  name: "Tell",
  per: "version",
  script: "tell.sh",
  publishes: ({ version }) => [downloads(`told/${version}`)],
  withdraw: { kind: "impossible", reason: "it was read" },
});
const pipeline = examplePipeline({
  flow: forEachVersion(forEachPlatform(MakeBinaryPackage), Publish, Packages, Tell),
});

const scripts = { script: "s3://assets/publish.sh", withdraw: "s3://assets/withdraw.sh" };
const withdraw = { by: "alice", reason: "crashes on start" };

async function withdrawalWorld() {
  const world = await launchWorld({ pipeline });
  const { s3 } = world.clients;
  const parse = (input: unknown, build = "build-1", startTime = "2026-01-02T03:04:05Z") =>
    world.call("ParseInput", { input, execution: { ...world.context(build), startTime } });
  return {
    ...world,
    parse,
    put: (key: string) => s3.send(new PutObjectCommand({ Bucket: "downloads", Key: key, Body: "x" })),
    drop: (key: string) => s3.send(new DeleteObjectCommand({ Bucket: "downloads", Key: key })),
    events: async () => {
      const records = stateRecords(new S3Client({ ...world.aws.clientConfig(), forcePathStyle: true }), "state");
      return (await records.read(stateKey.withdrawal("1.2.3"), WithdrawalRecord))?.value.events;
    },
    prepare: (
      name: string,
      {
        asked = true,
        told = scripts,
        platform,
      }: { asked?: boolean; told?: object; platform?: string | undefined } = {},
    ) =>
      world.call("PrepareActivity", {
        activity: name,
        version: "1.2.3",
        ...(platform !== undefined && { platform }),
        buildInput: {
          versions: ["1.2.3"],
          platforms: [],
          activities: [],
          debug: "",
          ...(asked && { withdraw }),
        },
        execution: world.context("build-1"),
        enteredTime: new Date(world.clock.now()).toISOString(),
        scripts: told,
        // Of a build this would be reason enough to leave it out.
        before: [{ Packages: { failure: { Error: "x" } } }],
      }),
    matrix: async () => (await world.call("BuildStatus", { version: "1.2.3" })) as VersionMatrix,
    [Symbol.asyncDispose]: world[Symbol.asyncDispose],
  };
}

test("a withdrawal is written down before anything is taken back, once however often the state is tried", async () => {
  await using world = await withdrawalWorld();
  const said = { inputs: ["1.2.3"], withdraw };
  expect(await world.parse(said)).toMatchObject({ buildInput: { versions: ["1.2.3"], withdraw } });
  await world.parse(said);
  const first = { event: "withdrawn", at: "2026-01-02T03:04:05.000Z", build: "build-1", ...withdraw };
  expect(await world.events()).toEqual([first]);
  await world.parse({ inputs: ["1.2.3"], withdraw: { by: "bob" } }, "build-2", "2026-01-03T00:00:00Z");
  const second = { event: "withdrawn", at: "2026-01-03T00:00:00.000Z", build: "build-2", by: "bob" };
  expect(await world.events()).toEqual([first, second]);
});

test("no build publishes again what was taken back, until one says that it means to", async () => {
  await using world = await withdrawalWorld();
  await world.parse({ inputs: ["1.2.3"], withdraw });
  await expect(world.parse("1.2.3", "build-2")).rejects.toMatchObject({
    name: "Muster.InvalidInput",
    message:
      "1.2.3 was withdrawn by alice at 2026-01-02 03:04 (crashes on start) (--republish builds and publishes it again)",
  });
  await expect(world.parse("1.2.4 1.2.3", "build-2")).rejects.toThrow("it again; or leave it out)");
  for (const harmless of ["1.2.4", "1.2.3 --fake-ec2", "1.2.3 --test-build"])
    await expect(world.parse(harmless, "build-2")).resolves.toBeDefined();
  await expect(world.parse("1.2.3 --republish", "build-3")).resolves.toBeDefined();
  expect((await world.events())?.at(-1)).toMatchObject({ event: "republished", build: "build-3" });
  await expect(world.parse("1.2.3", "build-4")).resolves.toBeDefined();
});

test("a version that was never withdrawn has no record, though a build would publish it again", async () => {
  await using world = await withdrawalWorld();
  await world.parse("1.2.3 --republish");
  expect(await world.events()).toBeUndefined();
});

test("beside a withdrawal no build of the version starts, whatever it says, and no withdrawal beside a build", async () => {
  await using world = await withdrawalWorld();
  const { stateMachineArn } = world.stage;
  const input = JSON.stringify({ inputs: ["1.2.3"], withdraw });
  await world.clients.sfn.send(new StartExecutionCommand({ stateMachineArn, name: "taking", input }));
  await expect(world.parse("1.2.3 --allow-overlap --republish")).rejects.toThrow(
    "taking is taking 1.2.3 back (wait for it, or end it with: muster stop taking)",
  );
  await world.start("building", "1.2.4 --allow-overlap");
  await expect(world.parse({ inputs: ["1.2.4"], withdraw })).rejects.toThrow("the build building is building 1.2.4");
});

test("a step that has something of the version with users takes it back by its own script, whatever failed before", async () => {
  await using world = await withdrawalWorld();
  await world.put("1.2.3.sig");
  expect(await world.prepare("Publish")).toMatchObject({
    skip: false,
    reason: "s3://downloads/1.2.3.sig is there",
    taskInput: {
      scripts: { script: "s3://assets/withdraw.sh" },
      env: { VERSION: "1.2.3", TAKE_BACK: "s3://downloads/1.2.3.tar s3://downloads/1.2.3.sig" },
    },
  });
  await world.put("1.2.3.tar");
  expect(await world.prepare("Publish")).toMatchObject({
    reason: "s3://downloads/1.2.3.tar and 1 more are there",
  });
});

test("one that has nothing there is skipped, and so is one that cannot, or does not say how", async () => {
  await using world = await withdrawalWorld();
  const skipped = async (name: string, platform?: string) =>
    ((await world.prepare(name, { platform })) as { reason: string }).reason;
  expect(await skipped("Publish")).toBe("s3://downloads/1.2.3.tar is not there");
  expect(await skipped("Packages")).toBe("example 1.2.3 in s3://downloads/debian/dists/bookworm is not there");
  const built = { activity: "MakeBinaryPackage", platform: "debian-12-bookworm" };
  expect(await skipped(built.activity, built.platform)).toBe("it has no withdrawal of its own");
  await world.put("told/1.2.3");
  expect(await skipped("Tell")).toBe("cannot be taken back: it was read");
  expect(world.instances()).toEqual([]);
});

test("a state machine that names no such script publishes nothing by mistake", async () => {
  await using world = await withdrawalWorld();
  await world.put("1.2.3.tar");
  await expect(world.prepare("Publish", { told: { script: "s3://assets/publish.sh" } })).rejects.toMatchObject({
    name: "Muster.InvalidConfiguration",
    message: expect.stringContaining("the state machine names no script by which Publish is taken back"),
  });
});

test("workers of a build are told of no withdrawal", async () => {
  await using world = await withdrawalWorld();
  const answer = (await world.prepare("Packages", { asked: false })) as { skip: boolean };
  expect(answer).toMatchObject({ skip: true, reason: "Packages failed" });
  expect(
    await world.call("PrepareActivity", {
      activity: "Publish",
      version: "1.2.3",
      buildInput: { versions: ["1.2.3"], platforms: [], activities: [], debug: "" },
      execution: world.context("build-1"),
      enteredTime: new Date(world.clock.now()).toISOString(),
      scripts,
    }),
  ).toMatchObject({ taskInput: { scripts: { script: "s3://assets/publish.sh" } } });
});

test("the matrix says of what was taken back that it is withdrawn, and of what is still there that users have it", async () => {
  await using world = await withdrawalWorld();
  await world.put("1.2.3.tar");
  await world.put("1.2.3.sig");
  await world.put("told/1.2.3");
  const statuses = async () => (await world.matrix()).cells.slice(-2).map(({ status }) => status);
  expect((await world.matrix()).withdrawal).toBeNull();
  await world.parse({ inputs: ["1.2.3"], withdraw });
  expect(await statuses()).toEqual(["succeeded", "succeeded"]);
  await world.drop("1.2.3.tar");
  expect(await statuses()).toEqual(["withdrawn", "succeeded"]);
  expect((await world.matrix()).withdrawal).toEqual({
    at: "2026-01-02T03:04:05.000Z",
    by: "alice",
    reason: "crashes on start",
    build: "build-1",
  });
  await world.parse("1.2.3 --republish", "build-2");
  expect(await statuses()).toEqual(["not_built", "succeeded"]);
});

test("whatever was taken back, index pages and CDN follow; where nothing was, they stay", async () => {
  await using world = await withdrawalWorld();
  const buildInput = { versions: ["1.2.3"], platforms: [], activities: [], debug: "", withdraw };
  const changed = (result: object) =>
    world.call("CheckIfReposChanged", {
      results: { ForEachVersion: [{ version: "1.2.3", results: { Publish: result } }] },
      buildInput,
      execution: world.context("build-1"),
    });
  expect(await changed({ success: { ec2: "i-1", time_sec: "3" } })).toBe(true);
  expect(await changed({ skip: true, reason: "it is not there" })).toBe(false);
});
