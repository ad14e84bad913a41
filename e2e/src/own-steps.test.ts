import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Outcome } from "./run-muster.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

const readme = await readFile(join(import.meta.dirname, "../../docs/pipelines.md"), "utf8");
const [, section = ""] = /^## Steps of the build's own$(.*?)^## /ms.exec(readme) ?? [];
const [, definition = ""] = /```ts\n(.*?)```/s.exec(section) ?? [];
const PIPELINE = ["--pipeline", "./pipeline.ts"];

const script = (...lines: string[]) => ["#!/bin/bash", "set -euo pipefail", ...lines, ""].join("\n");
const makeTarball = (failing: string) =>
  script(
    `if [ "$VERSION" = "${failing}" ]; then exit 3; fi`,
    'echo "$VERSION" > object && muster-s3 cp object "s3://$DOWNLOADS_BUCKET/$VERSION/example.tar.gz"',
  );

interface Status {
  readonly steps: readonly {
    readonly key: string;
    readonly per: string;
    readonly state: string;
    readonly reason?: string;
  }[];
}

let workspace: Workspace;
let built: Outcome;

// One build of three versions, of which one fails, serves the promises below.
beforeAll(async () => {
  workspace = await createWorkspace();
  await workspace.write("pipeline.ts", definition);
  await workspace.write("make-tarball.sh", makeTarball("1.2.5"), { executable: true });
  await workspace.write(
    "announce.sh",
    script(
      'echo "announcing $VERSIONS, not $FAILED_VERSIONS"',
      "for version in $VERSIONS; do",
      '  echo "$version" > object && muster-s3 cp object "s3://$DOWNLOADS_BUCKET/announced/$version.txt"',
      "done",
    ),
    { executable: true },
  );
  await workspace.write("dummy.sh", script("true"), { executable: true });
  built = await workspace.muster("build", "1.2.3", "1.2.4", "1.2.5", ...PIPELINE, "--time-scale", "100");
});
afterAll(() => workspace[Symbol.asyncDispose]());

const downloads = (path: string) => join(workspace.dir, ".muster/s3/example-downloads", path);

test("the step of its own that the reference shows runs once, about the versions that came through", async () => {
  expect(built.exitCode, built.stderr).toBe(1);
  const failures = built.stdout.split("\n").filter((line) => line.includes("ScriptFailed"));
  expect(failures).toEqual([expect.stringMatching(/^ {2}MakeTarball 1\.2\.5 i-\w+ Muster\.ScriptFailed, exit 3, /)]);
  const announced = (await readdir(downloads("announced"))).filter((name) => name.endsWith(".txt")).sort();
  expect(announced).toEqual(["1.2.3.txt", "1.2.4.txt"]);
});

test("what it changes is in the index pages: they follow it", async () => {
  expect(await readFile(downloads("announced/index.html"), "utf8")).toContain("1.2.4.txt");
});

test("status, logs and results show it by its name", async () => {
  const { steps } = await workspace.json<Status>("status", ...PIPELINE);
  expect(steps.find(({ key }) => key === "Announce")).toMatchObject({ per: "build", state: "succeeded" });
  const log = await workspace.muster("logs", "Announce", ...PIPELINE);
  expect(log.stdout).toContain("announcing 1.2.3 1.2.4, not 1.2.5");
  const results = JSON.parse((await workspace.muster("results", ...PIPELINE)).stdout);
  expect(Object.keys(results).sort()).toEqual(["Announce", "ForEachVersion", "InvalidateCloudFront", "UpdateIndices"]);
  expect(results.Announce).toMatchObject({ success: { ec2: expect.stringMatching(/^i-/) } });
});

test("matrix and plan tell how far it is, for a version and for a build", async () => {
  const matrix = await workspace.muster("matrix", "1.2.3", ...PIPELINE);
  expect(matrix.stdout).toMatch(/^succeeded +Announce +s3:\/\/example-downloads\/announced\/1\.2\.3\.txt$/m);
  const plan = await workspace.muster("build", "--plan", "1.2.3", "1.2.5", "Announce", ...PIPELINE);
  expect(plan.stdout.split("\n").filter((line) => line.startsWith("run "))).toEqual([
    expect.stringMatching(/^run +Announce +[\d.:]+( s)? +s3:.*1\.2\.5\.txt does not exist$/),
  ]);
});

test("where a step of every version fails it is skipped, and says so", async () => {
  const again = await workspace.muster("build", "1.2.5", ...PIPELINE, "--time-scale", "100");
  expect(again.exitCode).toBe(1);
  expect(again.stderr).toContain("Announce skipped: a step of every version failed: 1.2.5");
  expect(existsSync(downloads("announced/1.2.5.txt"))).toBe(false);
});
