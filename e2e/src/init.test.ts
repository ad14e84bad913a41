import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createWorkspace } from "./workspace.ts";

const run = promisify(execFile);

const hasDpkg = await run("dpkg-deb", ["--version"]).then(
  () => true,
  () => {
    console.log("skipped: this machine has no dpkg-deb");
    return false;
  },
);

test.runIf(hasDpkg)(
  "a new repository builds at once, with nothing committed yet, a package that can be installed",
  async () => {
    await using workspace = await createWorkspace();
    const init = await workspace.muster("init", "--yes", "--name", "hello", "--for", "debian-12-bookworm");
    expect(init.exitCode, init.stderr).toBe(0);
    expect(init.stdout).toContain("wrote pipeline.ts\n");
    expect(init.stdout).toContain("Next: git init && npm install && npx muster build\n");
    await run("git", ["init", "--quiet"], { cwd: workspace.dir });

    const build = await workspace.muster("build", "--time-scale", "100");
    expect(build.exitCode, build.stderr).toBe(0);
    expect(build.stdout).toContain("3 tasks done, 0 skipped, 0 failed");
    const [, version] = /^build (\S+?)_/m.exec(build.stderr) ?? [];
    const downloads = join(workspace.dir, ".muster/s3/hello-downloads", `${version}`);
    await run("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: downloads });
    await run("dpkg-deb", ["-x", `hello_${version}_debian-12-bookworm.deb`, "installed"], { cwd: downloads });
    expect((await run(join(downloads, "installed/usr/bin/hello"))).stdout).toBe("hello from hello\n");

    const identity = ["-c", "user.name=Tester", "-c", "user.email=tester@example.org"];
    await run("git", ["add", "."], { cwd: workspace.dir });
    await run("git", [...identity, "commit", "--quiet", "--message", "Begin"], { cwd: workspace.dir });
    const untagged = await workspace.muster("task", "MakeSource-1.2.3");
    expect(untagged.exitCode).toBe(1);
    expect(untagged.stdout).toMatch(/^error: .* has no tag v1\.2\.3: git tag v1\.2\.3$/m);
    await run("git", ["tag", "v1.2.3"], { cwd: workspace.dir });
    const tagged = await workspace.muster("task", "MakeSource-1.2.3");
    expect(tagged.exitCode, tagged.stdout).toBe(0);

    const later = await workspace.json<{ written: string[]; kept: string[] }>("init", "--aws", "--name", "hello");
    expect(later.written).toContain("stages.ts");
    expect(later.written).not.toContain("pipeline.ts");
    expect(later.kept).toContain("package.json");
  },
);

test("a name that is none is refused in one line, and nothing is written", async () => {
  await using workspace = await createWorkspace();
  const { exitCode, stderr, stdout } = await workspace.muster("init", "--yes", "--name", "Hello World", "--dir", "new");
  expect(stderr).toBe(
    'muster: "Hello World" is no name for a pipeline (lower-case letters, digits and dashes, 40 at most: hello-world)\n',
  );
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(existsSync(join(workspace.dir, "new"))).toBe(false);
});

test("npm create muster is the same, in a folder that it makes", async () => {
  await using workspace = await createWorkspace();
  const program = join(import.meta.dirname, "../../packages/create-muster/src/main.ts");
  const words = ["--disable-warning=ExperimentalWarning", program, "hello", "--yes", "--what", "tarball"];
  const { stdout } = await run(process.execPath, words, { cwd: workspace.dir });
  expect(stdout).toContain("Next: cd hello && git init && npm install && npx muster build\n");
  expect(await readFile(join(workspace.dir, "hello/pipeline.ts"), "utf8")).toContain('name: "hello"');
});
