import { downloads, type Pipeline, type Published } from "@muster/pipeline";
import { type PlayedScript, type SimulatedBuild, simulate } from "@muster/simulation";
import { expect, test } from "vitest";
import addedPlatform from "./examples/added-platform.ts";
import betweenSteps from "./examples/between-steps.ts";
import caches from "./examples/caches.ts";
import platformDifferences from "./examples/platform-differences.ts";
import takenBack from "./examples/taken-back.ts";

// What docs/pipelines.md promises of the examples that it shows.

interface Played {
  readonly scripts?: Readonly<Record<string, PlayedScript>>;
  readonly objects?: readonly Published[];
}

/** The same build, so many times, in one world. */
async function buildsOf(pipeline: Pipeline, words: string, times: number, played: Played): Promise<SimulatedBuild[]> {
  const world = await simulate(pipeline, played);
  const builds: SimulatedBuild[] = [];
  try {
    for (let index = 0; index < times; index++) builds.push(await world.build(words));
  } finally {
    await world.close();
  }
  for (const { beyondAccess } of builds) expect(beyondAccess).toEqual([]);
  return builds;
}

test("a platform that is added to a published version is built from the tarball that users have", async () => {
  const tarball = downloads("source/1.2.3.tar.gz");
  const [build, again] = await buildsOf(addedPlatform, "1.2.3", 2, {
    objects: [tarball, downloads("1.2.3/debian-12-bookworm.deb")],
    scripts: {
      MakeTarball: async (task) => {
        expect(task.input.env.RESTORE_FROM).toMatch(/^s3:\/\/\S+\/source\/1\.2\.3\.tar\.gz$/);
        await task.reads(tarball);
        await task.leavesAll();
      },
    },
  });
  expect(build?.done).toEqual(["MakeTarball-1.2.3", "MakePackage-1.2.3-debian-13-trixie"]);
  expect(Object.keys(build?.skipped ?? {})).toEqual(["MakePackage-1.2.3-debian-12-bookworm", "PublishTarball-1.2.3"]);
  expect(again?.done).toEqual([]);
});

test("a version that is taken back is gone from where users get it, once, and no build makes it again", async () => {
  const world = await simulate(takenBack);
  try {
    expect((await world.build("1.2.4")).done).toEqual(["Publish-1.2.4", "AddToIndex-1.2.4", "Announce-1.2.4"]);
    await world.put(downloads("index/1.2.4"));
    const taken = await world.withdraw("1.2.4");
    expect(taken).toMatchObject({
      status: "succeeded",
      done: ["Publish-1.2.4", "AddToIndex-1.2.4"],
      skipped: { "Announce-1.2.4": expect.stringContaining("cannot be taken back: it was read") },
      beyondAccess: [],
    });
    expect((await world.withdraw("1.2.4")).done).toEqual([]);
    await expect(world.build("1.2.4")).resolves.toMatchObject({ status: "failed", done: [] });
    expect((await world.build("1.2.4 --republish")).done).toContain("Publish-1.2.4");
  } finally {
    await world.close();
  }
});

test("each platform is compiled by the activity that is for it", async () => {
  const compilers: Record<string, string | undefined> = {};
  const compiles: PlayedScript = async (task) => {
    compilers[task.input.name] = task.input.env.CC;
    await task.leavesAll();
  };
  await buildsOf(platformDifferences, "1.2.3", 1, { scripts: { Compile: compiles, CompileLarge: compiles } });
  expect(compilers).toEqual({
    "Compile-1.2.3-debian-12-bookworm": "gcc-12",
    "CompileLarge-1.2.3-debian-13-trixie": "gcc-14",
  });
});

test("a step finds what the steps before it have made, and waits for all of it", async () => {
  let failures = 3; // all attempts of the first build
  const [build, again] = await buildsOf(betweenSteps, "1.2.3", 2, {
    scripts: {
      MakePackage: (task) =>
        task.input.name.endsWith("trixie") && failures-- > 0 ? task.fails("error: no compiler") : task.leavesAll(),
      PublishSums: async (task) => {
        for (const key of task.input.env.PACKAGES?.split(" ") ?? [])
          expect(await task.reads({ bucket: "scratch", key }), key).toBeDefined();
        await task.leavesAll();
      },
    },
  });
  expect(build).toMatchObject({
    status: "failed",
    skipped: { "PublishSums-1.2.3": "MakePackage debian-13-trixie failed" },
  });
  expect(again?.done).toEqual(["MakePackage-1.2.3-debian-13-trixie", "PublishSums-1.2.3"]);
});

test("a cache may be read and written, and is no evidence of anything", async () => {
  const found: boolean[] = [];
  const [build, other] = await buildsOf(caches, "1.2.3", 2, {
    scripts: {
      Compile: async (task) => {
        const cache = { bucket: "scratch", key: task.input.env.CACHE ?? "" } as const;
        found.push((await task.reads(cache)) !== undefined);
        await task.writes(cache, "objects");
        await task.fails("error: it does not compile");
      },
    },
  });
  expect([build?.status, other?.status]).toEqual(["failed", "failed"]);
  expect(found).toContain(true);
});
