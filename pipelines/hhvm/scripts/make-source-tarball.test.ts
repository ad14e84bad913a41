import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { nightly, release } from "../testing/sample-tasks.ts";
import { scriptBench } from "../testing/script-bench.ts";

const run = promisify(execFile);

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
