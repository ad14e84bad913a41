import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { git, releaseRepositories } from "../testing/release-repositories.ts";
import { taskOf } from "../testing/sample-tasks.ts";
import { scriptBench } from "../testing/script-bench.ts";

const run = promisify(execFile);

describe("publish-source-tarball.sh", () => {
  async function prepared() {
    const bench = await scriptBench();
    await bench.install("aws");
    const repositories = await releaseRepositories(bench.folder);
    return {
      ...bench,
      repositories,
      /** Tags a version in staging and puts its tarball into scratch, made of another commit where one is named. */
      async release(version: string, madeOf?: string) {
        const commit = await repositories.tagInStaging(version);
        await run("bash", [
          "-c",
          `git -C "$0" archive --format=tar.gz --output "$1" "$2"`,
          repositories.staging,
          `${bench.folder}/source.tar.gz`,
          madeOf ?? commit,
        ]);
        const tarball = (await run("base64", ["--wrap=0", `${bench.folder}/source.tar.gz`])).stdout;
        await bench.put("hhvm-scratch", `hhvm-${version}.tar.gz`, Buffer.from(tarball, "base64"));
        await bench.put("hhvm-scratch", `hhvm-${version}.tar.gz.sig`, "signature");
        return commit;
      },
      publish: (version: string) => bench.run("publish-source-tarball.sh", { ...taskOf(version), ...repositories.env }),
      published: async (version: string) =>
        (await bench.read("hhvm-downloads", `source/hhvm-${version}.tar.gz`)) !== undefined,
    };
  }

  test("tag and branch become public, then signature and tarball", async () => {
    await using bench = await prepared();
    const commit = await bench.release("4.28.2");
    const { code, output } = await bench.publish("4.28.2");
    expect(code, output).toBe(0);
    for (const ref of ["refs/tags/HHVM-4.28.2", "refs/heads/HHVM-4.28"]) {
      expect(await bench.repositories.inPublic(ref)).toBe(commit);
    }
    expect(await bench.read("hhvm-downloads", "source/hhvm-4.28.2.tar.gz")).toEqual(
      await bench.read("hhvm-scratch", "hhvm-4.28.2.tar.gz"),
    );
    expect((await bench.read("hhvm-downloads", "source/hhvm-4.28.2.tar.gz.sig"))?.toString()).toBe("signature");
  });

  test("a withdrawn tarball goes with its signature, and tag and branch stay", async () => {
    await using bench = await prepared();
    const commit = await bench.release("4.28.2");
    await bench.publish("4.28.2");
    const tarball = "s3://hhvm-downloads/source/hhvm-4.28.2.tar.gz";
    const TAKE_BACK = `${tarball} ${tarball}.sig`;
    const withdraw = () =>
      bench.run("withdraw-source-tarball.sh", { ...taskOf("4.28.2"), ...bench.repositories.env, TAKE_BACK });
    const { code, output } = await withdraw();
    expect(code, output).toBe(0);
    expect(await bench.published("4.28.2")).toBe(false);
    expect(await bench.read("hhvm-downloads", "source/hhvm-4.28.2.tar.gz.sig")).toBeUndefined();
    expect(await bench.repositories.inPublic("refs/tags/HHVM-4.28.2")).toBe(commit);
    expect((await withdraw()).code).toBe(0);
  });

  test("done again it pushes nothing, and an older version takes nothing back", async () => {
    await using bench = await prepared();
    await bench.release("4.28.2");
    const newer = await bench.release("4.28.3");
    await bench.publish("4.28.3");
    expect(await bench.publish("4.28.3")).toMatchObject({
      code: 0,
      result: { note: expect.stringContaining("pushed: nothing") },
    });
    const { code, output } = await bench.publish("4.28.2");
    expect(code, output).toBe(0);
    expect(await bench.repositories.inPublic("refs/heads/HHVM-4.28")).toBe(newer);
    expect(await bench.repositories.inPublic("refs/tags/HHVM-4.28.2")).toBeDefined();
  });

  test("a tag that is another commit in public stays, and nothing is published", async () => {
    await using bench = await prepared();
    await bench.release("4.28.2");
    const { publicRepository } = bench.repositories;
    await git(publicRepository, "tag", "HHVM-4.28.2", "master");
    const { code, output } = await bench.publish("4.28.2");
    expect([code, output]).toEqual([1, expect.stringContaining("tags do not move")]);
    expect(await bench.repositories.inPublic("refs/tags/HHVM-4.28.2")).toBe(
      await git(publicRepository, "rev-parse", "master"),
    );
    expect(await bench.published("4.28.2")).toBe(false);
  });

  test("a public branch with commits of its own is not overwritten", async () => {
    await using bench = await prepared();
    await bench.release("4.28.2");
    const { publicRepository } = bench.repositories;
    const own = await git(publicRepository, "commit-tree", "-m", "own", "-p", "master", "master^{tree}");
    await git(publicRepository, "branch", "HHVM-4.28", own);
    const { code, output } = await bench.publish("4.28.2");
    expect([code, output]).toEqual([1, expect.stringContaining("cannot move on to it")]);
    expect(await bench.repositories.inPublic("refs/heads/HHVM-4.28")).toBe(own);
    expect(await bench.repositories.inPublic("refs/tags/HHVM-4.28.2")).toBeUndefined();
  });

  test("a tarball of another commit than the tag's is not published", async () => {
    await using bench = await prepared();
    const first = await bench.release("4.28.2");
    await bench.release("4.28.3", first);
    const { code, output } = await bench.publish("4.28.3");
    expect([code, output]).toEqual([1, expect.stringContaining(`was made of commit ${first}`)]);
    expect(await bench.repositories.inPublic("refs/tags/HHVM-4.28.3")).toBeUndefined();
    expect(await bench.published("4.28.3")).toBe(false);
  });
});
