import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { everyRecipe } from "../testing/every-recipe.ts";
import * as recipes from "./index.ts";

const run = promisify(execFile);
const folder = join(import.meta.dirname, "../scripts");
const scripts = (await readdir(folder)).map((name) => join(folder, name));
const hasShellcheck = await run("shellcheck", ["--version"]).then(
  () => true,
  () => false,
);

test("every script can run, and bash reads it", async () => {
  for (const script of scripts) {
    expect((await stat(script)).mode & 0o111, script).not.toBe(0);
    expect(await readFile(script, "utf8"), script).toMatch(/^#!\/bin\/bash\n/);
    await run("bash", ["-n", script]);
  }
});

test.skipIf(!hasShellcheck)("shellcheck finds nothing in any script", async () => {
  await run("shellcheck", scripts);
});

test("each recipe names scripts that are there, and no script is without a recipe", () => {
  const named = everyRecipe.flatMap(({ script, init, check, withdraw }) =>
    [script, init ?? [], check ?? [], withdraw?.kind === "script" ? withdraw.script : []].flat(),
  );
  const files = named.filter((each) => each.startsWith("file:")).map((each) => fileURLToPath(each));
  for (const file of files) expect(existsSync(file), file).toBe(true);
  expect([...new Set(files)].sort()).toEqual(scripts.sort());
});

test("there is an example of every recipe here", () => {
  const functions = Object.entries(recipes).filter(([, value]) => typeof value === "function");
  const others = ["debianBuild"];
  expect(everyRecipe).toHaveLength(functions.length - others.length);
});
