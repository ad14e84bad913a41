import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { platform, release } from "../../testing/sample-tasks.ts";
import { scriptBench } from "../../testing/script-bench.ts";

const run = promisify(execFile);
const [container, anothers] = ["c0ffee", "ab0ut"];

describe("after-task/make-binary-package.sh", () => {
  /** In the folder of a task that has started a container, beside one that was there before. */
  async function prepared(before = `${anothers}\n`) {
    const bench = await scriptBench();
    await bench.play("aws", 'if [ "$1" = sts ]; then echo 123456789012; else echo password; fi');
    await bench.play(
      "docker",
      `case $1 in ps) printf '${container}\\n${anothers}\\n' ;; logs) echo "the compiler crashed" ;; login) cat >/dev/null ;; esac`,
    );
    const env = { ...release, ...platform };
    return {
      ...bench,
      after: (more: Readonly<Record<string, string>>) =>
        bench.run("after-task/make-binary-package.sh", { ...env, ...more }, { "containers-before": before }),
    };
  }
  const imageOf = (repository: string) =>
    `123456789012.dkr.ecr.us-west-2.amazonaws.com/${repository}:4.28.2_ubuntu-18.04-bionic_i-0123456789abcdef0`;

  test("a failed build's container is kept as an image, its log in scratch", async () => {
    await using bench = await prepared();
    const { code, output } = await bench.after({ SUCCESS: "false" });
    expect(code, output).toBe(0);
    expect(await bench.calls()).toContain(`docker commit ${container} ${imageOf("hhvm-failed-builds")}`);
    expect(await bench.calls()).toContain(`docker push --quiet ${imageOf("hhvm-failed-builds")}`);
    const log = await bench.read("hhvm-scratch", "build-logs/4.28.2_ubuntu-18.04-bionic_i-0123456789abcdef0.log.gz");
    const unzip = run("gzip", ["-dc"]);
    unzip.child.stdin?.end(log);
    expect((await unzip).stdout).toBe("the compiler crashed\n");
  });

  test("a successful build's container is kept among the successful, without its log, and then removed", async () => {
    await using bench = await prepared();
    await bench.after({ SUCCESS: "true" });
    const calls = await bench.calls();
    expect(calls).toContain(`docker push --quiet ${imageOf("hhvm-successful-builds")}`);
    expect(calls.at(-1)).toBe(`docker rm --force --volumes ${container}`);
    expect(await bench.keys("hhvm-scratch")).toEqual([]);
  });

  test("on a stage of another name the repositories bear it", async () => {
    await using bench = await prepared();
    await bench.after({ SUCCESS: "true", IMAGE_PREFIX: "canary-" });
    expect(await bench.calls()).toContain(`docker push --quiet ${imageOf("canary-hhvm-successful-builds")}`);
  });

  test("a build that came to no container leaves nothing to keep, and another's alone", async () => {
    await using bench = await prepared(`${anothers}\n${container}\n`);
    const { code, output } = await bench.after({ SUCCESS: "false" });
    expect([code, output]).toEqual([0, expect.stringContaining("nothing to keep")]);
    expect(await bench.calls()).toEqual(["docker ps --all --quiet --no-trunc"]);
  });
});
