import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { scriptBench } from "./testing/script-bench.ts";

const run = promisify(execFile);
const has = (program: string) =>
  run("which", [program]).then(
    () => true,
    () => false,
  );
const hasReprepro = (await Promise.all(["reprepro", "gpg", "gpgv", "dpkg-deb"].map(has))).every(Boolean);

const release = {
  VERSION: "4.28.2",
  IS_NIGHTLY: "false",
  S3_BUCKET: "hhvm-scratch",
  S3_PATH: "hhvm-4.28.2.tar.gz",
  S3_SOURCE: "s3://hhvm-scratch/hhvm-4.28.2.tar.gz",
  PACKAGING_BRANCH: "HHVM-4.28",
};
const nightly = {
  VERSION: "2026.11.24",
  IS_NIGHTLY: "true",
  S3_BUCKET: "hhvm-downloads",
  S3_PATH: "source/nightlies/hhvm-nightly-2026.11.24.tar.gz",
  S3_SOURCE: "s3://hhvm-downloads/source/nightlies/hhvm-nightly-2026.11.24.tar.gz",
  PACKAGING_BRANCH: "master",
};
const platform = { DISTRO: "ubuntu-18.04-bionic", MUSTER_TASK: "MakeBinaryPackage-4.28.2-ubuntu-18.04-bionic" };
const deb = "hhvm_4.28.2-1~bionic_amd64.deb";

test("no script has a mistake that the shell, or shellcheck where it is installed, can see", async () => {
  const folder = join(import.meta.dirname, "scripts");
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".sh"));
  expect(files).toHaveLength(10);
  for (const file of files) await run("bash", ["-n", join(folder, file)]);
  if (await has("shellcheck"))
    await run(
      "shellcheck",
      files.map((file) => join(folder, file)),
    );
});

test("scripts that are executed stop at the first error", async () => {
  await using bench = await scriptBench();
  const { code, output } = await bench.run("publish-source-tarball.sh", release);
  expect(code).not.toBe(0);
  expect(output).toContain("muster-s3");
  expect(await bench.read("hhvm-downloads", "source/hhvm-4.28.2.tar.gz")).toBeUndefined();
});

describe("dummy-task.sh", () => {
  test("sleeps as long as it is told", async () => {
    await using bench = await scriptBench();
    await bench.play("sleep");
    const env = { MUSTER_TASK: "MakeSourceTarball-4.28.2" };
    expect((await bench.run("dummy-task.sh", { ...env, MUSTER_DUMMY_SECONDS: "2" })).output).toContain("sleeps 2 s");
    for (let time = 0; time < 5; time++) await bench.run("dummy-task.sh", env);
    const [two, ...others] = (await bench.calls()).map((call) => Number(call.replace("sleep ", "")));
    expect(two).toBe(2);
    for (const seconds of others) expect([seconds >= 10, seconds <= 40]).toEqual([true, true]);
  });

  test.each(["40-10", "soon", "-1"])("refuses %s", async (range) => {
    await using bench = await scriptBench();
    const { code, output } = await bench.run("dummy-task.sh", { MUSTER_DUMMY_SECONDS: range });
    expect(code).toBe(2);
    expect(output).toContain(`MUSTER_DUMMY_SECONDS=${range}`);
  });
});

describe("make-source-tarball.sh", () => {
  /** Two bare repositories, as the main and the staging one, with a commit on master and the tag of a release. */
  async function repositories(folder: string) {
    const script = `
      set -euo pipefail
      export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
      git init --quiet --initial-branch=master work
      echo 'int main() {}' >work/main.cpp
      git -C work add .
      git -C work commit --quiet --message first
      git -C work tag HHVM-4.28.2
      git clone --quiet --bare work source.git
      git clone --quiet --bare work staging.git
    `;
    await run("bash", ["-c", script], { cwd: folder });
    return { SOURCE_REPOSITORY: `file://${folder}/source.git`, STAGING_REPOSITORY: `file://${folder}/staging.git` };
  }

  async function prepared() {
    const bench = await scriptBench();
    await bench.play("aws", "echo a-private-key");
    await bench.play("gpg", `echo signature >"\${@: -2:1}"`);
    return { bench, env: await repositories(bench.folder) };
  }

  test("a release is its tag in staging, without git's own files, and the same bytes each time", async () => {
    const { bench, env } = await prepared();
    await using _ = bench;
    const first = await bench.run("make-source-tarball.sh", { ...release, ...env });
    expect(first).toMatchObject({
      code: 0,
      result: { note: expect.stringMatching(/^HHVM-4\.28\.2 is commit [0-9a-f]{12}$/) },
    });
    const tarball = await bench.read("hhvm-scratch", "hhvm-4.28.2.tar.gz");
    expect((await bench.read("hhvm-scratch", "hhvm-4.28.2.tar.gz.sig"))?.toString()).toBe("signature\n");
    await bench.run("make-source-tarball.sh", { ...release, ...env });
    expect(await bench.read("hhvm-scratch", "hhvm-4.28.2.tar.gz")).toEqual(tarball);
    const listing = run("tar", ["-tz"]);
    listing.child.stdin?.end(tarball);
    expect((await listing).stdout.split("\n")).toEqual(["hhvm-4.28.2/", "hhvm-4.28.2/main.cpp", ""]);
  });

  test("a nightly is tagged in both repositories, and made of its tag from then on", async () => {
    const { bench, env } = await prepared();
    await using _ = bench;
    const tagOf = async (repository: string) =>
      (await run("git", ["ls-remote", "--tags", repository, "nightly-2026.11.24"])).stdout.slice(0, 40);
    const first = await bench.run("make-source-tarball.sh", { ...nightly, ...env });
    expect(first.code, first.output).toBe(0);
    const tagged = await tagOf(env.SOURCE_REPOSITORY);
    expect(tagged).toMatch(/^[0-9a-f]{40}$/);
    expect(await tagOf(env.STAGING_REPOSITORY)).toBe(tagged);
    expect(await bench.read("hhvm-downloads", nightly.S3_PATH)).toBeDefined();
    const move =
      "git -c user.name=a -c user.email=a@example.org -C work commit --quiet --allow-empty -m second && git -C work push --quiet ../source.git master";
    await run("bash", ["-c", move], { cwd: bench.folder });
    const again = await bench.run("make-source-tarball.sh", { ...nightly, ...env });
    expect(again.result).toEqual(first.result);
  });
});

describe("make-binary-package.sh", () => {
  /** A container that makes the package and, once, downloads a dependency. */
  const container = `
    if [ "$1" = run ]; then
      for word in "$@"; do
        case $word in
          *:/out) echo package >"\${word%:/out}/${deb}" ;;
          *:/nodist) ls "\${word%:/nodist}" >>"$HOME/cached"; echo dependency >"\${word%:/nodist}/boost.tar.gz" ;;
        esac
      done
    fi`;

  async function prepared() {
    const bench = await scriptBench();
    await bench.play("git", `mkdir -p "\${@: -1}"`);
    await bench.play("docker", container);
    await bench.put("hhvm-scratch", "hhvm-4.28.2.tar.gz", "source");
    await bench.put("hhvm-scratch", "hhvm-4.28.2.tar.gz.sig", "signature");
    return bench;
  }

  test("compiles in a container of the platform that bears the task's name, and keeps dependencies for the next", async () => {
    await using bench = await prepared();
    const env = { ...release, ...platform, PACKAGING_REPOSITORY: "https://example.org/packaging" };
    const { code, output } = await bench.run("make-binary-package.sh", env);
    expect(code, output).toBe(0);
    expect((await bench.read("hhvm-scratch", `4.28.2/ubuntu-18.04-bionic/${deb}`))?.toString()).toBe("package\n");
    expect((await bench.read("hhvm-nodist", "ubuntu-18.04-bionic/boost.tar.gz"))?.toString()).toBe("dependency\n");
    const calls = await bench.calls();
    expect(calls).toContainEqual(
      expect.stringMatching(/^git clone .*--branch HHVM-4\.28 https:\/\/example\.org\/packaging packaging$/),
    );
    expect(calls).toContainEqual(
      expect.stringMatching(
        new RegExp(`^docker run .*--name ${platform.MUSTER_TASK} .*ubuntu:18\\.04 /packaging/bin/make-package$`),
      ),
    );
    await bench.run("make-binary-package.sh", env);
    expect((await run("cat", [join(bench.folder, "cached")])).stdout).toBe("boost.tar.gz\n");
  });

  test("a test build leaves nothing behind that a later build would publish", async () => {
    await using bench = await prepared();
    const { code, result } = await bench.run("make-binary-package.sh", {
      ...release,
      ...platform,
      PACKAGING_REPOSITORY: "https://example.org/packaging",
      SKIP_PUBLISH: "1",
    });
    expect([code, result]).toEqual([0, { note: `a test build: ${deb} is thrown away` }]);
    expect(await bench.read("hhvm-scratch", `4.28.2/ubuntu-18.04-bionic/${deb}`)).toBeUndefined();
  });

  test("a build that makes something else fails, and says what", async () => {
    await using bench = await prepared();
    await bench.play("docker", container.replaceAll(deb, "other.deb"));
    const { code, output } = await bench.run("make-binary-package.sh", {
      ...release,
      ...platform,
      PACKAGING_REPOSITORY: "https://example.org/packaging",
    });
    expect(code).toBe(1);
    expect(output).toContain(`bin/make-package has not made ${deb}; it made: other.deb`);
  });
});

describe("after-task/make-binary-package.sh", () => {
  const env = { ...release, ...platform };

  async function prepared() {
    const bench = await scriptBench();
    await bench.play("aws", 'if [ "$1" = sts ]; then echo 123456789012; else echo password; fi');
    await bench.play(
      "docker",
      'if [ "$1" = logs ]; then echo "the compiler crashed"; fi; if [ "$1" = login ]; then cat >/dev/null; fi',
    );
    return bench;
  }
  const imageOf = (repository: string) =>
    `123456789012.dkr.ecr.us-west-2.amazonaws.com/${repository}:4.28.2_ubuntu-18.04-bionic_i-0123456789abcdef0`;

  test("a failed build's container is kept as an image, its log in scratch", async () => {
    await using bench = await prepared();
    const { code, output } = await bench.run("after-task/make-binary-package.sh", { ...env, SUCCESS: "false" });
    expect(code, output).toBe(0);
    expect(await bench.calls()).toContain(`docker push --quiet ${imageOf("hhvm-failed-builds")}`);
    const log = await bench.read("hhvm-scratch", "build-logs/4.28.2_ubuntu-18.04-bionic_i-0123456789abcdef0.log.gz");
    const unzip = run("gzip", ["-dc"]);
    unzip.child.stdin?.end(log);
    expect((await unzip).stdout).toBe("the compiler crashed\n");
  });

  test("a successful build's container is kept among the successful, without its log, and then removed", async () => {
    await using bench = await prepared();
    await bench.run("after-task/make-binary-package.sh", { ...env, SUCCESS: "true" });
    const calls = await bench.calls();
    expect(calls).toContain(`docker push --quiet ${imageOf("hhvm-successful-builds")}`);
    expect(calls.at(-1)).toBe(`docker rm --force --volumes ${platform.MUSTER_TASK}`);
    expect(
      await bench.read("hhvm-scratch", "build-logs/4.28.2_ubuntu-18.04-bionic_i-0123456789abcdef0.log.gz"),
    ).toBeUndefined();
  });

  test("on a stage of another name the repositories bear it", async () => {
    await using bench = await prepared();
    await bench.run("after-task/make-binary-package.sh", { ...env, SUCCESS: "true", IMAGE_PREFIX: "canary-" });
    expect(await bench.calls()).toContain(`docker push --quiet ${imageOf("canary-hhvm-successful-builds")}`);
  });

  test("a build that came to no container leaves nothing to keep", async () => {
    await using bench = await prepared();
    await bench.play("docker", "exit 1");
    const { code, output } = await bench.run("after-task/make-binary-package.sh", { ...env, SUCCESS: "false" });
    expect([code, output]).toEqual([0, expect.stringContaining("nothing to keep")]);
  });
});

describe("publish-binary-packages.sh", () => {
  /** A reprepro that makes the files that the real one would. */
  async function prepared() {
    const bench = await scriptBench();
    const repositories = join(bench.folder, "repositories");
    await run("mkdir", ["-p", repositories]);
    await bench.play(
      "reprepro",
      `base=$2 codename=$6 file=$7
       mkdir -p "$base/db" "$base/dists/$codename/main/binary-amd64"
       echo "$file" >>"$base/db/packages.db"
       echo "$file" >>"$base/dists/$codename/main/binary-amd64/Packages"
       cat "$base/dists/$codename/main/binary-amd64/Packages" >"$base/dists/$codename/Release"
       cat "$base/dists/$codename/Release" >"$base/dists/$codename/InRelease"`,
    );
    const env = {
      REPOSITORIES: repositories,
      PLATFORMS: "ubuntu-18.04-bionic debian-11-bullseye macos-13",
      MUSTER_FENCING: "7",
    };
    await bench.put("hhvm-scratch", `4.28.2/ubuntu-18.04-bionic/${deb}`, "package");
    return { bench, env: { ...release, ...env } };
  }

  test("puts what is built into pool and index, and leaves out what is not", async () => {
    const { bench, env } = await prepared();
    await using _ = bench;
    const { code, output, result } = await bench.run("publish-binary-packages.sh", env);
    expect(code, output).toBe(0);
    expect(result).toEqual({ note: "ubuntu-18.04-bionic" });
    expect(output).toContain("debian-11-bullseye: not built");
    expect((await bench.read("hhvm-downloads", `ubuntu/pool/main/h/hhvm/${deb}`))?.toString()).toBe("package");
    for (const file of ["conf/distributions", "db/packages.db", "dists/bionic/Release", "dists/bionic/InRelease"]) {
      expect(await bench.read("hhvm-downloads", `ubuntu/${file}`), file).toBeDefined();
    }
  });

  test("a second version joins the first, over the index that it was made from", async () => {
    const { bench, env } = await prepared();
    await using _ = bench;
    await bench.run("publish-binary-packages.sh", env);
    await bench.put("hhvm-scratch", "4.29.0/ubuntu-18.04-bionic/hhvm_4.29.0-1~bionic_amd64.deb", "newer");
    const { code, output } = await bench.run("publish-binary-packages.sh", { ...env, VERSION: "4.29.0" });
    expect(code, output).toBe(0);
    expect((await bench.read("hhvm-downloads", "ubuntu/dists/bionic/InRelease"))?.toString()).toBe(
      `${deb}\nhhvm_4.29.0-1~bionic_amd64.deb\n`,
    );
  });

  test("an index that another publisher wrote meanwhile is not overwritten, and the package is taken back", async () => {
    const { bench, env } = await prepared();
    await using _ = bench;
    await bench.put("hhvm-downloads", "ubuntu/dists/bionic/InRelease", "of the one before");
    await bench.play(
      "reprepro",
      `mkdir -p "$2/db" "$2/dists/$6"; echo stale >"$2/dists/$6/InRelease"; echo other >other; muster-s3 cp other s3://hhvm-downloads/ubuntu/dists/bionic/InRelease`,
    );
    const { code } = await bench.run("publish-binary-packages.sh", env);
    expect(code).toBe(3);
    expect((await bench.read("hhvm-downloads", "ubuntu/dists/bionic/InRelease"))?.toString()).toBe("other\n");
    expect(await bench.read("hhvm-downloads", `ubuntu/pool/main/h/hhvm/${deb}`)).toBeUndefined();
  });

  test.skipIf(!hasReprepro)(
    "the real reprepro signs an index that names the package where it lies in the pool",
    async () => {
      await using bench = await scriptBench();
      const gnupg = join(bench.folder, "gnupg");
      const prepare = `
        set -euo pipefail
        mkdir -m 700 gnupg && mkdir -p repositories hhvm/DEBIAN
        gpg --batch --quiet --passphrase '' --quick-generate-key signer@example.org ed25519 sign never
        gpg --batch --export >key.gpg
        printf 'Package: hhvm\nVersion: 4.28.2-1~bionic\nArchitecture: amd64\nMaintainer: a <a@example.org>\nSection: web\nPriority: optional\nDescription: x\n' >hhvm/DEBIAN/control
        dpkg-deb --build --root-owner-group hhvm ${deb} >/dev/null`;
      await run("bash", ["-c", prepare], { cwd: bench.folder, env: { PATH: "/usr/bin:/bin", GNUPGHOME: gnupg } });
      await bench.put("hhvm-scratch", `4.28.2/ubuntu-18.04-bionic/${deb}`, await readFile(join(bench.folder, deb)));
      const { code, output } = await bench.run("publish-binary-packages.sh", {
        ...release,
        REPOSITORIES: join(bench.folder, "repositories"),
        PLATFORMS: "ubuntu-18.04-bionic",
        GNUPGHOME: gnupg,
      });
      await run("gpgconf", ["--kill", "gpg-agent"], { env: { PATH: "/usr/bin:/bin", GNUPGHOME: gnupg } });
      expect(code, output).toBe(0);
      const inRelease = (await bench.read("hhvm-downloads", "ubuntu/dists/bionic/InRelease")) ?? "";
      await writeFile(join(bench.folder, "InRelease"), inRelease);
      await run("gpgv", ["--keyring", join(bench.folder, "key.gpg"), join(bench.folder, "InRelease")]);
      const index = await bench.read("hhvm-downloads", "ubuntu/dists/bionic/main/binary-amd64/Packages");
      expect(index?.toString()).toContain(`\nFilename: pool/main/h/hhvm/${deb}\n`);
      expect(await bench.read("hhvm-downloads", `ubuntu/pool/main/h/hhvm/${deb}`)).toBeDefined();
    },
  );

  test("with nothing built there is nothing to publish, and that is an error", async () => {
    const { bench, env } = await prepared();
    await using _ = bench;
    const { code, output } = await bench.run("publish-binary-packages.sh", { ...env, VERSION: "4.30.0" });
    expect([code, output]).toEqual([1, expect.stringContaining("is built: there is nothing to publish")]);
  });
});

test("publish-source-tarball.sh moves tarball and signature to where users download", async () => {
  await using bench = await scriptBench();
  await bench.put("hhvm-scratch", "hhvm-4.28.2.tar.gz", "source");
  await bench.put("hhvm-scratch", "hhvm-4.28.2.tar.gz.sig", "signature");
  const { code, output } = await bench.run("publish-source-tarball.sh", release);
  expect(code, output).toBe(0);
  expect((await bench.read("hhvm-downloads", "source/hhvm-4.28.2.tar.gz"))?.toString()).toBe("source");
  expect((await bench.read("hhvm-downloads", "source/hhvm-4.28.2.tar.gz.sig"))?.toString()).toBe("signature");
});

describe("publish-docker-images.sh", () => {
  async function callsOf(env: Record<string, string>, published: readonly string[]) {
    await using bench = await scriptBench();
    await bench.play("aws", `echo '{"username":"somebody","password":"secret"}'`);
    await bench.play("docker", "cat >/dev/null");
    const packageName = env.IS_NIGHTLY === "true" ? "hhvm-nightly" : "hhvm";
    const file = `${packageName}_${env.VERSION}-1~focal_amd64.deb`;
    await bench.put("hhvm-downloads", `ubuntu/pool/main/h/${packageName}/${file}`, "package");
    for (const version of published) await bench.put("hhvm-downloads", `source/hhvm-${version}.tar.gz`, "source");
    const platforms = "ubuntu-18.04-bionic ubuntu-20.04-focal debian-11-bullseye";
    const { code, output } = await bench.run("publish-docker-images.sh", { ...env, PLATFORMS: platforms });
    expect(code, output).toBe(0);
    const calls = await bench.calls();
    expect(calls.join("\n")).not.toContain("secret ");
    return calls;
  }

  async function pushedTags(env: Record<string, string>, published: readonly string[]) {
    const calls = await callsOf(env, published);
    return calls.flatMap((call) => call.match(/^docker push --quiet hhvm\/hhvm:(.*)$/)?.slice(1) ?? []);
  }

  test.each([
    [undefined, "hhvm/docker-hub"],
    ["canary-", "canary-hhvm/docker-hub"],
  ])("with the prefix %j the password is that of %s", async (prefix, secret) => {
    const calls = await callsOf({ ...release, ...(prefix && { SECRET_PREFIX: prefix }) }, []);
    expect(calls).toContain(
      `aws secretsmanager get-secret-value --secret-id ${secret} --query SecretString --output text`,
    );
  });

  test("the newest release is also the latest of its series and of all", async () => {
    expect(await pushedTags(release, ["4.28.1", "4.28.2", "4.9.0"])).toEqual(["4.28.2", "4.28-latest", "latest"]);
  });

  test("a fix of an older series becomes the latest of that series alone", async () => {
    expect(await pushedTags(release, ["4.28.1", "4.28.2", "4.100.0"])).toEqual(["4.28.2", "4.28-latest"]);
  });

  test("a nightly is the nightly", async () => {
    expect(await pushedTags(nightly, [])).toEqual(["2026.11.24", "nightly"]);
  });
});
