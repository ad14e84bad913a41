import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type TaskBench, taskBench } from "../testing/task-bench.ts";

const task = {
  VERSION: "1.2.3",
  S3_SOURCE: "s3://scratch/muster-1.2.3.tar.gz",
};
const published = "source/muster-1.2.3.tar.gz";
const restoring = { ...task, RESTORE_FROM: `s3://downloads/${published} s3://downloads/${published}.sha256` };

/** A repository with one commit, dated in November 2023. */
async function repositoryIn({ folder }: TaskBench) {
  const path = join(folder, "repository");
  await mkdir(join(path, "src"), { recursive: true });
  await writeFile(join(path, "README.md"), "read me\n");
  await writeFile(join(path, "src/run.sh"), "#!/bin/sh\n", { mode: 0o755 });
  await writeFile(join(path, ".gitignore"), "built\n");
  await writeFile(join(path, "built"), "not source\n");
  const git = (...args: string[]): string =>
    execFileSync("git", args, {
      cwd: path,
      encoding: "utf8",
      env: {
        PATH: "/usr/local/bin:/usr/bin:/bin",
        HOME: folder,
        GIT_AUTHOR_NAME: "a",
        GIT_AUTHOR_EMAIL: "a@example.org",
        GIT_COMMITTER_NAME: "a",
        GIT_COMMITTER_EMAIL: "a@example.org",
        GIT_AUTHOR_DATE: "@1700000000 +0000",
        GIT_COMMITTER_DATE: "@1700000000 +0000",
      },
    });
  const commitAll = (message: string): void => {
    git("add", "--all");
    git("commit", "--quiet", "-m", message);
  };
  git("init", "--quiet");
  commitAll("first");
  return { path, git, commitAll };
}

const tarball = async (bench: TaskBench): Promise<Buffer> =>
  (await bench.read("scratch", "muster-1.2.3.tar.gz")) ?? Buffer.alloc(0);

const listing = (tar: Buffer): string[] =>
  execFileSync("tar", ["--list", "--gzip", "--verbose", "--utc"], { input: tar, encoding: "utf8" }).trim().split("\n");

const contentOf = (tar: Buffer, path: string): string =>
  execFileSync("tar", ["--extract", "--gzip", "--to-stdout", `muster-1.2.3/${path}`], { input: tar, encoding: "utf8" });

test("the tracked files of HEAD, sorted, root's, dated as the commit; with their checksum", async () => {
  await using bench = await taskBench();
  const { path } = await repositoryIn(bench);
  const { code, output, result } = await bench.script("make-source-tarball.sh", { ...task, MUSTER_REPOSITORY: path });
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining("muster-1.2.3.tar.gz: commit") });
  const tar = await tarball(bench);
  expect(listing(tar)).toEqual([
    "drwxr-xr-x root/root         0 2023-11-14 22:13 muster-1.2.3/",
    "-rw-r--r-- root/root         6 2023-11-14 22:13 muster-1.2.3/.gitignore",
    "-rw-r--r-- root/root         8 2023-11-14 22:13 muster-1.2.3/README.md",
    "drwxr-xr-x root/root         0 2023-11-14 22:13 muster-1.2.3/src/",
    "-rwxr-xr-x root/root        10 2023-11-14 22:13 muster-1.2.3/src/run.sh",
  ]);
  const digest = createHash("sha256").update(tar).digest("hex");
  expect((await bench.read("scratch", "muster-1.2.3.tar.gz.sha256"))?.toString()).toBe(
    `${digest}  muster-1.2.3.tar.gz\n`,
  );
  expect(result).toEqual({
    note: expect.stringMatching(/^commit [0-9a-f]{7,} of 2023-11-14$/),
    commit: expect.stringMatching(/^[0-9a-f]{40}$/),
  });
});

test("the same commit gives the same bytes, whatever the user's settings of git", async () => {
  await using bench = await taskBench();
  const { path } = await repositoryIn(bench);
  await bench.script("make-source-tarball.sh", { ...task, MUSTER_REPOSITORY: path });
  const first = await tarball(bench);
  await writeFile(join(bench.folder, ".gitconfig"), "[tar]\n\tumask = 0077\n[core]\n\tautocrlf = true\n");
  const { code } = await bench.script("make-source-tarball.sh", { ...task, MUSTER_REPOSITORY: path, TZ: "Asia/Tokyo" });
  expect(code).toBe(0);
  expect(await tarball(bench)).toEqual(first);
});

test("a version with a tag is made from the tag, not from HEAD", async () => {
  await using bench = await taskBench();
  const { path, git, commitAll } = await repositoryIn(bench);
  git("tag", "v1.2.3");
  await writeFile(join(path, "README.md"), "changed\n");
  commitAll("second");
  await bench.script("make-source-tarball.sh", { ...task, MUSTER_REPOSITORY: path });
  expect(contentOf(await tarball(bench), "README.md")).toBe("read me\n");
});

test("changes that are not committed are not in it, and the note says so", async () => {
  await using bench = await taskBench();
  const { path } = await repositoryIn(bench);
  await writeFile(join(path, "README.md"), "changed\n");
  const { result } = await bench.script("make-source-tarball.sh", { ...task, MUSTER_REPOSITORY: path });
  expect(contentOf(await tarball(bench), "README.md")).toBe("read me\n");
  expect(result?.note).toMatch(/; the changes that are not committed are not in it$/);
});

test("an unpacked source without git's folder gives what git would track, the same bytes each time", async () => {
  await using bench = await taskBench();
  const { path } = await repositoryIn(bench);
  await rm(join(path, ".git"), { recursive: true });
  for (const file of [".gitignore", "README.md", "src/run.sh"])
    await utimes(join(path, file), 1_700_000_000, 1_700_000_000);
  const { code, output } = await bench.script("make-source-tarball.sh", { ...task, MUSTER_REPOSITORY: path });
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining("of 2023-11-14") });
  const first = await tarball(bench);
  expect(listing(first).map((line) => line.split(" ").at(-1))).toEqual([
    "muster-1.2.3/",
    "muster-1.2.3/.gitignore",
    "muster-1.2.3/README.md",
    "muster-1.2.3/src/",
    "muster-1.2.3/src/run.sh",
  ]);
  await bench.script("make-source-tarball.sh", { ...task, MUSTER_REPOSITORY: path });
  expect(await tarball(bench)).toEqual(first);
});

test("a repository elsewhere is cloned from its URL", async () => {
  await using bench = await taskBench();
  const { path } = await repositoryIn(bench);
  const { code } = await bench.script("make-source-tarball.sh", { ...task, SOURCE_REPOSITORY: `file://${path}` });
  expect(code).toBe(0);
  expect(contentOf(await tarball(bench), "README.md")).toBe("read me\n");
});

test("a version that is published is not made anew: its tarball comes from the downloads", async () => {
  await using bench = await taskBench();
  const { path } = await repositoryIn(bench);
  const content = Buffer.from("what users have");
  const digest = createHash("sha256").update(content).digest("hex");
  await bench.write("downloads", published, content);
  await bench.write("downloads", `${published}.sha256`, `${digest}  muster-1.2.3.tar.gz\n`);
  const { code, result } = await bench.script("make-source-tarball.sh", { ...restoring, MUSTER_REPOSITORY: path });
  expect({ code, result }).toEqual({ code: 0, result: { note: `the published s3://downloads/${published}` } });
  expect(await tarball(bench)).toEqual(content);
});

test("a published tarball that is not what its checksum says is not taken", async () => {
  await using bench = await taskBench();
  await bench.write("downloads", published, "damaged");
  await bench.write("downloads", `${published}.sha256`, `${"0".repeat(64)}  muster-1.2.3.tar.gz\n`);
  const { code, output } = await bench.script("make-source-tarball.sh", restoring);
  expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining("muster-1.2.3.tar.gz: FAILED") });
  expect(await bench.read("scratch", "muster-1.2.3.tar.gz")).toBeUndefined();
});

test.for([
  {
    name: "no repository at all",
    env: {},
    message: "no repository to release: name its clone URL as sourceRepository",
  },
  { name: "a folder that is not there", env: { MUSTER_REPOSITORY: "/nowhere" }, message: "/nowhere is not there" },
])("$name is one clear line", async ({ env, message }) => {
  await using bench = await taskBench();
  const { code, output } = await bench.script("make-source-tarball.sh", { ...task, ...env });
  expect(code).toBe(1);
  expect(output.trim().split("\n")).toEqual([expect.stringContaining(message)]);
  expect(await bench.read("scratch", "muster-1.2.3.tar.gz.sha256")).toBeUndefined();
});

test("a repository without a commit is one clear line", async () => {
  await using bench = await taskBench();
  const path = join(bench.folder, "empty");
  execFileSync("git", ["init", "--quiet", path]);
  const { code, output } = await bench.script("make-source-tarball.sh", { ...task, MUSTER_REPOSITORY: path });
  expect({ code, output }).toEqual({
    code: 1,
    output: `${path} has no commit: nothing is tracked that could be released\n`,
  });
});
