import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { releaseRepositories } from "../testing/release-repositories.ts";
import { platform, release } from "../testing/sample-tasks.ts";
import { scriptBench } from "../testing/script-bench.ts";

const built = "4.28.2/ubuntu-18.04-bionic";
const packages = ["hhvm", "hhvm-dev", "hhvm-dbg"].map((name) => `${name}_4.28.2-1~bionic_amd64.deb`);
const changes = "hhvm_4.28.2-1~bionic_amd64.changes";

/** What a container leaves in /var/out, and downloads once. */
const makePackage = (left: readonly string[]) => `#!/bin/bash
set -euo pipefail
cd /var/out
test -f "hhvm-$VERSION.tar.gz"
ls /var/nodist
mkdir -p /var/nodist/boost
echo dependency >/var/nodist/boost/boost.tar.gz
for file in ${left.join(" ")}; do echo "content of $file" >"$file"; done
printf 'Checksums-Sha1:\\n 0 1 no.deb\\nChecksums-Sha256:\\n' >${changes}
for file in ${left.join(" ")}; do echo " $(sha256sum "$file" | cut -d ' ' -f 1) 1 $file" >>${changes}; done
printf 'Files:\\n 0 1 web optional no.deb\\n' >>${changes}
`;

describe("make-binary-package.sh", () => {
  async function prepared(left: readonly string[] = [...packages, "hhvm_4.28.2.orig.tar.gz"], revisions = {}) {
    const bench = await scriptBench();
    await bench.install("docker");
    await bench.put("hhvm-scratch", "hhvm-4.28.2.tar.gz", "source");
    const repositories = await releaseRepositories(bench.folder);
    const make = join(repositories.packaging, "bin/make-debianish-package");
    await repositories.packagingBranch("HHVM-4.28", { platforms: [platform.DISTRO], suites: [], revisions });
    const say = async (script: string) => {
      await writeFile(make, script);
      await repositories.pushPackaging("HHVM-4.28");
    };
    await say(makePackage(left));
    return {
      ...bench,
      say,
      make: (env: Readonly<Record<string, string>> = {}) =>
        bench.run("make-binary-package.sh", { ...release, ...platform, ...repositories.env, ...env }),
    };
  }

  test("all that the packaging repository makes goes to scratch, and the source does not come back", async () => {
    await using bench = await prepared();
    const { code, output } = await bench.make();
    expect(code, output).toBe(0);
    expect(await bench.keys("hhvm-scratch")).toEqual(
      [...packages, changes, "hhvm_4.28.2.orig.tar.gz"]
        .map((name) => `${built}/${name}`)
        .concat("hhvm-4.28.2.tar.gz")
        .sort(),
    );
    expect(await bench.text("docker/calls")).toMatch(
      /^docker run -e VERSION -e IS_NIGHTLY .* ubuntu:bionic \/opt\/hhvm-distro-packaging\/make-package$/m,
    );
  });

  test("what a build downloads is there for the next one", async () => {
    await using bench = await prepared();
    await bench.make();
    expect((await bench.read("hhvm-nodist", "ubuntu-18.04-bionic/boost/boost.tar.gz"))?.toString()).toBe(
      "dependency\n",
    );
    await bench.say(makePackage(packages).replace("ls /var/nodist", "ls /var/nodist/boost"));
    const { code, output } = await bench.make();
    expect(code, output).toBe(0);
    expect(output).toContain("boost.tar.gz\n");
  });

  test("a test build leaves nothing behind that a later build would publish", async () => {
    await using bench = await prepared();
    const { code, result } = await bench.make({ SKIP_PUBLISH: "1" });
    expect([code, result]).toEqual([0, { note: `a test build: ${changes} and its packages are thrown away` }]);
    expect(await bench.keys("hhvm-scratch")).toEqual(["hhvm-4.28.2.tar.gz"]);
  });

  test("a build that makes something else fails, and says what", async () => {
    await using bench = await prepared([packages[0] ?? "", "other.deb"]);
    const { code, output } = await bench.make();
    expect(code).toBe(1);
    expect(output).toContain(`has not made ${packages[1]}; it made: ${changes} ${packages[0]} other.deb`);
    expect(await bench.keys("hhvm-scratch")).toEqual(["hhvm-4.28.2.tar.gz"]);
  });

  test("a package that is not what its .changes says is not kept", async () => {
    await using bench = await prepared();
    await bench.say(`${makePackage(packages)}\necho more >>${packages[1]}`);
    const { code, output } = await bench.make();
    expect([code, output]).toEqual([1, expect.stringContaining(`${packages[1]}: FAILED`)]);
    expect(await bench.keys("hhvm-scratch")).toEqual(["hhvm-4.28.2.tar.gz"]);
  });

  test("a revision that no step would look for is refused before anything is compiled", async () => {
    await using bench = await prepared(packages, { [platform.DISTRO]: "3~bionic" });
    const { code, output } = await bench.make();
    expect([code, output]).toEqual([
      1,
      expect.stringContaining("PKGVER on HHVM-4.28 is 3~bionic, and must be 1~bionic"),
    ]);
    expect(await bench.text("docker/calls")).toBe("");
  });
});
