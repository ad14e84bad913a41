import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const repository = join(import.meta.dirname, "../..");

/** Files of this repository by git's patterns, relative to it. */
async function filesLike(...patterns: string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", ...patterns],
    { cwd: repository },
  );
  return stdout.split("\n").filter(Boolean);
}

const read = (file: string) => readFile(join(repository, file), "utf8");

test("the gate runs the tests once", async () => {
  const calls = (await read(".ci/run")).split("\n").filter((line) => /^[^#]*\bnpm test\b/.test(line));
  expect(calls).toEqual(["if npm test -- --continue --summarize; then exit 0; fi"]);
});

test("no suite and no test is tried again when it has failed", async () => {
  const configurations = await filesLike("*vitest.config.*");
  expect(configurations.length).toBeGreaterThan(5);
  // Of vitest; ASL's own word is Retry, and a build's retry says of what.
  const tried = /\bretry:\s*(\d|\{\s*(count|delay|condition)\b)|--retry\b|\brepeats:/;
  const sources = [...configurations, ...(await filesLike("*.test.ts", "*package.json", "*turbo.json"))];
  const found = await Promise.all(sources.map(async (file) => (tried.test(await read(file)) ? [file] : [])));
  // One shows that a test which is tried twice is told of, the other is this.
  expect(found.flat().sort()).toEqual(["e2e/flakes/main.test.ts", "e2e/src/one-try.test.ts"]);
});
