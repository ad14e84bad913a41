import {
  activity,
  approval,
  aptPackage,
  definePipeline,
  downloads,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  hours,
  minutes,
  scratch,
  sequence,
} from "@muster/pipeline";
import hhvm from "@muster/pipeline-hhvm";
import { expect, test } from "vitest";
import { simulate } from "./simulate.ts";

const worker = { instanceTypes: ["t3.micro"] } as const;
const Fetch = activity({
  name: "Fetch",
  per: "version",
  script: "fetch.sh",
  timeout: minutes(30),
  worker,
  produces: ({ version }) => [scratch(`${version}.tar`)],
});
const Compile = activity({
  name: "Compile",
  per: "platform",
  script: "compile.sh",
  timeout: hours(4),
  worker,
  produces: ({ version, platform }) => [scratch(`${version}/${platform}.deb`)],
  access: {
    reads: [scratch("")],
    writes: ({ version, platform }) => [scratch(`${version}/${platform}.deb`)],
    deletes: [scratch("old/")],
  },
});
const Publish = activity({
  name: "Publish",
  per: "version",
  script: "publish.sh",
  timeout: minutes(30),
  worker,
  publishes: ({ version }) => [
    downloads(`${version}/SHA256SUMS`),
    aptPackage({ suite: "debian/dists/bookworm", package: "example", version }),
  ],
  changesDownloads: true,
});
const Announce = activity({
  name: "Announce",
  per: "build",
  script: "announce.sh",
  timeout: minutes(10),
  worker,
  publishes: ({ versions }) => versions.map((version) => downloads(`announced/${version}`)),
});
const platforms = ["debian-12-bookworm", "debian-13-trixie"] as const;
const pipeline = definePipeline({
  name: "example",
  summary: "An example",
  platforms: fixedPlatforms(...platforms),
  flow: sequence(forEachVersion(Fetch, forEachPlatform(Compile), Publish), Announce),
  image: "/image",
  dummyScript: "dummy.sh",
  invalidates: ["/*"],
});
const compiles = platforms.map((platform) => `Compile-1.2.3-${platform}`);

test("every step runs once, a second build skips what is there, and says why", async () => {
  await using world = await simulate(pipeline);
  const first = await world.build("1.2.3");
  expect(first).toMatchObject({ status: "succeeded", skipped: {}, failed: {}, undone: [], beyondAccess: [] });
  expect(first.done).toEqual(["Fetch-1.2.3", ...compiles, "Publish-1.2.3", "Announce"]);
  expect(first.attempts.toSorted()).toEqual(first.done.toSorted());
  const second = await world.build("1.2.3");
  expect(second.done).toEqual([]);
  expect(second.skipped["Fetch-1.2.3"]).toBe("s3://scratch/1.2.3.tar exists");
});

test("what lies there decides what runs", async () => {
  await using world = await simulate(pipeline, { objects: [scratch("1.2.3.tar")] });
  await world.put(scratch("1.2.3/debian-13-trixie.deb"));
  const { done, skipped } = await world.build("1.2.3");
  expect(done).toEqual(["Compile-1.2.3-debian-12-bookworm", "Publish-1.2.3", "Announce"]);
  expect(Object.keys(skipped)).toEqual(["Fetch-1.2.3", "Compile-1.2.3-debian-13-trixie"]);
});

test("a failure is tried again, and leaves undone what follows it and nothing else", async () => {
  await using world = await simulate(pipeline, {
    scripts: {
      Fetch: (task) => (task.input.env.VERSION === "1.2.4" ? task.fails("error: no such tag") : task.leavesAll()),
    },
  });
  const build = await world.build("1.2.3 1.2.4");
  expect(build.status).toBe("failed");
  expect(build.failed).toEqual({ "Fetch-1.2.4": "Muster.ScriptFailed" });
  expect(build.undone).toEqual([...platforms.map((platform) => `Compile-1.2.4-${platform}`), "Publish-1.2.4"]);
  expect(build.done).toEqual(["Fetch-1.2.3", ...compiles, "Publish-1.2.3", "Announce"]);
  expect(build.message).toMatch(/^Fetch 1\.2\.4 i-\w+ Muster\.ScriptFailed, exit 1, after 60 s: error: no such tag$/m);
  expect(build.attempts.filter((name) => name === "Fetch-1.2.4").length).toBeGreaterThan(1);
});

test("a machine that is lost costs a retry, and time that nobody waits for", async () => {
  await using world = await simulate(pipeline, {
    scripts: {
      Compile: async (task) => {
        task.takes(1200);
        if (task.attempt === 1) task.isLost();
        await task.leavesAll();
      },
    },
  });
  const { status, attempts, seconds } = await world.build("1.2.3", "debian-12-bookworm");
  expect(status).toBe("succeeded");
  expect(attempts.filter((name) => name.startsWith("Compile"))).toHaveLength(2);
  expect(seconds).toBeGreaterThan(1200);
});

test("a script does what its step's access names, and fails at what it does not", async () => {
  const seen: (string | undefined)[] = [];
  await using world = await simulate(pipeline, {
    objects: [scratch("old/1"), scratch("input")],
    scripts: {
      Compile: async (task) => {
        seen.push(await task.reads(scratch("input")), await task.reads(scratch("none")));
        await task.removes(scratch("old/1"));
        await task.leavesAll();
        if (task.input.env.DISTRO === "debian-13-trixie") await task.writes(downloads("index.html"));
      },
      Publish: async (task) => void (await task.reads(scratch("1.2.3/debian-12-bookworm.deb"))),
    },
  });
  const build = await world.build("1.2.3");
  expect(new Set(seen)).toEqual(new Set(["there before", undefined]));
  expect(new Set(build.beyondAccess)).toContainEqual({
    task: "Compile-1.2.3-debian-13-trixie",
    touch: "writes",
    url: "s3://downloads/index.html",
  });
  expect(build.beyondAccess).toContainEqual({
    task: "Publish-1.2.3",
    touch: "reads",
    url: "s3://scratch/1.2.3/debian-12-bookworm.deb",
  });
  expect(Object.keys(build.failed)).toEqual(["Compile-1.2.3-debian-13-trixie", "Publish-1.2.3"]);
  expect(build.message).toContain("AccessDenied: access.writes of Compile does not name s3://downloads/index.html");
});

test("what a played script throws by mistake is the test's, and no failure of the build's", async () => {
  await using world = await simulate(pipeline, {
    scripts: {
      Fetch: () => {
        throw new TypeError("a mistake in the test");
      },
    },
  });
  await expect(world.build("1.2.3")).rejects.toThrow("a mistake in the test");
});

test("a script of no step is refused with the nearest one, and platforms at a URL must be named", async () => {
  await expect(simulate(pipeline, { scripts: { Compil: () => {} } })).rejects.toMatchObject({
    message: 'example has no step "Compil" whose script could be played',
    hint: "did you mean Compile?",
  });
  await expect(simulate(hhvm)).rejects.toThrow("the platforms of hhvm are listed at a URL");
  await using world = await simulate(hhvm, { platforms: ["debian-11-bullseye"] });
  const { status, failed } = await world.build("4.28.2", "MakeSourceTarball");
  expect({ status, failed }).toEqual({ status: "succeeded", failed: {} });
});

test("who is asked approves, unless a test says otherwise", async () => {
  const asking = definePipeline({
    name: "asking",
    summary: "Asks before it announces",
    platforms: fixedPlatforms("any"),
    flow: sequence(
      forEachVersion(Fetch),
      approval({ name: "ApproveNews", summary: "Whether users hear of it", timeout: hours(1) }),
      Announce,
    ),
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
  });
  await using approved = await simulate(asking);
  expect(await approved.build("1.2.3")).toMatchObject({ status: "succeeded", done: ["Fetch-1.2.3", "Announce"] });
  for (const [answer, error] of [
    ["rejected", "Muster.Rejected"],
    ["unanswered", "Muster.NotApproved"],
  ] as const) {
    await using refused = await simulate(asking, { answers: { ApproveNews: answer } });
    const built = await refused.build("1.2.3");
    expect(built).toMatchObject({ status: "failed", undone: ["Announce"] });
    expect(built.message).toContain(`ApproveNews ${error}`);
  }
});
