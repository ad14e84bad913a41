import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { hasProgram } from "./testing/has-program.ts";
import { release } from "./testing/sample-tasks.ts";
import { scriptBench } from "./testing/script-bench.ts";

const run = promisify(execFile);

test("no script has a mistake that the shell, or shellcheck where it is installed, can see", async () => {
  const scripts = await filesOf("scripts", (name) => name.endsWith(".sh"));
  expect(scripts).toHaveLength(13);
  const played = await Promise.all(
    ["programs", "packaging/bin", "hhvm-docker"].map((folder) => filesOf(join("testing", folder), isScript)),
  );
  const files = [...scripts, ...played.flat()];
  for (const file of files) await run("bash", ["-n", file]);
  if (await hasProgram("shellcheck")) await run("shellcheck", files);
});

/** Files below a folder of this package, as absolute paths. */
async function filesOf(folder: string, wanted: (name: string) => boolean): Promise<string[]> {
  const from = join(import.meta.dirname, folder);
  return (await readdir(from, { recursive: true, withFileTypes: true }))
    .filter((file) => file.isFile() && wanted(file.name))
    .map((file) => join(file.parentPath, file.name));
}

const isScript = (name: string): boolean => name.endsWith(".sh") || !/[.A-Z]/.test(name);

test("scripts that are executed stop at the first error", async () => {
  await using bench = await scriptBench();
  await bench.install("aws");
  const { code, output } = await bench.run("publish-source-tarball.sh", release);
  expect(code).not.toBe(0);
  expect(output).toContain("muster-s3");
  expect(await bench.read("hhvm-downloads", "source/hhvm-4.28.2.tar.gz")).toBeUndefined();
});

test("what workers install comes from their distribution, and from nowhere else", async () => {
  const inits = await filesOf("scripts/init", (name) => name.endsWith(".sh"));
  expect(inits.length).toBeGreaterThan(0);
  for (const file of inits) {
    const text = await readFile(file, "utf8");
    expect(text, file).toMatch(/^apt-get .* install /m);
    expect(text, file).not.toMatch(/sources\.list|add-apt-repository|apt-key|\.deb\b|\| *(ba)?sh\b/);
  }
});
