import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { hasProgram } from "../testing/has-program.ts";
import { git, releaseRepositories } from "../testing/release-repositories.ts";
import { nightly, release } from "../testing/sample-tasks.ts";
import { scriptBench } from "../testing/script-bench.ts";

const run = promisify(execFile);
const hasGpg = await hasProgram("gpg");

describe("make-source-tarball.sh", () => {
  async function prepared() {
    const bench = await scriptBench();
    await bench.install("aws");
    await bench.play("gpg", `echo signature >"\${@: -2:1}"`);
    return { ...bench, repositories: await releaseRepositories(bench.folder) };
  }

  async function piped(program: string, args: readonly string[], input: Buffer | undefined): Promise<string> {
    const child = run(program, args);
    child.child.stdin?.end(input);
    return (await child).stdout;
  }

  test("a release is its tag in staging, pruned, and the same bytes each time", async () => {
    await using bench = await prepared();
    const { env, tagInStaging } = bench.repositories;
    const commit = await tagInStaging("4.28.2");
    const first = await bench.run("make-source-tarball.sh", { ...release, ...env });
    expect(first, first.output).toMatchObject({
      code: 0,
      result: { note: `HHVM-4.28.2 is commit ${commit.slice(0, 12)}`, commit },
    });
    const tarball = (await bench.read("hhvm-scratch", "hhvm-4.28.2.tar.gz")) ?? Buffer.of();
    expect((await bench.read("hhvm-scratch", "hhvm-4.28.2.tar.gz.sig"))?.toString()).toBe("signature\n");
    await bench.run("make-source-tarball.sh", { ...release, ...env });
    expect((await bench.read("hhvm-scratch", "hhvm-4.28.2.tar.gz"))?.equals(tarball)).toBe(true);
    const listed = await piped("tar", ["-tz"], tarball);
    expect(listed.split("\n")).toEqual([
      "hhvm-4.28.2/",
      "hhvm-4.28.2/hphp/",
      "hhvm-4.28.2/hphp/test/",
      "hhvm-4.28.2/main.cpp",
      "",
    ]);
    expect(await piped("bash", ["-c", "gzip -dc | git get-tar-commit-id"], tarball)).toBe(`${commit}\n`);
  });

  test("nothing of a release that is made becomes public", async () => {
    await using bench = await prepared();
    await bench.repositories.tagInStaging("4.28.2");
    await bench.run("make-source-tarball.sh", { ...release, ...bench.repositories.env });
    expect(await bench.repositories.inPublic("refs/tags/*")).toBeUndefined();
    expect(await bench.keys("hhvm-downloads")).toEqual([]);
  });

  test("a nightly is tagged in both repositories, and made of its tag from then on", async () => {
    await using bench = await prepared();
    const { env, inPublic, publicRepository } = bench.repositories;
    const first = await bench.run("make-source-tarball.sh", { ...nightly, ...env });
    expect(first.code, first.output).toBe(0);
    const tagged = await inPublic("refs/tags/nightly-2026.11.24");
    expect(tagged).toBe(await git(publicRepository, "rev-parse", "master"));
    expect(await git(publicRepository, "ls-remote", env.STAGING_REPOSITORY, "nightly-2026.11.24")).toContain(tagged);
    expect(await bench.read("hhvm-downloads", nightly.S3_PATH)).toBeDefined();
    const next = await git(publicRepository, "commit-tree", "-m", "next", "-p", "master", "master^{tree}");
    await git(publicRepository, "branch", "--force", "master", next);
    const again = await bench.run("make-source-tarball.sh", { ...nightly, ...env });
    expect(again.result).toEqual(first.result);
  });

  describe.skipIf(!hasGpg)("where users have the tarball", () => {
    async function published() {
      const bench = await scriptBench();
      const gnupg = join(bench.folder, "gnupg");
      await mkdir(gnupg, { mode: 0o700 });
      const env = { PATH: "/usr/bin:/bin", GNUPGHOME: gnupg };
      const gpg = (...args: string[]) => run("gpg", ["--batch", "--quiet", ...args], { env });
      await gpg("--passphrase", "", "--quick-generate-key", "signer@example.org", "ed25519", "sign", "never");
      await writeFile(join(bench.folder, "source"), "what users have");
      await gpg("--armor", "--detach-sign", join(bench.folder, "source"));
      await bench.put("hhvm-downloads", "source/hhvm-4.28.2.tar.gz", "what users have");
      await bench.put("hhvm-downloads", "source/hhvm-4.28.2.tar.gz.sig", await bench.text("source.asc"));
      return {
        ...bench,
        restore: () =>
          bench.run("make-source-tarball.sh", {
            ...release,
            GNUPGHOME: gnupg,
            RESTORE_FROM: "s3://hhvm-downloads/source/hhvm-4.28.2.tar.gz",
          }),
        async [Symbol.asyncDispose]() {
          await run("gpgconf", ["--kill", "gpg-agent"], { env });
          await bench[Symbol.asyncDispose]();
        },
      };
    }

    test("it is that one that goes back to scratch, with its signature", async () => {
      await using bench = await published();
      const { code, output } = await bench.restore();
      expect(code, output).toBe(0);
      expect((await bench.read("hhvm-scratch", "hhvm-4.28.2.tar.gz"))?.toString()).toBe("what users have");
      expect((await bench.read("hhvm-scratch", "hhvm-4.28.2.tar.gz.sig"))?.toString()).toContain("BEGIN PGP SIGNATURE");
    });

    test("one that its signature does not hold for is not taken", async () => {
      await using bench = await published();
      await bench.put("hhvm-downloads", "source/hhvm-4.28.2.tar.gz", "what somebody else put there");
      const { code, output } = await bench.restore();
      expect([code, output]).toEqual([1, expect.stringContaining("BAD signature")]);
      expect(await bench.keys("hhvm-scratch")).toEqual([]);
    });
  });
});
