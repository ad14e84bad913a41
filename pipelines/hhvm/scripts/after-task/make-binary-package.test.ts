import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { platform, release } from "../../testing/sample-tasks.ts";
import { scriptBench } from "../../testing/script-bench.ts";

const run = promisify(execFile);

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
