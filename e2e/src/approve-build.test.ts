import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningMuster } from "./run-muster.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

const readme = await readFile(join(import.meta.dirname, "../../docs/pipelines.md"), "utf8");
const [, section = ""] = /^## Approvals$(.*?)^## /ms.exec(readme) ?? [];
const [, definition = ""] = /```ts\n(.*?)```/s.exec(section) ?? [];
const PIPELINE = ["--pipeline", "./pipeline.ts"];
const script = (...lines: string[]) => ["#!/bin/bash", "set -euo pipefail", ...lines, ""].join("\n");

interface Status {
  readonly steps: readonly { readonly key: string; readonly state: string; readonly note?: string }[];
}

let workspace: Workspace;
let build: RunningMuster;
let name: string;

// One build of two versions, which waits for a person twice, serves the promises below, in their order.
beforeAll(async () => {
  workspace = await createWorkspace();
  await workspace.write("pipeline.ts", definition);
  await workspace.write("make.sh", script('echo "$VERSION" > o && muster-s3 cp o "s3://$SCRATCH_BUCKET/$VERSION"'), {
    executable: true,
  });
  await workspace.write(
    "publish.sh",
    script('echo "$VERSION" > o && muster-s3 cp o "s3://$DOWNLOADS_BUCKET/$VERSION"'),
    {
      executable: true,
    },
  );
  await workspace.write("dummy.sh", script("true"), { executable: true });
  build = workspace.start("build", "1.2.3", "1.2.4", ...PIPELINE);
  const asked = (version: string) =>
    build.saw(new RegExp(`ApproveRelease-${version} waits for approval: (muster approve .* --pipeline ./pipeline.ts)`));
  await Promise.all([asked("1.2.3"), asked("1.2.4")]);
  [, name = ""] = await build.saw(/^build (\S+)$/m);
});
afterAll(async () => {
  build.process.kill();
  await build.ended;
  await workspace[Symbol.asyncDispose]();
});

test("status says what waits, since when, and how to answer; what follows has not been done", async () => {
  const { stdout } = await workspace.muster("status", ...PIPELINE);
  expect(stdout).toMatch(/^ {2}\? +ApproveRelease +1\.2\.3 +waiting for approval for \d+/m);
  expect(stdout).toContain(`  muster approve ${name} ApproveRelease-1.2.3 --pipeline ./pipeline.ts\n`);
  expect(existsSync(join(workspace.dir, ".muster/s3/example-downloads/1.2.3"))).toBe(false);
});

test.each<[string[], string]>([
  [["1.2.3"], "2 steps of the build"],
  [["1.2.3", "ApproveRelaese-1.2.3"], 'no step "ApproveRelaese-1.2.3" of the build'],
])("approve %j is refused in one line", async (words, line) => {
  const refused = await workspace.muster("approve", ...words, ...PIPELINE);
  expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
  expect(refused.stderr).toContain(line);
});

test("the build goes on with who approved it and why; a second answer comes too late", async () => {
  const approve = () =>
    workspace.muster("approve", "1.2.3", "ApproveRelease-1.2.3", "--reason", "works on staging", ...PIPELINE);
  const approved = await approve();
  expect(approved).toMatchObject({ exitCode: 0, stdout: `approved ApproveRelease-1.2.3 of ${name}, by tester\n` });
  await build.saw(/Publish-1\.2\.3 succeeded/);
  const again = await approve();
  expect(again).toMatchObject({ exitCode: 2, stdout: "" });
  expect(again.stderr).toContain("does not wait any more: approved by tester: works on staging");
});

test("what is rejected fails by name, and the result says who said so, why and when", async () => {
  const rejected = await workspace.muster("approve", name, "--reject", "--reason", "it crashes", ...PIPELINE);
  expect(rejected).toMatchObject({ exitCode: 0, stdout: `rejected ApproveRelease-1.2.4 of ${name}, by tester\n` });
  const ended = await build.ended;
  expect(ended.exitCode, ended.stderr).toBe(1);
  expect(ended.stdout).toMatch(/^ {2}ApproveRelease 1\.2\.4 Muster\.Rejected, by tester at \d{4}-\S+Z: it crashes$/m);
  const results = JSON.parse((await workspace.muster("results", ...PIPELINE)).stdout);
  expect(results.ForEachVersion["1.2.3"].ApproveRelease).toEqual({
    success: { by: "tester", at: expect.stringMatching(/^\d{4}-.*Z$/), reason: "works on staging" },
  });
  expect(Object.keys(results.ForEachVersion["1.2.4"])).toEqual(["Make", "ApproveRelease"]);
  const { steps } = await workspace.json<Status>("status", ...PIPELINE);
  expect(steps.find(({ key }) => key === "ApproveRelease-1.2.3")).toMatchObject({
    state: "succeeded",
    note: "approved by tester: works on staging",
  });
  const late = await workspace.muster("approve", name, ...PIPELINE);
  expect(late.stderr).toContain(`the build ${name} has ended already: failed`);
});

test("a plan names what would be asked for, and for what", async () => {
  const { stdout } = await workspace.muster("build", "--plan", "1.2.3", "1.2.4", ...PIPELINE);
  expect(stdout).toMatch(/^ask +ApproveRelease +1\.2\.4 +before Publish$/m);
  expect(stdout).not.toMatch(/^ask .*1\.2\.3/m);
});
