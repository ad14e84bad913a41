import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { hasProgram } from "./testing/has-program.ts";
import { release } from "./testing/sample-tasks.ts";
import { scriptBench } from "./testing/script-bench.ts";

const run = promisify(execFile);

test("no script has a mistake that the shell, or shellcheck where it is installed, can see", async () => {
  const folder = join(import.meta.dirname, "scripts");
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".sh"));
  expect(files).toHaveLength(10);
  for (const file of files) await run("bash", ["-n", join(folder, file)]);
  if (await hasProgram("shellcheck"))
    await run(
      "shellcheck",
      files.map((file) => join(folder, file)),
    );
});

test("scripts that are executed stop at the first error", async () => {
  await using bench = await scriptBench();
  const { code, output } = await bench.run("publish-source-tarball.sh", release);
  expect(code).not.toBe(0);
  expect(output).toContain("muster-s3");
  expect(await bench.read("hhvm-downloads", "source/hhvm-4.28.2.tar.gz")).toBeUndefined();
});
