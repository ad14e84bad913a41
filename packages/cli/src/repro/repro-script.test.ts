import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { reproScript } from "./repro-script.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster repro's $HOME "));
  await mkdir(join(folder, "script"));
  await writeFile(join(folder, "init.sh"), "export GREETING=hello VERSION=init\n");
  await writeFile(join(folder, "script/make.sh"), "#!/bin/bash\npwd\nenv\nexit 3\n");
  await chmod(join(folder, "script/make.sh"), 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const write = (env: Readonly<Record<string, string>>, missing: readonly string[] = []) =>
  reproScript({
    head: ["What it is."],
    folder,
    variables: { PATH: "/usr/bin:/bin", TMPDIR: join(folder, "tmp") },
    env,
    missing,
    script: join(folder, "script/make.sh"),
    init: join(folder, "init.sh"),
  });
const run = (text: string, env: Readonly<Record<string, string>> = {}) =>
  spawnSync("/bin/bash", ["-s"], { input: text, encoding: "utf8", env: { PATH: "/usr/bin:/bin", ...env } });

test("whatever is in a value or a path, the script has it, after init, and nothing of the caller's", () => {
  const odd = `it's "$(id)" \`id\` \\ $HOME\ttab`;
  const { status, stdout } = run(write({ VERSION: "1.2.3", ODD: odd, EMPTY: "" }), { MINE: "1" });
  expect(status).toBe(3);
  const lines = stdout.split("\n");
  expect(lines[0]).toBe(join(folder, "work"));
  expect(lines).toEqual(
    expect.arrayContaining([`ODD=${odd}`, "VERSION=1.2.3", "GREETING=hello", "EMPTY=", `TMPDIR=${folder}/tmp`]),
  );
  expect(stdout).not.toContain("MINE=");
});

test("a secret is not in it, and is asked of who runs it", () => {
  const text = write({ API_TOKEN: "hush-hush-hush" }, ["SIGNING_KEY"]);
  expect(text).not.toContain("hush");
  expect(run(text).stderr).toContain("API_TOKEN: is secret, and not kept: export it first");
  const { stdout } = run(text, { API_TOKEN: "mine", SIGNING_KEY: "also mine" });
  expect(stdout).toMatch(/^API_TOKEN=mine$/m);
  expect(stdout).toMatch(/^SIGNING_KEY=also mine$/m);
});
