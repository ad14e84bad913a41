import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canPublish } from "./testing/built-packages.ts";
import { releaseBench } from "./testing/release-bench.ts";

const buster = "debian-10-buster";
const bionic = "ubuntu-18.04-bionic";
const focal = "ubuntu-20.04-focal";

const succeeded = { success: expect.anything() };
const skipped = { skip: true, reason: expect.any(String) };

let bench: Awaited<ReturnType<typeof releaseBench>>;

describe.skipIf(!canPublish)("HHVM's releases on one machine: each test goes on where the one before it ended", () => {
  beforeAll(async () => {
    bench = await releaseBench();
    await bench.series("4.100", [buster, focal], ["latest", "4.100-latest"]);
    await bench.series("4.28", [buster, focal], ["4.28-latest"]);
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  test("a release: packages that apt installs, a signed source, its tag and branch, both images", async () => {
    const commit = await bench.repositories.tagInStaging("4.100.0");
    const { exitCode, report } = await bench.build("4.100.0");
    expect(exitCode, report).toBe(0);
    expect(await (await bench.apt("ubuntu", "focal")).install("hhvm-dev")).toContain("hhvm-dev=4.100.0-1~focal");
    await (await bench.apt("debian", "buster-4.100")).download("hhvm", "hhvm-dbg");
    const source = join(bench.downloads, "source/hhvm-4.100.0.tar.gz");
    await bench.verify(`${source}.sig`, source);
    for (const ref of ["refs/tags/HHVM-4.100.0", "refs/heads/HHVM-4.100"]) {
      expect(await bench.repositories.inPublic(ref)).toBe(commit);
    }
    expect(await bench.image("hhvm/hhvm:latest")).toContain("HHVM_PACKAGE=hhvm=4.100.0-*");
    expect(await bench.image("hhvm/hhvm-proxygen:latest")).toContain("HHVM_BASE_IMAGE=hhvm/hhvm:4.100.0");
  });

  test("a release is planned with what is on this machine", async () => {
    const { exitCode, stdout, stderr } = await bench.muster("build", "4.28.3", "--plan");
    expect(exitCode, stderr).toBe(0);
    for (const platform of [buster, focal]) expect(stdout).toMatch(new RegExp(`MakeBinaryPackage.*${platform}`));
  });

  test("a security release is built from the private repository, and nothing of it is seen", async () => {
    await bench.repositories.tagInStaging("4.28.3");
    const before = await bench.published();
    const { exitCode, report } = await bench.build("4.28.3", "MakeSourceTarball", "MakeBinaryPackage");
    expect(exitCode, report).toBe(0);
    expect(await bench.published()).toEqual(before);
    expect(await bench.repositories.inPublic("refs/tags/HHVM-4.28.3")).toBeUndefined();
  });

  test("it is published later in one step, beside the newer series, and takes neither its suite nor `latest`", async () => {
    const { exitCode, report, steps } = await bench.build("4.28.3");
    expect(exitCode, report).toBe(0);
    expect(steps).toMatchObject({
      MakeSourceTarball: skipped,
      ForEachPlatform: { [buster]: { MakeBinaryPackage: skipped }, [focal]: { MakeBinaryPackage: skipped } },
      PublishBinaryPackages: succeeded,
      PublishSourceTarball: succeeded,
      PublishDockerImages: succeeded,
    });
    expect(await (await bench.apt("ubuntu", "focal-4.28")).install("hhvm-dev")).toContain("hhvm-dev=4.28.3-1~focal");
    expect(await (await bench.apt("ubuntu", "focal")).install("hhvm")).toEqual(["hhvm=4.100.0-1~focal"]);
    expect(await bench.repositories.inPublic("refs/tags/HHVM-4.28.3")).toBeDefined();
    expect(await bench.image("hhvm/hhvm:4.28-latest")).toContain("HHVM_PACKAGE=hhvm=4.28.3-*");
    expect(await bench.image("hhvm/hhvm:latest")).toContain("HHVM_PACKAGE=hhvm=4.100.0-*");
    expect((await bench.muster("matrix", "4.28.3")).stdout).not.toMatch(/built_not_published|not_built/);
  });

  test("a platform that is added after scratch has expired is made of the source that users have", async () => {
    await bench.expireScratch();
    await bench.series("4.28", [buster, bionic, focal], ["4.28-latest"]);
    const { exitCode, report, steps } = await bench.build("4.28.3");
    expect(exitCode, report).toBe(0);
    expect(steps).toMatchObject({
      MakeSourceTarball: { success: { note: "taken from s3://hhvm-downloads/source/hhvm-4.28.3.tar.gz" } },
      ForEachPlatform: { [bionic]: { MakeBinaryPackage: succeeded }, [focal]: { MakeBinaryPackage: skipped } },
      PublishBinaryPackages: { success: { note: expect.stringContaining(bionic) } },
    });
    expect(await (await bench.apt("ubuntu", "bionic-4.28")).install("hhvm")).toEqual(["hhvm=4.28.3-1~bionic"]);
    const content = (path: string) => readFile(join(bench.downloads, path));
    const source = await content("source/hhvm-4.28.3.tar.gz");
    expect((await content("ubuntu/pool/main/h/hhvm/hhvm_4.28.3.orig.tar.gz")).equals(source)).toBe(true);
  });

  test("a build that is narrowed to a platform without images leaves them, and `latest`, alone", async () => {
    await bench.repositories.tagInStaging("4.100.1");
    const { exitCode, report, steps } = await bench.build("4.100.1", buster);
    expect(exitCode, report).toBe(0);
    expect(steps).toMatchObject({
      PublishBinaryPackages: succeeded,
      PublishDockerImages: { skip: true, reason: `it works on ${focal}, and this build is of ${buster}` },
    });
    expect(await bench.image("hhvm/hhvm:latest")).toContain("HHVM_PACKAGE=hhvm=4.100.0-*");
  });

  test("a version that came to one of its suites only is not published, and the next build finishes it", async () => {
    await bench.breakAt("focal-4.100");
    const failed = await bench.build("4.100.1");
    expect(failed).toMatchObject({ exitCode: 1, steps: { PublishBinaryPackages: { failure: expect.anything() } } });
    expect(await (await bench.apt("ubuntu", "focal")).install("hhvm")).toEqual(["hhvm=4.100.1-1~focal"]);
    await bench.breakAt(undefined);
    const { exitCode, report, steps } = await bench.build("4.100.1");
    expect(exitCode, report).toBe(0);
    expect(steps).toMatchObject({
      ForEachPlatform: { [buster]: { MakeBinaryPackage: skipped }, [focal]: { MakeBinaryPackage: skipped } },
      PublishBinaryPackages: { success: { note: focal } },
    });
    expect(await (await bench.apt("ubuntu", "focal-4.100")).install("hhvm")).toEqual(["hhvm=4.100.1-1~focal"]);
    expect(await bench.image("hhvm/hhvm:latest")).toContain("HHVM_PACKAGE=hhvm=4.100.1-*");
  });
});
