import { existsSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import {
  activitiesOf,
  activityNamed,
  awsName,
  type BuildInput,
  checkScripts,
  evidenceText,
  type Per,
  Place,
  type Published,
  parseBuildInput,
  s3Url,
  statusOf,
  statusQuestion,
  type Task,
  taskAt,
  taskEnvironment,
} from "@muster/pipeline";
import { describe, expect, test } from "vitest";
import { binaryPackage, source, sourceSignature, sourceTarball } from "./artifacts.ts";
import hhvm, { MakeBinaryPackage, MakeSourceTarball, PublishDockerImages } from "./pipeline.ts";

const around = { platforms: [], buildPlatforms: [], versions: ["4.28.2"], failedVersions: [] };
const buckets = { assets: "assets", state: "state", scratch: "hhvm-scratch", downloads: "hhvm-downloads" };
const build: BuildInput = { versions: ["4.28.2"], platforms: [], activities: [], debug: "" };
const urls = (evidence: readonly Published[] = []) => evidence.map((each) => evidenceText(each, buckets));

test("activities have the reference pipeline's machines, volumes and timeouts, in its order", () => {
  expect(
    activitiesOf(hhvm.flow).map(({ name, per, timeout, worker }) => [
      name,
      per,
      worker.instanceTypes[0],
      worker.rootVolumeGb,
      timeout / 60,
    ]),
  ).toEqual([
    ["MakeSourceTarball", "version", "t2.micro", 16, 30],
    ["MakeBinaryPackage", "platform", "r6i.4xlarge", 256, 240],
    ["PublishBinaryPackages", "version", "t2.micro", 100, 240],
    ["PublishSourceTarball", "version", "t2.micro", undefined, 30],
    ["PublishDockerImages", "version", "t2.micro", undefined, 240],
  ]);
  expect(activityNamed(hhvm, "PublishBinaryPackages")).toMatchObject({
    exclusive: true,
    worker: { availabilityZones: ["us-west-2a"] },
  });
});

test("queues are called as they were", () => {
  expect(hhvm.activities.map(({ name }) => awsName("hhvm", hhvm, name))).toEqual([
    "hhvm-make-source-tarball",
    "hhvm-make-binary-package",
    "hhvm-publish-binary-packages",
    "hhvm-publish-source-tarball",
    "hhvm-publish-docker-images",
  ]);
});

test("every script is there and may be executed", async () => {
  const missing: string[] = [];
  checkScripts(hhvm, (path) => !existsSync(join(import.meta.dirname, path)));
  for (const { script, init, afterTask } of hhvm.activities) {
    for (const path of [script, init, afterTask, hhvm.dummyScript]) {
      if (path === undefined) continue;
      await access(join(import.meta.dirname, path), constants.X_OK).catch(() => missing.push(path));
    }
  }
  expect(missing).toEqual([]);
});

test("artifacts lie where users and earlier releases have them", () => {
  const subject = {
    per: "platform",
    version: "4.28.2",
    platform: "ubuntu-18.04-bionic",
    platforms: [],
    buildPlatforms: [],
  } as const;
  const nightly = { ...subject, version: "2026.11.24", platform: "debian-11-bullseye" };
  const version = { per: "version", version: "4.28.2", platforms: [], buildPlatforms: [] } as const;
  expect(urls(binaryPackage.produces(subject))).toEqual(
    ["hhvm_4.28.2-1~bionic_amd64.deb", "hhvm-dev_4.28.2-1~bionic_amd64.deb", "hhvm-dbg_4.28.2-1~bionic_amd64.deb"]
      .concat("hhvm_4.28.2-1~bionic_amd64.changes")
      .map((name) => `s3://hhvm-scratch/4.28.2/ubuntu-18.04-bionic/${name}`),
  );
  expect(urls(binaryPackage.publishes(subject))).toEqual(
    ["hhvm", "hhvm-dev", "hhvm-dbg"].map(
      (name) => `${name} 4.28.2-1~bionic amd64 in s3://hhvm-downloads/ubuntu/dists/bionic-4.28`,
    ),
  );
  expect(urls(binaryPackage.publishes(nightly))[0]).toBe(
    "hhvm-nightly 2026.11.24-1~bullseye amd64 in s3://hhvm-downloads/debian/dists/bullseye",
  );
  expect(urls(source.publishes?.(version))).toEqual(["s3://hhvm-downloads/source/hhvm-4.28.2.tar.gz"]);
  expect(urls(sourceSignature.publishes?.(version))).toEqual(["s3://hhvm-downloads/source/hhvm-4.28.2.tar.gz.sig"]);
  expect(urls(sourceSignature.produces?.(version))).toEqual(["s3://hhvm-scratch/hhvm-4.28.2.tar.gz.sig"]);
  expect(urls(MakeSourceTarball.produces?.(version))).toEqual(["s3://hhvm-scratch/hhvm-4.28.2.tar.gz"]);
  expect(urls(MakeSourceTarball.publishes?.({ ...version, version: "2026.11.24" }))).toEqual([
    "s3://hhvm-downloads/source/nightlies/hhvm-nightly-2026.11.24.tar.gz",
  ]);
});

test("a platform that is no Linux has no package", () => {
  expect(
    binaryPackage.produces({
      per: "platform",
      version: "4.28.2",
      platform: "macos-13",
      platforms: [],
      buildPlatforms: [],
    }),
  ).toEqual([]);
});

test("tasks get the standard environment", () => {
  const environment = (name: string, version: string, platform?: string) => {
    const task = taskAt(activityNamed(hhvm, name), Place.parse({ version, platform }), around);
    return taskEnvironment(hhvm, task, { build, buckets });
  };
  expect(environment("MakeBinaryPackage", "4.28.2", "debian-11-bullseye")).toMatchObject({
    VERSION: "4.28.2",
    DISTRO: "debian-11-bullseye",
    IS_NIGHTLY: "false",
    S3_BUCKET: "hhvm-scratch",
    S3_PATH: "hhvm-4.28.2.tar.gz",
    S3_SOURCE: "s3://hhvm-scratch/hhvm-4.28.2.tar.gz",
    PACKAGING_BRANCH: "HHVM-4.28",
  });
  expect(environment("MakeSourceTarball", "2026.11.24")).toMatchObject({
    IS_NIGHTLY: "true",
    S3_BUCKET: "hhvm-downloads",
    S3_PATH: "source/nightlies/hhvm-nightly-2026.11.24.tar.gz",
    PACKAGING_BRANCH: "master",
  });
  expect(environment("PublishBinaryPackages", "4.28.2")).toMatchObject({ REPOS_ONLY: "1", CHANNEL: "release" });
  expect(environment("PublishDockerImages", "4.28.2")).toMatchObject({ DOCKER_ONLY: "1" });
  expect(environment("PublishDockerImages", "2026.11.24")).toMatchObject({ CHANNEL: "nightly" });
});

test("images are of one distribution, whatever a build was asked for", () => {
  const { worksOn } = PublishDockerImages;
  const of = (...platforms: string[]) =>
    worksOn?.({ per: "version", version: "4.28.2", platforms, buildPlatforms: [] });
  expect(of("debian-10-buster", "ubuntu-18.04-bionic", "ubuntu-20.04-focal", "ubuntu-21.10-impish")).toEqual([
    "ubuntu-20.04-focal",
  ]);
  expect(of("debian-10-buster", "ubuntu-16.04-xenial", "ubuntu-18.04-bionic")).toEqual(["ubuntu-18.04-bionic"]);
  expect(of("debian-10-buster")).toEqual([]);
});

test("a release's source that expired is taken from what users have; a nightly's is there", () => {
  const subject = { per: "version", version: "4.28.2", platforms: [], buildPlatforms: [] } as const;
  expect(urls(MakeSourceTarball.restoredFrom?.(subject))).toEqual(["s3://hhvm-downloads/source/hhvm-4.28.2.tar.gz"]);
  expect(MakeSourceTarball.restoredFrom?.({ ...subject, version: "2026.11.24" })).toEqual([]);
});

test("a test build makes packages, and publishes nothing", () => {
  const parsed = parseBuildInput("4.28.2 --test-build", hhvm, { today: new Date() });
  expect(parsed.activities).toEqual(["MakeBinaryPackage"]);
  const subject = {
    per: "platform",
    version: "4.28.2",
    platform: "debian-11-bullseye",
    platforms: [],
    buildPlatforms: [],
  } as const;
  expect(MakeBinaryPackage.env?.({ ...subject, build: parsed })).toEqual({ SKIP_PUBLISH: "1" });
  expect(MakeBinaryPackage.env?.({ ...subject, build })).toEqual({});
});

test("platforms are those of the packaging branch", () => {
  const { platforms } = hhvm;
  if (platforms.kind !== "listed") throw new Error("they are listed");
  expect(platforms.url("4.28.2")).toBe("https://raw.githubusercontent.com/hhvm/packaging/HHVM-4.28/CURRENT_TARGETS");
  expect(platforms.url("2026.11.24")).toBe("https://raw.githubusercontent.com/hhvm/packaging/master/CURRENT_TARGETS");
});

test("the CDN follows what changes, and never the pool", () => {
  expect(hhvm.invalidates).toEqual([
    "/debian/conf/*",
    "/debian/db/*",
    "/debian/dists/*",
    "/ubuntu/conf/*",
    "/ubuntu/db/*",
    "/ubuntu/dists/*",
  ]);
  const changes = hhvm.activities.map(({ name, changesDownloads }) => {
    const of = (version: string) =>
      typeof changesDownloads === "function" ? changesDownloads(version) : changesDownloads;
    return [name, of("4.28.2") ?? false, of("2026.11.24") ?? false];
  });
  expect(changes).toEqual([
    ["MakeSourceTarball", false, true],
    ["MakeBinaryPackage", false, false],
    ["PublishBinaryPackages", true, true],
    ["PublishSourceTarball", true, true],
    ["PublishDockerImages", false, false],
  ]);
});

describe("what runs", () => {
  const version = "4.28.2";
  const platforms = ["debian-11-bullseye", "ubuntu-18.04-bionic", "macos-13"];

  /** A world in which exactly these URLs are there. */
  async function runs(
    name: string,
    there: readonly string[],
    asked: object = {},
    days?: number,
    has = platforms,
  ): Promise<boolean> {
    const exists = async (evidence: Published) => there.includes(evidenceText(evidence, buckets));
    const decide = async <P extends Per>({ activity, subject }: Task<P>) => {
      if (activity.shouldRun === undefined) return (await statusOf(activity, subject, exists)).status === "not_built";
      return (
        (
          await activity.shouldRun({
            ...subject,
            build,
            status: statusQuestion(subject, exists),
            daysValid: async () => days,
          })
        )?.run === true
      );
    };
    return decide(
      taskAt(activityNamed(hhvm, name), Place.parse({ version, ...asked }), {
        ...around,
        platforms: has,
        buildPlatforms: has,
      }),
    );
  }

  const debian11 = {
    per: "platform",
    version,
    platform: "debian-11-bullseye",
    platforms,
    buildPlatforms: platforms,
  } as const;
  const inScratch = urls(binaryPackage.produces(debian11));
  const published = urls(binaryPackage.publishes(debian11));
  const [tarball, publishedTarball] = [
    s3Url(sourceTarball("4.28.2"), buckets),
    "s3://hhvm-downloads/source/hhvm-4.28.2.tar.gz",
  ];

  test.each<[string, readonly string[], boolean]>([
    ["MakeSourceTarball", [], true],
    ["MakeSourceTarball", [tarball], false],
    ["PublishBinaryPackages", [], false],
    ["PublishBinaryPackages", inScratch, true],
    ["PublishBinaryPackages", inScratch.slice(1), false],
    ["PublishBinaryPackages", [...inScratch, ...published.slice(1)], true],
    ["PublishBinaryPackages", [...inScratch, ...published], false],
    ["PublishSourceTarball", [], false],
    ["PublishSourceTarball", [tarball], true],
    ["PublishSourceTarball", [tarball, publishedTarball], false],
    ["PublishSourceTarball", [tarball, `${tarball}.sig`, publishedTarball], true],
    ["PublishSourceTarball", [`${publishedTarball}.sig`, publishedTarball], false],
    ["PublishDockerImages", [...inScratch, ...published, tarball, publishedTarball], true],
  ])("%s, where %j is there: %s", async (name, there, expected) => {
    expect(await runs(name, there)).toBe(expected);
  });

  test("a package is made where it is neither built nor published, whatever lies in the pool", async () => {
    const platform = "debian-11-bullseye";
    expect(await runs("MakeBinaryPackage", [], { platform })).toBe(true);
    expect(await runs("MakeBinaryPackage", inScratch, { platform })).toBe(false);
    expect(await runs("MakeBinaryPackage", published, { platform })).toBe(false);
    const pooled = "s3://hhvm-downloads/debian/pool/main/h/hhvm/hhvm_4.28.2-1~bullseye_amd64.deb";
    expect(await runs("MakeBinaryPackage", [pooled], { platform })).toBe(true);
  });

  test("images are made in every build of a version that has a platform for them", async () => {
    expect(await runs("PublishDockerImages", [])).toBe(true);
    expect(await runs("PublishDockerImages", [], {}, undefined, ["debian-11-bullseye"])).toBe(false);
  });

  test("what is published is signed anew in time, and else left alone", async () => {
    expect(await runs("PublishBinaryPackages", published, {}, 31)).toBe(false);
    expect(await runs("PublishBinaryPackages", published, {}, 29)).toBe(true);
    expect(await runs("PublishBinaryPackages", [], {}, 29)).toBe(false);
  });

  test("the tarball of a nightly is published as it is made, never after", async () => {
    const version = "2026.11.24";
    expect(await runs("PublishSourceTarball", [`s3://hhvm-scratch/hhvm-${version}.tar.gz`], { version })).toBe(false);
    expect(await runs("MakeSourceTarball", [s3Url(sourceTarball(version), buckets)], { version })).toBe(false);
  });
});
