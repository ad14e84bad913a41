import {
  type Activity,
  type BuildStatus,
  type Decision,
  debianVersions,
  definePipeline,
  fixedPlatforms,
  forEachPlatform,
  forEachVersion,
  type PlatformSubject,
  parseLinuxPlatform,
  type Question,
  sequence,
  type VersionSubject,
} from "@muster/pipeline";
import { expect, test } from "vitest";
import { everyRecipe, hello } from "../testing/every-recipe.ts";
import { debianBuild } from "./apt-location.ts";
import { aptRepository } from "./apt-repository.ts";
import { debianPackage } from "./debian-package.ts";
import { installTest } from "./install-test.ts";
import type { Program } from "./program.ts";
import { rpmPackage } from "./rpm-package.ts";
import { sourceTarball } from "./source-tarball.ts";
import { rpmBuild } from "./yum-location.ts";

const key = { name: "hello", from: { kind: "generated" } } as const;
const platforms = ["debian-12-bookworm", "fedora-42"];
const build = { versions: ["1.2.0"], platforms: [], activities: [], debug: "" } as const;

const named = (per: Activity["per"]) => everyRecipe.filter((each) => each.per === per);

test("all recipes fit into one pipeline, whose definition nothing is wrong with", () => {
  const pipeline = definePipeline({
    name: "hello",
    summary: "hello",
    platforms: fixedPlatforms(...platforms),
    flow: sequence(
      forEachVersion(
        ...(named("version") as Activity<"version">[]),
        forEachPlatform(...(named("platform") as Activity<"platform">[])),
      ),
      ...(named("build") as Activity<"build">[]),
    ),
    image: "/image",
    dummyScript: "dummy.sh",
    invalidates: [],
  });
  expect(pipeline.activities).toHaveLength(everyRecipe.length);
});

/** What an activity's own rule answers about a version, of which nothing or something is there. */
async function rule(
  activity: Activity,
  version: string,
  { platform = "", state = "not_built" as BuildStatus, days = 90 } = {},
) {
  const subject: VersionSubject | PlatformSubject =
    activity.per === "platform"
      ? { per: "platform", version, platform, platforms, buildPlatforms: platforms }
      : { per: "version", version, platforms, buildPlatforms: platforms };
  const question = { ...subject, build, status: async () => state, daysValid: async () => days };
  const shouldRun = activity.shouldRun as ((asked: Question) => Promise<Decision | undefined>) | undefined;
  return shouldRun?.(question as unknown as Question);
}

test("a withdrawn version is made by nothing", async () => {
  const makers = [sourceTarball(hello), debianPackage(hello), rpmPackage(hello)];
  for (const maker of makers) {
    const platform = maker.name === "MakeRpmPackages" ? "fedora-42" : "debian-12-bookworm";
    expect(await rule(maker, "1.1.0", { platform })).toEqual({ run: false, reason: "hello 1.1.0 is withdrawn" });
    expect(await rule(maker, "1.2.0", { platform })).toBeUndefined();
  }
});

test("packages are made for the platforms of their kind", async () => {
  expect(await rule(debianPackage(hello), "1.2.0", { platform: "fedora-42" })).toMatchObject({ run: false });
  expect(await rule(rpmPackage(hello), "1.2.0", { platform: "debian-12-bookworm" })).toMatchObject({ run: false });
});

test("an apt repository is written for what is built, for what is withdrawn, and for an index that ends soon", async () => {
  const repository = aptRepository([hello], { key, validDays: 90 });
  expect(await rule(repository, "1.2.0")).toMatchObject({ run: false });
  expect(await rule(repository, "1.2.0", { state: "built_not_published" })).toEqual({
    run: true,
    reason: "hello on debian-12-bookworm: built, not published",
  });
  expect(await rule(repository, "1.1.0", { state: "built_not_published" })).toMatchObject({ run: false });
  expect(await rule(repository, "1.1.0", { state: "succeeded" })).toEqual({
    run: true,
    reason: "hello on debian-12-bookworm: published, and withdrawn",
  });
  expect(await rule(repository, "1.2.0", { state: "succeeded" })).toMatchObject({ run: false });
  expect(await rule(repository, "1.2.0", { state: "succeeded", days: 29 })).toEqual({
    run: true,
    reason: "debian/dists/bookworm: to be signed anew",
  });
});

test("a published tarball that scratch has no longer is taken from there, for what starts from it", () => {
  const { produces, publishes, restoredFrom } = sourceTarball(hello, { key, publish: "source" });
  const asked: VersionSubject = { per: "version", version: "1.2.0", platforms, buildPlatforms: platforms };
  expect(publishes).toBeUndefined();
  const keys = (objects: readonly { key: string }[] = []) => objects.map((each) => each.key);
  expect(keys(restoredFrom?.(asked))).toEqual(keys(produces?.(asked)));
});

test("what is not published is not tested", async () => {
  const tested = installTest(hello, { key, run: "hello" });
  for (const platform of platforms) {
    expect(await rule(tested, "1.2.0", { platform, state: "not_built" })).toMatchObject({ run: false });
    expect(await rule(tested, "1.2.0", { platform, state: "succeeded" })).toBeUndefined();
  }
  expect(await rule(tested, "1.2.0", { platform: "fedora-42" })).toEqual({
    run: false,
    reason: "hello 1.2.0-1.fc42 is not published",
  });
});

test("packages bear version, revision and distribution, and a pre-release sorts before its release", () => {
  expect(debianBuild(hello, "1.2.0_2", "ubuntu-24.04-noble")).toMatchObject({
    family: "ubuntu",
    debianVersion: "1.2.0-2~noble",
    checksum: { bucket: "scratch", key: "packages/hello/1.2.0-2~noble/hello_1.2.0-2~noble.sha256" },
    published: [{ package: "hello", suite: { bucket: "downloads", key: "ubuntu/dists/noble" } }],
  });
  expect(debianBuild(hello, "2.0.0-rc1", "debian-12-bookworm").debianVersion).toBe("2.0.0~rc1-1~bookworm");
  expect(rpmBuild(hello, "1.2.0_2", "fedora-42")).toMatchObject({ release: "2.fc42", repository: "rpm/fedora-42" });
  expect(rpmBuild(hello, "1.2.0-rc1", "rocky-9")).toMatchObject({ full: "1.2.0~rc1-1.el9" });
  const native: Program = { name: "hello", versions: debianVersions() };
  expect(debianBuild(native, "2.10-3", "debian-12-bookworm").debianVersion).toBe("2.10-3~bookworm");
  expect(debianBuild(native, "2.10", "debian-12-bookworm").debianVersion).toBe("2.10-1~bookworm");
});

test("a platform without packages of a kind is named", () => {
  expect(parseLinuxPlatform("macos-13")).toBeUndefined();
  expect(() => debianBuild(hello, "1.2.0", "macos-13")).toThrow("macos-13 is neither a Debian nor an Ubuntu");
  expect(() => rpmBuild(hello, "1.2.0", "macos-13")).toThrow("macos-13 is none of fedora, rocky, almalinux, centos");
});
