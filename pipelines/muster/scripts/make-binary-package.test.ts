import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type TaskBench, taskBench } from "../testing/task-bench.ts";
import { sha256 } from "../tools/objects.ts";

const env = {
  VERSION: "1.2.3",
  DISTRO: "debian-12-bookworm",
  S3_SOURCE: "s3://scratch/muster-1.2.3.tar.gz",
  BUILT_PREFIX: "packages/1.2.3/debian-12-bookworm/",
};
const deb = `${env.BUILT_PREFIX}muster_1.2.3-1~bookworm_amd64.deb`;
const checksum = `${env.BUILT_PREFIX}muster_1.2.3-1~bookworm.sha256`;

/** A repository whose tool packages nothing but a word; the real tool's package has tests of its own. */
async function repositoryIn({ folder }: TaskBench, word: string): Promise<string> {
  const path = join(folder, "repository");
  await mkdir(join(path, "pipelines/muster/tools"), { recursive: true });
  const tool = `#!/bin/bash\n[ "$1" = make-binary-package ] && mkdir out && echo "${word}" >out/muster_1.2.3-1~bookworm_amd64.deb\n`;
  await writeFile(join(path, "pipelines/muster/tools/run.sh"), tool, { mode: 0o755 });
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], { cwd: path });
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "-m", word);
  return path;
}

/** Puts the repository's HEAD where MakeSourceTarball leaves it. */
async function putSource(bench: TaskBench, repository: string): Promise<void> {
  const args = ["-C", repository, "archive", "--format=tar.gz", "--prefix=muster-1.2.3/", "HEAD"];
  const tarball = execFileSync("git", args);
  await bench.write("scratch", "muster-1.2.3.tar.gz", tarball);
  await bench.write("scratch", "muster-1.2.3.tar.gz.sha256", `${sha256(tarball)}  muster-1.2.3.tar.gz\n`);
}

test("the package is made by the tool of the version's source, not by that of the checkout", async () => {
  await using bench = await taskBench();
  const repository = await repositoryIn(bench, "from the tarball");
  await putSource(bench, repository);
  const { code } = await bench.script("make-binary-package.sh", { ...env, MUSTER_REPOSITORY: "/nowhere" });
  expect(code).toBe(0);
  expect((await bench.read("scratch", deb))?.toString()).toBe("from the tarball\n");
  expect((await bench.read("scratch", checksum))?.toString()).toBe(
    `${sha256("from the tarball\n")}  muster_1.2.3-1~bookworm_amd64.deb\n`,
  );
});

test("alone on a checkout, the step packages HEAD and says so", async () => {
  await using bench = await taskBench();
  const repository = await repositoryIn(bench, "from HEAD");
  const { code, output } = await bench.script("make-binary-package.sh", { ...env, MUSTER_REPOSITORY: repository });
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringContaining(`${env.S3_SOURCE} is not built: packaging HEAD of ${repository} instead\n`),
  });
  expect((await bench.read("scratch", deb))?.toString()).toBe("from HEAD\n");
});

test("without a source and without a checkout, one line says what to run first", async () => {
  await using bench = await taskBench();
  const { code, output } = await bench.script("make-binary-package.sh", env);
  expect(code).toBe(1);
  expect(output.trim().split("\n").at(-1)).toBe(`${env.S3_SOURCE} is not built: run MakeSourceTarball of 1.2.3 first`);
});

test("a test build makes the package and leaves nothing of it", async () => {
  await using bench = await taskBench();
  const repository = await repositoryIn(bench, "to be thrown away");
  const { code, output } = await bench.script("make-binary-package.sh", {
    ...env,
    MUSTER_REPOSITORY: repository,
    SKIP_PUBLISH: "1",
  });
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringContaining("a test build: muster_1.2.3-1~bookworm_amd64.deb is thrown away\n"),
  });
  expect(await bench.read("scratch", checksum)).toBeUndefined();
});

test("a damaged source is not packaged", async () => {
  await using bench = await taskBench();
  await putSource(bench, await repositoryIn(bench, "damaged"));
  await bench.write("scratch", "muster-1.2.3.tar.gz", "damaged on its way");
  const { code, output } = await bench.script("make-binary-package.sh", env);
  expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining("muster-1.2.3.tar.gz: FAILED") });
  expect(await bench.read("scratch", checksum)).toBeUndefined();
});
