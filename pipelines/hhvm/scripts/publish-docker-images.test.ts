import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { releaseRepositories } from "../testing/release-repositories.ts";
import { nightly, release } from "../testing/sample-tasks.ts";
import { scriptBench } from "../testing/script-bench.ts";

/** The index of a suite that offers a package. */
async function offer(
  { put }: Pick<Awaited<ReturnType<typeof scriptBench>>, "put">,
  { name, version, suite }: { name: string; version: string; suite: string },
): Promise<void> {
  const packages = gzipSync(`Package: ${name}\nVersion: ${version}-1~focal\n`);
  const sha256 = createHash("sha256").update(packages).digest("hex");
  const folder = `ubuntu/dists/${suite}`;
  await put("hhvm-downloads", `${folder}/main/binary-amd64/by-hash/SHA256/${sha256}`, packages);
  const release = `Acquire-By-Hash: yes\nSHA256:\n ${sha256} ${packages.length} main/binary-amd64/Packages.gz\n`;
  await put("hhvm-downloads", `${folder}/InRelease`, release);
}

const focal = { IMAGE_PLATFORM: "ubuntu-20.04-focal" };

describe("publish-docker-images.sh", () => {
  interface Asked {
    readonly env: Readonly<Record<string, string>>;
    readonly tags: readonly string[];
    readonly published?: readonly string[];
  }

  async function run({ env, tags, published = [] }: Asked) {
    await using bench = await scriptBench();
    await bench.install("aws");
    await bench.install("docker");
    const repositories = await releaseRepositories(bench.folder);
    await repositories.imageBranch(env.PACKAGING_BRANCH ?? "", tags);
    for (const version of published) await bench.put("hhvm-downloads", `source/hhvm-${version}.tar.gz`, "source");
    const name = env.IS_NIGHTLY === "true" ? "hhvm-nightly" : "hhvm";
    await offer(bench, { name, version: env.VERSION ?? "", suite: `${env.SERIES_SUITE}`.replace("DISTRO", "focal") });
    const { code, output } = await bench.run("publish-docker-images.sh", { ...env, ...focal, ...repositories.env });
    expect(code, output).toBe(0);
    expect(output).not.toContain("a-password");
    const images = await readdir(join(bench.folder, "docker/registry"));
    return {
      output,
      images: images.map((name) => name.replace("_", "/")).sort(),
      calls: await bench.text("docker/calls"),
      aws: await bench.text("aws-calls"),
    };
  }

  const both = (...tags: string[]) =>
    ["hhvm/hhvm", "hhvm/hhvm-proxygen"].flatMap((image) => tags.map((tag) => `${image}:${tag}`)).sort();

  test.each([
    [undefined, "hhvm/docker-hub"],
    ["canary-", "canary-hhvm/docker-hub"],
  ])("with the prefix %j the password is that of %s", async (prefix, secret) => {
    const { aws } = await run({ env: { ...release, ...(prefix && { SECRET_PREFIX: prefix }) }, tags: [] });
    expect(aws).toContain(
      `aws secretsmanager get-secret-value --secret-id ${secret} --query SecretString --output text\n`,
    );
  });

  test("hhvm-docker makes both images, of the version's package in its series' suite", async () => {
    const { calls } = await run({ env: release, tags: [] });
    expect(calls).toContain(
      "docker build --build-arg HHVM_PACKAGE=hhvm=4.28.2-* --build-arg HHVM_REPO_DISTRO=focal-4.28 -t hhvm/hhvm:4.28.2 hhvm-latest/\n",
    );
    expect(calls).toContain(
      "docker build --build-arg HHVM_BASE_IMAGE=hhvm/hhvm:4.28.2 -t hhvm/hhvm-proxygen:4.28.2 hhvm-latest-proxygen/\n",
    );
  });

  test("the newest release gets all tags that its branch names", async () => {
    const asked = { env: release, tags: ["latest", "4.28-latest"], published: ["4.28.1", "4.28.2", "4.9.0"] };
    expect((await run(asked)).images).toEqual(both("4.28.2", "4.28-latest", "latest"));
  });

  test("a fix of an older series becomes the latest of that series alone, also where its branch still says otherwise", async () => {
    const { images, output } = await run({
      env: release,
      tags: ["latest", "4.28-latest"],
      published: ["4.28.1", "4.100.0"],
    });
    expect(images).toEqual(both("4.28.2", "4.28-latest"));
    expect(output).toContain("latest stays with 4.100.0");
  });

  test("`latest` goes to no version whose branch does not name it", async () => {
    expect((await run({ env: release, tags: ["4.28-latest"] })).images).toEqual(both("4.28.2", "4.28-latest"));
  });

  test("a nightly gets the tags of the main branch", async () => {
    expect((await run({ env: nightly, tags: ["nightly"] })).images).toEqual(both("2026.11.24", "nightly"));
  });

  test("where the package that images are made of is not published, that is said, and nothing is pushed", async () => {
    await using bench = await scriptBench();
    await bench.install("docker");
    const refused = async () => {
      const { code, output } = await bench.run("publish-docker-images.sh", { ...release, ...focal });
      expect([code, output]).toEqual([
        1,
        expect.stringContaining("hhvm 4.28.2 is not published for ubuntu-20.04-focal"),
      ]);
      expect(await bench.text("docker/calls")).toBe("");
    };
    await refused();
    // What reprepro skipped lies in the pool, and its suite's index names another version.
    await bench.put("hhvm-downloads", "ubuntu/pool/main/h/hhvm/hhvm_4.28.2-1~focal_amd64.deb", "package");
    await offer(bench, { name: "hhvm", version: "4.28.3", suite: "focal-4.28" });
    await refused();
  });
});
