import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorkspace, type Workspace } from "../workspace.ts";

const document = await readFile(join(import.meta.dirname, "../../../docs/pipelines.md"), "utf8");
const [, section = ""] = /^## Caches$(.*?)^## /ms.exec(document) ?? [];
const [, script = ""] = /```bash\n(.*?)```/s.exec(section) ?? [];
const COMPILES = /^# … compile.*$/m;

let workspace: Workspace;

beforeAll(async () => {
  workspace = await createWorkspace();
  const definition = await readFile(join(import.meta.dirname, "examples/caches.ts"), "utf8");
  await workspace.write("pipeline.ts", definition);
  const compiling = 'mkdir -p cache && echo "$VERSION" >>cache/compiled && echo "compiled: $(xargs <cache/compiled)"';
  expect(script).toMatch(COMPILES);
  const whole = ["#!/bin/bash", "set -euo pipefail", script.replace(COMPILES, () => compiling)].join("\n");
  await workspace.write("compile.sh", whole, { executable: true });
  await workspace.write("dummy.sh", "#!/bin/bash\ntrue\n", { executable: true });
});
afterAll(() => workspace[Symbol.asyncDispose]());

test("the script that the page shows leaves a cache in scratch, and the next task has what is in it", async () => {
  for (const [version, compiled] of [
    ["1.2.3", "1.2.3"],
    ["1.2.4", "1.2.3 1.2.4"],
  ]) {
    const task = `Compile-${version}-debian-12-bookworm`;
    const { exitCode, stdout, stderr } = await workspace.muster("task", task, "--pipeline", "./pipeline.ts");
    expect(exitCode, stderr).toBe(0);
    expect(stdout.split("\n")).toContain(`compiled: ${compiled}`);
    expect(stdout).toMatch(/^wrote s3:\/\/tidy-scratch\/cache\/1\/debian-12-bookworm\.tar\.zst \(\d+ bytes\)$/m);
    expect(stderr).not.toContain("access.");
  }
});
