import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot, keepChroots, restoreChroots } from "./chroots.ts";
import { createReleaseRepository, lacking, pipelineText, type ReleaseRepository } from "./release-repository.ts";

/** Debian's own source package, built anew for another distribution than its own, with what was compiled kept. */
const missing = await lacking("apt-ftparchive", "dget", "dpkg-source", "gpg", "lintian", "mmdebstrap", "zstd");
if (!isRoot) missing.push("root");
if (missing.length > 0) console.log(`foreign source packages are not tried: there is no ${missing.join(", ")}`);

const dsc = "http://deb.debian.org/debian/pool/main/h/hello/hello_2.10-3.dsc";
const sha256 = "75296f5ef618ae2f1849e22b142a2b5ab52c452ebefa4e7b0564c44617db3790";

let repository: ReleaseRepository;

const pipeline = (digest = sha256) =>
  pipelineText({
    name: "hello",
    platforms: ["ubuntu-24.04-noble", "debian-12-bookworm"],
    imports: "aptRepository, debianPackage, installTest",
    values: 'const hello: Program = { name: "hello", versions: debianVersions() };',
    versions: "debianVersions()",
    flow: `forEachVersion(
    forEachPlatform(
      debianPackage(hello, { source: () => ({ dsc: "${dsc}", sha256: "${digest}" }), ccache: true }),
    ),
    aptRepository([hello], { key }),
    forEachPlatform(installTest(hello, { key, run: "hello --version" })),
  )`,
  });

/** Builds it for one platform, and shows what the packages' own task printed. */
async function built(version: string, platform = "ubuntu-24.04-noble", ...steps: readonly string[]) {
  const outcome = await repository.build(version, platform, ...steps);
  await keepChroots(repository);
  const { stdout } = await repository.muster(
    ...["logs", `MakeDebianPackages-${version}-${platform}`, "--pipeline", "release/pipeline.ts"],
  );
  return { ...outcome, log: stdout };
}

describe.skipIf(missing.length > 0)("a source package of Debian's", () => {
  beforeAll(async () => {
    repository = await createReleaseRepository("hello");
    await restoreChroots(repository);
  });
  afterAll(() => repository?.[Symbol.asyncDispose]());

  test("another one than the pipeline names is refused, with its digest", async () => {
    await repository.write("release/pipeline.ts", pipeline("0".repeat(64)));
    const { exitCode, output } = await built("2.10-3");
    expect(exitCode).toBe(1);
    expect(output).toContain(`hello_2.10-3.dsc is not the one that the pipeline names: its sha256 is ${sha256}`);
  });

  test("is built for an Ubuntu, published, installed and run", async () => {
    await repository.write("release/pipeline.ts", pipeline());
    const { exitCode, output, log } = await built("2.10-3");
    expect(exitCode, output).toBe(0);
    expect(output).toContain("3 tasks done");
    expect(log).toMatch(/ccache: \d of [1-9]\d\d compilations were known/);
    const pool = await readdir(join(repository.downloads, "ubuntu/pool/main/h/hello"));
    expect(pool).toContain("hello_2.10-3~noble_amd64.deb");
  });

  // Ubuntu's flags have the version in them, so that its compilations are never known.
  test("where the flags stay, the next revision compiles nothing that is known", async () => {
    await repository.write("release/pipeline.ts", pipeline());
    const words = ["debian-12-bookworm", "MakeDebianPackages"] as const;
    expect((await built("2.10-3", ...words)).log).toMatch(/ccache: \d of [1-9]\d\d compilations were known/);
    const { exitCode, output, log } = await built("2.10-4", ...words);
    expect(exitCode, output).toBe(0);
    expect(log).toMatch(/ccache: ([1-9]\d)\d of \1\d compilations were known/);
  });
});
