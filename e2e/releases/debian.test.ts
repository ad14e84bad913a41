import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot, keepChroots, restoreChroots } from "./chroots.ts";
import { createReleaseRepository, lacking, pipelineText, type ReleaseRepository, run } from "./release-repository.ts";

const missing = await lacking("apt-ftparchive", "dpkg-source", "dget", "git", "gpg", "lintian", "mmdebstrap", "zstd");
if (!isRoot) missing.push("root");
if (missing.length > 0) console.log(`Debian packages are not tried: there is no ${missing.join(", ")}`);

/** Debian's own source package, as it was released with bookworm. */
const dsc = "http://deb.debian.org/debian/pool/main/h/hello/hello_2.10-3.dsc";

let repository: ReleaseRepository;

const pipeline = ({ platforms = ["debian-12-bookworm", "debian-13-trixie"], withdrawn = [] as string[] } = {}) =>
  pipelineText({
    name: "hello",
    platforms,
    imports: "aptRepository, debianPackage, installTest, smokeTest, sourceTarball",
    values: `const hello: Program = { name: "hello", withdrawn: ${JSON.stringify(withdrawn)} };`,
    flow: `forEachVersion(
    sourceTarball(hello, { key, publish: "source" }),
    forEachPlatform(debianPackage(hello)),
    aptRepository([hello], { key }),
    forEachPlatform(
      installTest(hello, { key, run: "hello --version" }),
      smokeTest(hello, { key, script: "smoke.sh" }),
    ),
  )`,
  });

const smoke = `#!/bin/bash
set -euo pipefail
installed <<'CHECK'
test "$(hello --greeting=moin)" = moin
CHECK
`;

/** GNU hello as a repository of one's own: what Debian has, committed. */
async function commitHello(): Promise<void> {
  const fetched = join(repository.dir, ".muster/fetched");
  await mkdir(fetched, { recursive: true });
  await run("dget", ["--quiet", "--allow-unauthenticated", "--download-only", dsc], { cwd: fetched });
  await run("dpkg-source", ["--no-check", "--extract", "hello_2.10-3.dsc", "tree"], { cwd: fetched });
  await rm(join(fetched, "tree/.pc"), { recursive: true, force: true });
  await cp(join(fetched, "tree"), repository.dir, { recursive: true });
  await rm(fetched, { recursive: true });
}

const pool = async () =>
  (await readdir(join(repository.downloads, "debian/pool/main/h/hello")))
    .filter((name) => name.endsWith(".deb"))
    .sort();
const published = (...versions: readonly string[]) =>
  versions.flatMap((version) => [`hello-dbgsym_${version}_amd64.deb`, `hello_${version}_amd64.deb`]).sort();

async function built(version: string): Promise<string> {
  const { exitCode, output } = await repository.build(version);
  await keepChroots(repository);
  expect(exitCode, output).toBe(0);
  return output;
}

describe.skipIf(missing.length > 0)("GNU hello", () => {
  beforeAll(async () => {
    repository = await createReleaseRepository("hello");
    await restoreChroots(repository);
    await commitHello();
    await repository.write("release/smoke.sh", smoke, { executable: true });
    await repository.write("release/pipeline.ts", pipeline({ platforms: ["debian-12-bookworm"] }));
    await repository.tag("2.10.0");
  });
  afterAll(() => repository?.[Symbol.asyncDispose]());

  test("is built in a clean chroot, published, installed by apt with signatures on, and run", async () => {
    expect(await built("2.10.0")).toContain("5 tasks done");
    expect(await pool()).toEqual(published("2.10.0-1~bookworm"));
  });

  test("an added platform is built of the published tarball, once scratch has it no longer", async () => {
    await rm(join(repository.scratch, "source"), { recursive: true });
    await repository.write("release/pipeline.ts", pipeline());
    const output = await built("2.10.0");
    expect(output).toContain("the published s3://hello-downloads/source/hello-2.10.0.tar.gz");
    for (const test of ["TestInstallation", "SmokeTest"])
      expect(output).toContain(`${test}-2.10.0-debian-12-bookworm skipped`);
    expect(await pool()).toEqual(published("2.10.0-1~bookworm", "2.10.0-1~trixie"));
  });

  test("a second version, and one that is withdrawn again", async () => {
    await repository.tag("2.10.1");
    await built("2.10.1");
    const first = published("2.10.0-1~bookworm", "2.10.0-1~trixie");
    expect(await pool()).toEqual([...first, ...published("2.10.1-1~bookworm", "2.10.1-1~trixie")].sort());
    await repository.write("release/pipeline.ts", pipeline({ withdrawn: ["2.10.1"] }));
    await built("2.10.1");
    expect(await pool()).toEqual(first);
  });
});
