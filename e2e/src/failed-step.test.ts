import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Results } from "@muster/pipeline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeProbePipeline } from "./probe-pipeline.ts";
import type { Outcome } from "./run-muster.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

interface Status {
  readonly name: string;
  readonly state: string;
  readonly steps: readonly {
    readonly key: string;
    readonly state: string;
    readonly attempts: readonly {
      readonly instance?: string;
      readonly startedAt?: string;
      readonly endedAt?: string;
    }[];
  }[];
}

const VERSIONS = ["1.0.0", "1.1.0", "1.2.0"];
const FAILING = "MakePackage-1.1.0-ubuntu-24.04-noble";

let workspace: Workspace;
let pipeline: string[];
let built: Outcome;
let status: Status;

// One build of three versions serves all promises below: the script of one version's one platform fails.
beforeAll(async () => {
  workspace = await createWorkspace();
  pipeline = await writeProbePipeline(workspace, {
    MakePackage: `if [ "$VERSION $DISTRO" = "1.1.0 ubuntu-24.04-noble" ]; then echo "about to fail"; exit 3; fi`,
  });
  // Three attempts, a minute and five minutes apart, are paced down; scripts are not.
  built = await workspace.muster("build", ...VERSIONS, ...pipeline, "--time-scale", "100");
  status = await workspace.json<Status>("status", ...pipeline);
});
afterAll(() => workspace[Symbol.asyncDispose]());

test("the exit code is 1, and the report lists exactly the failed step with version, platform and instance id", () => {
  expect(built.exitCode).toBe(1);
  const failures = built.stdout.split("\n").filter((line) => line.includes("ScriptFailed"));
  expect(failures).toEqual([
    expect.stringMatching(
      /^ {2}MakePackage 1\.1\.0 ubuntu-24\.04-noble i-[0-9a-f]+ Muster\.ScriptFailed, exit 3, after \d+ s: about to fail$/,
    ),
  ]);
});

test("its first line says what failed, where and since when; below are the last words and the command for the rest", () => {
  const lines = built.stdout.split("\n");
  expect(lines[0]).toMatch(
    / failed after [\d.:]+( s)?: MakePackage failed on 1\.1\.0 ubuntu-24\.04-noble alone of 6 tasks$/,
  );
  const from = lines.findIndex((line) => line.includes("ScriptFailed"));
  expect(lines.slice(from + 1, from + 4)).toEqual([
    `    │ hello from ${FAILING}`,
    "    │ about to fail",
    `    muster logs ${FAILING} --attempt 3 ${pipeline.join(" ")}`,
  ]);
});

test("everything else is built and published", async () => {
  const published = await Promise.all(
    VERSIONS.map(async (version) => [
      version,
      await readdir(join(workspace.dir, ".muster/s3/probe-downloads/packages", version)).then((names) =>
        names.filter((name) => name.endsWith(".pkg")).sort(),
      ),
    ]),
  );
  const all = ["debian-12-bookworm.pkg", "ubuntu-24.04-noble.pkg"];
  expect(published).toEqual([
    ["1.0.0", all],
    ["1.1.0", ["debian-12-bookworm.pkg"]],
    ["1.2.0", all],
  ]);
  const index = await readFile(join(workspace.dir, ".muster/s3/probe-downloads/packages/1.0.0/index.html"), "utf8");
  expect(index).toContain("debian-12-bookworm.pkg");
});

test("muster results still prints the whole JSON, a result for every step", async () => {
  const { exitCode, stdout } = await workspace.muster("results", ...pipeline);
  expect(exitCode).toBe(0);
  const results = JSON.parse(stdout) as { ForEachVersion: Record<string, Results> };
  expect(Object.keys(results.ForEachVersion)).toEqual(VERSIONS);
  expect(results.ForEachVersion["1.1.0"]).toMatchObject({
    MakeSource: { success: { ec2: expect.stringMatching(/^i-/), time_sec: expect.stringMatching(/^\d+$/) } },
    ForEachPlatform: {
      "debian-12-bookworm": { MakePackage: { success: {} } },
      "ubuntu-24.04-noble": { MakePackage: { failure: { Error: "Muster.ScriptFailed" } } },
    },
    Publish: { success: {} },
  });
});

test("the failed step was tried three times, and no worker that failed took a further task", () => {
  const failed = status.steps.find(({ key }) => key === FAILING);
  expect(failed?.attempts).toHaveLength(3);
  const workers = status.steps.flatMap(({ key, attempts }) =>
    attempts.map(({ instance, startedAt }) => ({ key, instance, startedAt })),
  );
  for (const { instance, startedAt = "" } of failed?.attempts ?? []) {
    const later = workers.filter((worker) => worker.instance === instance && (worker.startedAt ?? "") > startedAt);
    expect(later).toEqual([]);
  }
});

test("muster logs shows the failed task's lines of all its workers, and no other task's", async () => {
  const { stdout, exitCode } = await workspace.muster("logs", FAILING, ...pipeline);
  expect(exitCode).toBe(0);
  const hello = stdout.split("\n").filter((line) => line.startsWith("hello from"));
  expect(hello).toEqual(Array(3).fill(`hello from ${FAILING}`));
  expect(stdout.match(/about to fail/g)).toHaveLength(3);
});

test("muster logs shows one attempt, and of the whole build what a pattern matches, each line with its task", async () => {
  const second = await workspace.muster("logs", FAILING, "--attempt", "2", "--timestamps", ...pipeline);
  expect(second.stdout.trimEnd().split("\n")).toEqual([
    expect.stringMatching(/^\S+Z === attempt 2 on i-/),
    expect.stringMatching(/^\S+Z hello from /),
    expect.stringMatching(/^\S+Z about to fail$/),
    expect.stringMatching(/^\S+Z === Muster\.ScriptFailed, exit 3/),
  ]);
  const whole = await workspace.muster("logs", status.name, "--grep", "^(hello|about)", ...pipeline);
  const lines = whole.stdout.trimEnd().split("\n");
  expect(lines.filter((line) => line.endsWith("│ about to fail"))).toHaveLength(3);
  for (const line of lines) expect(line).toMatch(/^(\S+) +│ (?:hello from \1|about to fail)$/);
  expect(lines).toHaveLength(17);
});

test("muster status shows finished tasks with their times, and the failure", async () => {
  const { stdout, exitCode } = await workspace.muster("status", ...pipeline);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^ +MakeSource +MakePackage +Publish/m);
  expect(stdout).toMatch(/^ {2}1\.0\.0 +✔ [\d.]+ s i-\w+ +✔ [\d.]+ s i-/m);
  expect(stdout).toMatch(
    /✖ +MakePackage +1\.1\.0 +ubuntu-24\.04-noble +Muster\.ScriptFailed, exit 3 on i-\w+ after [\d.:]+( s)? and 3 attempts: about to fail/,
  );
  expect(stdout).toContain(
    `the end of the logs:\n  ${FAILING}\n    │ hello from ${FAILING}\n    │ about to fail\n    muster logs ${FAILING}`,
  );
  expect(stdout).not.toContain("NormalizeResults");
  expect(stdout).not.toContain("unfinished");
});

test("the same words again build only what is missing, and say why the rest is skipped", async () => {
  await writeProbePipeline(workspace);
  const again = await workspace.muster("build", ...VERSIONS, ...pipeline, "--time-scale", "100");
  expect(again.exitCode).toBe(0);
  const { steps } = await workspace.json<Status>("status", ...pipeline);
  const ran = steps
    .filter(({ attempts }) => attempts.some(({ instance }) => instance !== undefined))
    .map(({ key }) => key);
  expect(ran).toEqual([FAILING, "Publish-1.1.0"]);
  expect(again.stderr).toMatch(/MakeSource-1\.0\.0 skipped: s3:\/\/probe-scratch\/source-1\.0\.0\.txt exists/);
});
