import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";

const PROGRAM = join(import.meta.dirname, "main.ts");
const MODULES = join(import.meta.dirname, "../../node_modules");

/** Fails in the first, third, fifth run. */
const EVERY_SECOND = `
import { appendFileSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
appendFileSync("runs", "x");
describe("a coin", () => {
  test("falls well", () => expect(readFileSync("runs", "utf8").length % 2, "fell on its edge").toBe(0));
  test("is round", () => {});
});`;

/** A workspace with a suite for each of the packages, which lies with all that a run leaves in a folder of its own. */
async function scratch(packages: Readonly<Record<string, Readonly<Record<string, string>>>>) {
  const dir = await mkdtemp(join(tmpdir(), "muster-flakes-test-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  };
  await symlink(MODULES, join(dir, "node_modules"));
  await mkdir(join(dir, "tmp"));
  await write("pnpm-workspace.yaml", "packages:\n  - suites/*\nonlyBuiltDependencies:\n  - node\n");
  for (const [name, files] of Object.entries(packages)) {
    const manifest = { name: `@scratch/${name}`, type: "module", scripts: { test: "vitest run" } };
    await write(`suites/${name}/package.json`, JSON.stringify(manifest));
    for (const [file, text] of Object.entries(files)) await write(`suites/${name}/${file}`, text);
  }
  const start = (...args: string[]): ChildProcessByStdio<null, Readable, Readable> =>
    spawn(process.execPath, ["--disable-warning=ExperimentalWarning", PROGRAM, "--root", dir, ...args], {
      env: { ...process.env, TMPDIR: join(dir, "tmp") },
      stdio: ["ignore", "pipe", "pipe"],
    });
  return {
    dir,
    start,
    kept: () => readdir(join(dir, "tmp")),
    async flakes(...args: string[]) {
      const child = start("--busy", "0", ...args);
      const output = { stdout: "", stderr: "" };
      for (const name of ["stdout", "stderr"] as const)
        child[name].setEncoding("utf8").on("data", (text: string) => (output[name] += text));
      const [exitCode] = (await once(child, "close")) as [number | null];
      return { exitCode, ...output };
    },
  };
}

test("a test that fails every second time is listed with how often, what it said first and where its output is kept", async () => {
  const { flakes } = await scratch({ coins: { "src/coin.test.ts": EVERY_SECOND } });
  const { exitCode, stdout } = await flakes("--rounds", "2");
  const lines = stdout.trimEnd().split("\n");
  expect(lines).toContain("coins > src/coin.test.ts > a coin > falls well: failed 1 of 2");
  expect(lines.filter((line) => line.includes("failed 1 of 2"))).toHaveLength(1);
  expect(lines.at(-2)?.trim()).toMatch(/^AssertionError: fell on its edge/);
  expect(await readFile(lines.at(-1)?.trim() ?? "", "utf8")).toContain("FAIL  src/coin.test.ts > a coin > falls well");
  expect(exitCode).toBe(1);
});

test("a suite that never fails leaves nothing behind, and the exit code is 0", async () => {
  const { flakes, kept } = await scratch({
    good: { "good.test.ts": `import { test } from "vitest"; test("is good", () => {});` },
  });
  const { exitCode, stdout } = await flakes("--rounds", "2");
  expect(stdout).toMatch(
    /^good 1 of 2: 1 passed, 0 failed in .*\ngood 2 of 2: .*\nnothing failed in 2 runs of 1 suites\n$/,
  );
  expect(exitCode).toBe(0);
  expect(await kept()).toEqual([]);
});

test("what passes only when it is tried again, cannot be loaded, or fails outside every test is listed too", async () => {
  const { flakes } = await scratch({
    again: {
      "again.test.ts": `import { expect, test } from "vitest"; let tries = 0;
        test("is tried twice", { retry: 1 }, () => expect(++tries).toBe(2));`,
    },
    broken: { "broken.test.ts": `import "./nowhere.ts";` },
    loud: {
      "loud.test.ts": `import { test } from "vitest";
        test("leaves an error behind", async () => { void Promise.reject(new Error("nobody waits for me")); });`,
    },
  });
  const { exitCode, stdout } = await flakes("--rounds", "1");
  expect(stdout).toMatch(
    /^again > again\.test\.ts > is tried twice: failed 1 of 1\n +passed only when it was tried again: AssertionError/m,
  );
  expect(stdout).toMatch(/^broken > broken\.test\.ts: failed 1 of 1\n.*nowhere\.ts/m);
  expect(stdout).toMatch(/^loud: failed 1 of 1\n +every test passed, but vitest ended with 1/m);
  expect(exitCode).toBe(1);
});

test("only the packages and files that are named run, and a name that is no suite is refused with those that are", async () => {
  const { flakes } = await scratch({
    coins: { "src/coin.test.ts": EVERY_SECOND, "src/other.test.ts": `throw new Error("not asked for");` },
    broken: { "broken.test.ts": `import "./nowhere.ts";` },
  });
  const asked = await flakes("--rounds", "1", "--only", "coins", "--file", "coin.test");
  expect(asked.stdout.match(/failed 1 of 1/g)).toHaveLength(1);
  expect(asked.stdout).toContain("falls well: failed 1 of 1");
  const unknown = await flakes("--only", "dice");
  expect(unknown).toMatchObject({ exitCode: 2, stderr: '"dice" has no suite: say one of broken, coins\n' });
});

test("no round begins after --seconds, and the rounds that were are told", async () => {
  const { flakes } = await scratch({ coins: { "src/coin.test.ts": EVERY_SECOND } });
  const { stdout } = await flakes("--rounds", "100000", "--seconds", "1");
  const [, rounds] = /falls well: failed \d+ of (\d+)$/m.exec(stdout) ?? [];
  expect(Number(rounds)).toBeGreaterThanOrEqual(1);
  expect(stdout.match(/^coins \d+ of 100000: /gm)).toHaveLength(Number(rounds));
});

test("the CPUs are kept busy by as many processes as are asked for, and none outlives an interruption", async () => {
  const { start } = await scratch({
    slow: {
      "slow.test.ts": `import { test } from "vitest"; test("never ends", { timeout: 0 }, () => new Promise(() => {}));`,
    },
  });
  const program = start("--rounds", "1", "--busy", "3");
  await expect.poll(() => childrenOf(program.pid), { timeout: 30_000 }).toHaveLength(4);
  const children = await childrenOf(program.pid);
  program.kill("SIGTERM");
  const [exitCode] = (await once(program, "close")) as [number | null];
  expect(exitCode).toBe(130);
  for (const pid of children) expect(() => process.kill(pid, 0), `process ${pid}`).toThrow("ESRCH");
});

async function childrenOf(pid = 0): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.trim().split(" ").filter(Boolean).map(Number);
}
