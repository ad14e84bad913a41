import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { deb, platform, release } from "../testing/sample-tasks.ts";
import { scriptBench } from "../testing/script-bench.ts";

const run = promisify(execFile);

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
