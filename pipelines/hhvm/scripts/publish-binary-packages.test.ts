import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { hasProgram } from "../testing/has-program.ts";
import { deb, release } from "../testing/sample-tasks.ts";
import { scriptBench } from "../testing/script-bench.ts";

const run = promisify(execFile);
const hasReprepro = (await Promise.all(["reprepro", "gpg", "gpgv", "dpkg-deb"].map(hasProgram))).every(Boolean);

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
