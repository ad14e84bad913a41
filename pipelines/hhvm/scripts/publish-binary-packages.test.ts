import { execFile } from "node:child_process";
import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { aptClient } from "../testing/apt-client.ts";
import { builtPackages, canPublish } from "../testing/built-packages.ts";
import { releaseRepositories } from "../testing/release-repositories.ts";
import { nightly, taskOf } from "../testing/sample-tasks.ts";
import { scriptBench } from "../testing/script-bench.ts";

const run = promisify(execFile);
const bionic = "ubuntu-18.04-bionic";
const pool = "ubuntu/pool/main/h/hhvm";

/** Repositories, a signing key and an empty volume; both series' branches put their packages into the distribution's suite too. */
async function prepared(suites: readonly string[] = ["DISTRO"]) {
  const bench = await scriptBench();
  const repositories = await releaseRepositories(bench.folder);
  for (const series of ["4.28", "4.100"]) {
    await repositories.packagingBranch(`HHVM-${series}`, {
      platforms: [bionic],
      suites: [...suites, `DISTRO-${series}`],
    });
  }
  const gnupg = join(bench.folder, "gnupg");
  const volume = join(bench.folder, "volume");
  await mkdir(gnupg, { mode: 0o700 });
  await mkdir(volume);
  const gpg = (...args: string[]) =>
    run("gpg", ["--batch", "--quiet", ...args], { env: { PATH: "/usr/bin:/bin", GNUPGHOME: gnupg } });
  await gpg("--passphrase", "", "--quick-generate-key", "signer@example.org", "ed25519", "sign", "never");
  await gpg("--output", join(bench.folder, "key.gpg"), "--export");
  const env = { ...repositories.env, REPOSITORIES: volume, PLATFORMS: bionic, GNUPGHOME: gnupg, MUSTER_FENCING: "7" };
  const task = (version: string) => (version === nightly.VERSION ? nightly : taskOf(version));
  return {
    ...bench,
    repositories,
    volume,
    /** Has its packages made, into scratch. */
    async build(version: string, platform = bionic, content = version) {
      for (const [name, body] of await builtPackages({ version, platform, content })) {
        await bench.put("hhvm-scratch", `${version}/${platform}/${name}`, body);
      }
    },
    publish: (version: string, more: Readonly<Record<string, string>> = {}) =>
      bench.run("publish-binary-packages.sh", { ...task(version), ...env, ...more }),
    withdraw: (version: string, more: Readonly<Record<string, string>> = {}) =>
      bench.run("publish-binary-packages.sh", { ...task(version), ...env, TAKE_BACK: "its suite's index", ...more }),
    reprepro: (...args: string[]) => run("reprepro", args, { env: { PATH: "/usr/bin:/bin", GNUPGHOME: gnupg } }),
    /** A suite as apt sees it, over the files that users have. */
    async apt(...codenames: string[]) {
      const downloaded = await bench.download("hhvm-downloads");
      const source = (codename: string) =>
        `[signed-by=${join(bench.folder, "key.gpg")}] file:${downloaded}/ubuntu ${codename} main`;
      const lines = codenames.flatMap((codename) => [`deb ${source(codename)}`, `deb-src ${source(codename)}`]);
      return aptClient(join(bench.folder, `apt-${codenames.join("-")}`), lines);
    },
    inRelease: async (suite: string) =>
      (await bench.read("hhvm-downloads", `ubuntu/dists/${suite}/InRelease`))?.toString(),
    async [Symbol.asyncDispose]() {
      await run("gpgconf", ["--kill", "gpg-agent"], { env: { PATH: "/usr/bin:/bin", GNUPGHOME: gnupg } });
      await bench[Symbol.asyncDispose]();
    },
  };
}

/** The real one, and another publisher that is faster. */
const overtaken = `/usr/bin/reprepro "$@"
  case "$*" in *" include "*) echo other >other; muster-s3 cp other s3://hhvm-downloads/ubuntu/dists/bionic-4.28/InRelease ;; esac`;

describe.skipIf(!canPublish)("publish-binary-packages.sh, with the real reprepro, gpg and apt", () => {
  test("an older series' fix is found in its series' suite, and the distribution's stays what it is", async () => {
    await using bench = await prepared();
    for (const version of ["4.100.0", "4.28.3"]) {
      await bench.build(version);
      const { code, output } = await bench.publish(version);
      expect(code, output).toBe(0);
    }
    const older = await bench.apt("bionic-4.28");
    expect(await older.install("hhvm-dev", "hhvm-dbg")).toEqual(
      expect.arrayContaining(["hhvm=4.28.3-1~bionic", "hhvm-dev=4.28.3-1~bionic", "hhvm-dbg=4.28.3-1~bionic"]),
    );
    await older.download("hhvm", "hhvm-dev", "hhvm-dbg");
    await older.source("hhvm");
    const orig =
      (await builtPackages({ version: "4.28.3", platform: bionic })).get("hhvm_4.28.3.orig.tar.gz") ?? Buffer.of();
    expect((await bench.read("hhvm-downloads", `${pool}/hhvm_4.28.3.orig.tar.gz`))?.equals(orig)).toBe(true);
    expect(await (await bench.apt("bionic")).versions("hhvm")).toEqual(["4.100.0-1~bionic"]);
    expect(await (await bench.apt("bionic", "bionic-4.28", "bionic-4.100")).versions("hhvm")).toEqual(
      expect.arrayContaining(["4.100.0-1~bionic", "4.28.3-1~bionic"]),
    );
  });

  test("a withdrawn version gives its place to the one before, and its own series' suite is empty; apt takes both", async () => {
    await using bench = await prepared();
    for (const version of ["4.28.3", "4.100.0"]) {
      await bench.build(version);
      await bench.publish(version);
    }
    const { code, output, result } = await bench.withdraw("4.100.0");
    expect(code, output).toBe(0);
    expect(result).toEqual({ note: "bionic has 4.28.3, bionic-4.100 has none" });
    const apt = await bench.apt("bionic", "bionic-4.100");
    expect(await apt.versions("hhvm")).toEqual(["4.28.3-1~bionic"]);
    await apt.download("hhvm", "hhvm-dev", "hhvm-dbg");
    await apt.source("hhvm");
    expect(await bench.read("hhvm-downloads", `${pool}/hhvm_4.100.0-1~bionic_amd64.deb`)).toBeUndefined();
    const signed = await bench.inRelease("bionic-4.100");
    expect(await bench.withdraw("4.100.0")).toMatchObject({ code: 0, result: { note: "no suite had it" } });
    expect(await bench.inRelease("bionic-4.100")).toBe(signed);
  });

  test("a version that its own series has overtaken is refused, by name, and nothing is published", async () => {
    await using bench = await prepared([]);
    await bench.build("4.28.3");
    await bench.publish("4.28.3");
    await bench.build("4.28.2");
    const before = await bench.inRelease("bionic-4.28");
    const { code, output } = await bench.publish("4.28.2");
    expect([code, output]).toEqual([1, expect.stringContaining("bionic-4.28 has hhvm 4.28.3-1~bionic")]);
    expect(await bench.inRelease("bionic-4.28")).toBe(before);
  });

  test("a reprepro that leaves a package out and says nothing is an error", async () => {
    await using bench = await prepared([]);
    await bench.build("4.28.2");
    await bench.play(
      "reprepro",
      'case "$*" in *" include "*) exec /usr/bin/reprepro --basedir "$2" export ;; *) exec /usr/bin/reprepro "$@" ;; esac',
    );
    const { code, output } = await bench.publish("4.28.2");
    expect([code, output]).toEqual([1, expect.stringContaining("index of bionic-4.28 does not name hhvm")]);
    expect(await bench.inRelease("bionic-4.28")).toBeUndefined();
  });

  test("what a publisher left half done is finished by the next, and done again changes nothing", async () => {
    await using bench = await prepared();
    await bench.build("4.28.2");
    await bench.play(
      "reprepro",
      'case "$*" in *" include bionic-4.28 "*) exit 1 ;; *) exec /usr/bin/reprepro "$@" ;; esac',
    );
    expect((await bench.publish("4.28.2")).code).toBe(1);
    expect([await bench.inRelease("bionic"), await bench.inRelease("bionic-4.28")]).toEqual([
      expect.anything(),
      undefined,
    ]);
    await bench.play("reprepro", 'exec /usr/bin/reprepro "$@"');
    const { code, output, result } = await bench.publish("4.28.2");
    expect(code, output).toBe(0);
    expect(result).toEqual({ note: bionic });
    const published = await bench.inRelease("bionic-4.28");
    expect(await bench.publish("4.28.2")).toMatchObject({ code: 0, result: { note: "nothing new" } });
    expect(await bench.inRelease("bionic-4.28")).toBe(published);
  });

  test("a publication that came to no index gives way to one of other content, in pool and index", async () => {
    await using bench = await prepared([]);
    await bench.build("4.28.2");
    await bench.play("reprepro", overtaken);
    expect((await bench.publish("4.28.2")).code).toBe(3);
    await bench.remove("hhvm-downloads", "ubuntu/dists/bionic-4.28/InRelease");
    await bench.play("reprepro", 'exec /usr/bin/reprepro "$@"');
    await bench.build("4.28.2", bionic, "built anew");
    const { code, output } = await bench.publish("4.28.2");
    expect(code, output).toBe(0);
    await (await bench.apt("bionic-4.28")).download("hhvm");
  });

  test("an index that another publisher wrote meanwhile is not overwritten", async () => {
    await using bench = await prepared([]);
    await bench.build("4.28.2");
    await bench.play("reprepro", overtaken);
    expect((await bench.publish("4.28.2")).code).toBe(3);
    expect(await bench.inRelease("bionic-4.28")).toBe("other\n");
  });

  test("a nightly stands beside the release under its own name, and takes nothing from it", async () => {
    await using bench = await prepared();
    for (const version of ["4.28.2", nightly.VERSION]) {
      await bench.build(version);
      const { code, output } = await bench.publish(version);
      expect(code, output).toBe(0);
    }
    const apt = await bench.apt("bionic");
    expect(await apt.install("hhvm")).toEqual(["hhvm=4.28.2-1~bionic"]);
    expect(await apt.install("hhvm-nightly")).toEqual([`hhvm-nightly=${nightly.VERSION}-1~bionic`]);
  });

  test("an index ends, and is signed anew by what is published next before apt would refuse it", async () => {
    await using bench = await prepared([]);
    await bench.build("4.28.2");
    await bench.publish("4.28.2");
    const until = async () =>
      Date.parse(/^Valid-Until: (.*)$/m.exec((await bench.inRelease("bionic-4.28")) ?? "")?.[1] ?? "");
    const days = async () => Math.round(((await until()) - Date.now()) / 86_400_000);
    expect(await days()).toBe(90);
    const base = join(bench.volume, "ubuntu");
    const conf = join(base, "conf/distributions");
    await writeFile(conf, (await readFile(conf, "utf8")).replace("ValidFor: 90d", "ValidFor: 20d"));
    await bench.reprepro("--basedir", base, "export", "bionic-4.28");
    await bench.put(
      "hhvm-downloads",
      "ubuntu/dists/bionic-4.28/InRelease",
      await readFile(join(base, "dists/bionic-4.28/InRelease")),
    );
    expect(await days()).toBe(20);
    await appendFile(conf, "\nCodename: bionic-4.99\nArchitectures: amd64\nComponents: main\n");
    await bench.build("4.100.0");
    const { code, output } = await bench.publish("4.100.0");
    expect(code, output).toBe(0);
    expect(await days()).toBe(90);
    expect(await (await bench.apt("bionic-4.28")).versions("hhvm")).toEqual(["4.28.2-1~bionic"]);
  });
});

test("a branch that does not name the suite of its series is told which line it lacks", async () => {
  await using bench = await scriptBench();
  const repositories = await releaseRepositories(bench.folder);
  await repositories.packagingBranch("HHVM-4.28", { platforms: [bionic], suites: ["DISTRO"] });
  const { code, output } = await bench.run("publish-binary-packages.sh", {
    ...taskOf("4.28.2"),
    ...repositories.env,
    PLATFORMS: bionic,
  });
  expect([code, output]).toEqual([
    1,
    expect.stringContaining("DEBIAN_REPOSITORIES on HHVM-4.28 does not name DISTRO-4.28"),
  ]);
});

test("with nothing built there is nothing to publish, and that is an error", async () => {
  await using bench = await scriptBench();
  const repositories = await releaseRepositories(bench.folder);
  await repositories.packagingBranch("HHVM-4.28", { platforms: [bionic], suites: ["DISTRO-4.28"] });
  const env = { ...taskOf("4.28.2"), ...repositories.env, PLATFORMS: `${bionic} macos-13` };
  const { code, output } = await bench.run("publish-binary-packages.sh", env);
  expect([code, output]).toEqual([1, expect.stringContaining("is built: there is nothing to publish")]);
});
