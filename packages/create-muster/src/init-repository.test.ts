import { execFile } from "node:child_process";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { initRepository } from "./init-repository.ts";
import { type Shipped, shippedKinds } from "./shipped.ts";

const root = join(import.meta.dirname, "..");
const repository = join(root, "../..");
const run = promisify(execFile);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-init-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const init = (what: Shipped, aws = false) =>
  initRepository(
    { folder, name: "hello", what, platforms: ["debian-12-bookworm", "ubuntu-24.04-noble"], aws },
    { version: "1.2.3" },
  );

const read = (path: string) => readFile(join(folder, path), "utf8");

test("templates.json holds what lies in templates/", async () => {
  const files = globSync("*/**/*.tmpl", { cwd: join(root, "templates") }).sort();
  const texts = files.map((file) => [file, readFileSync(join(root, "templates", file), "utf8")]);
  await expect(`${JSON.stringify(Object.fromEntries(texts), undefined, 2)}\n`).toMatchFileSnapshot("templates.json");
});

test.each(Object.keys(shippedKinds) as Shipped[])(
  "a repository of a %s has all that its README names",
  async (what) => {
    const { written, kept } = init(what, true);
    expect(kept).toEqual([]);
    for (const path of ["pipeline.ts", "pipeline.test.ts", "package.json", "stages.ts", "cdktf.json", ".gitignore"])
      expect(written).toContain(path);
    expect(await read(".npmrc"), "an old Node is refused by npm").toContain("engine-strict=true");
    for (const name of ["test", "plan", "deploy"]) expect(written).toContain(`.github/workflows/${name}.yml`);
    for (const path of written) {
      const text = await read(path);
      expect(text, path).not.toMatch(/@[A-Z_]+@|_dot_/);
      expect((statSync(join(folder, path)).mode & 0o111) !== 0, path).toBe(text.startsWith("#!"));
    }
    expect(JSON.parse(await read("package.json")).devDependencies).toMatchObject({
      "@muster/infra": "^1.2.3",
      muster: "^1.2.3",
    });
  },
);

test("what is there stays, and the rest is added", async () => {
  await writeFile(join(folder, "package.json"), "{}");
  await writeFile(join(folder, "README.md"), "mine");
  const first = init("deb");
  expect(first.kept).toEqual(["README.md", "package.json"]);
  expect(first.packages).toEqual(["@muster/pipeline@^1.2.3", "@muster/simulation@^1.2.3", "muster@^1.2.3"]);
  expect(await read("README.md")).toBe("mine");
  expect(existsSync(join(folder, "stages.ts"))).toBe(false);
  const later = init("deb", true);
  expect(later.written).toEqual([
    ".github/workflows/deploy.yml",
    ".github/workflows/plan.yml",
    "cdktf.json",
    "stages.ts",
  ]);
  expect(init("deb", true).written).toEqual([]);
});

test("a file in place of the folder is refused", async () => {
  await writeFile(join(folder, "file"), "");
  const options = { name: "hello", what: "deb", platforms: ["debian-12-bookworm"], aws: false } as const;
  expect(() => initRepository({ folder: join(folder, "file"), ...options }, { version: "1.2.3" })).toThrow(
    /is a file$/,
  );
});

test.each(Object.keys(shippedKinds) as Shipped[])(
  "the pipeline of a %s type-checks strictly, its own test passes, and shellcheck is content",
  async (what) => {
    const { written } = init(what);
    await mkdir(join(folder, "node_modules/@muster"), { recursive: true });
    for (const name of ["pipeline", "recipes", "simulation"])
      await symlink(join(repository, "packages", name), join(folder, "node_modules/@muster", name));
    await symlink(join(repository, "node_modules/@types"), join(folder, "node_modules/@types"));
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: join(repository, "tsconfig.base.json"), include: ["*.ts"] }),
    );
    const tsc = await run(join(repository, "node_modules/.bin/tsc"), ["--noEmit"], { cwd: folder }).catch(
      (error) => error,
    );
    expect(tsc.stdout).toBe("");
    const words = ["--disable-warning=ExperimentalWarning", "--test", "pipeline.test.ts"];
    const { stdout } = await run(process.execPath, words, { cwd: folder, env: { PATH: process.env.PATH } });
    expect(stdout).toMatch(/# fail 0|ℹ fail 0/);
    const scripts = written.filter((path) => path.endsWith(".sh"));
    await Promise.all(scripts.map((script) => run("bash", ["-n", script], { cwd: folder })));
    const checked = await run("shellcheck", ["--shell=bash", "--severity=warning", ...scripts], { cwd: folder }).catch(
      (error: { code?: unknown; stdout?: string }) => (error.code === "ENOENT" ? { stdout: "" } : error),
    );
    expect(checked.stdout).toBe("");
  },
);
