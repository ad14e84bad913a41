import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeProbePipeline } from "./probe-pipeline.ts";
import { createWorkspace } from "./workspace.ts";

interface Step {
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  readonly state: string;
  readonly attempts: readonly { readonly instance?: string }[];
}

const tasks = ({ steps }: { steps: readonly Step[] }) => steps.filter(({ kind }) => kind === "activity");
const ran = (status: { steps: readonly Step[] }) =>
  tasks(status)
    .filter(({ state }) => state === "succeeded")
    .map(({ key }) => key)
    .sort();
const ALL = [
  "MakePackage-1.2.3-debian-12-bookworm",
  "MakePackage-1.2.3-ubuntu-24.04-noble",
  "MakeSource-1.2.3",
  "Publish-1.2.3",
];

test("version, platform and step run that one task, and its plan said so", async () => {
  await using workspace = await createWorkspace();
  const pipeline = await writeProbePipeline(workspace);
  const words = ["1.2.3", "debian-12-bookworm", "MakePackage"];

  const plan = await workspace.json<{ steps: { task: string; run: boolean }[] }>(
    "build",
    ...words,
    "--plan",
    ...pipeline,
  );
  expect(plan.steps.filter(({ run }) => run).map(({ task }) => task)).toEqual(["MakePackage-1.2.3-debian-12-bookworm"]);
  expect(existsSync(join(workspace.dir, ".muster")), "a plan leaves nothing behind").toBe(false);

  const { exitCode, stderr } = await workspace.muster("build", ...words, ...pipeline);
  expect(stderr).not.toContain("muster:");
  // A busy machine may not have a plan within the time that a build waits for it.
  expect(stderr).toMatch(
    /^plan: (?:1 task, up to 1 worker at once: MakePackage|not made within 5 s.*)\nbuild 1\.2\.3_/,
  );
  expect(exitCode).toBe(0);
  expect(ran(await workspace.json("status", ...pipeline))).toEqual(["MakePackage-1.2.3-debian-12-bookworm"]);
});

test("a plan follows the flow: what is not built yet counts as there for what publishes it", async () => {
  await using workspace = await createWorkspace();
  const pipeline = await writeProbePipeline(workspace);
  const { stdout, exitCode } = await workspace.muster("build", "1.2.3", "--plan", ...pipeline);
  expect(stdout.trimEnd().split("\n")).toEqual([
    "4 of 4 tasks would run; nothing was started",
    expect.stringMatching(/^run {2}MakeSource {3}1\.2\.3 {22}s3:\/\/\S+\/source-1\.2\.3\.txt does not exist$/),
    expect.stringMatching(/^run {2}MakePackage {2}1\.2\.3 {2}debian-12-bookworm {2}s3:\/\/\S+ does not exist$/),
    expect.stringMatching(/^run {2}MakePackage {2}1\.2\.3 {2}ubuntu-24\.04-noble {2}s3:\/\/\S+ does not exist$/),
    // Its definition does not say who publishes.
    expect.stringMatching(/^run {2}Publish {6}1\.2\.3 {22}after MakePackage ×2, unless MakePackage 1\.2\.3 leaves s3:/),
    "time      not known: nothing is recorded of these steps yet, and they have no estimatedDuration",
    "machines  up to 4 workers at once",
  ]);
  expect(exitCode).toBe(0);
});

test("--fake-ec2 starts real workers that run the dummy script for every task, and makes nothing", async () => {
  await using workspace = await createWorkspace({ MUSTER_DUMMY_SECONDS: "0" });
  const pipeline = await writeProbePipeline(workspace);
  const { exitCode } = await workspace.muster("build", "--fake-ec2", "1.2.3", ...pipeline);
  expect(exitCode).toBe(0);
  const status = await workspace.json<{ steps: Step[] }>("status", ...pipeline);
  expect(ran(status)).toEqual(ALL);
  for (const { attempts } of tasks(status))
    expect(attempts).toEqual([expect.objectContaining({ instance: expect.stringMatching(/^i-/) })]);
  const log = await workspace.muster("logs", "MakeSource-1.2.3", ...pipeline);
  expect(log.stdout).toContain("dummy for MakeSource-1.2.3");
  expect(log.stdout).not.toContain("hello from");
  expect(await objects(join(workspace.dir, ".muster/s3/probe-scratch"))).toEqual([]);
});

test("--skip-ec2 starts no instance: its tasks wait for workers started by hand", async () => {
  await using workspace = await createWorkspace({ MUSTER_DUMMY_SECONDS: "0" });
  const pipeline = await writeProbePipeline(workspace);
  const build = workspace.start("build", "--skip-ec2", "1.2.3", ...pipeline);
  await build.saw(/MakeSource-1\.2\.3 waits for a worker/);

  const workers = await workspace.muster("run-test-workers", ...pipeline);
  expect(workers.exitCode, workers.stderr).toBe(0);
  const { exitCode } = await build.ended;
  expect(exitCode).toBe(0);
  expect(await instances(workspace.dir)).toEqual([]);

  const logs = join(workspace.dir, ".muster/test-workers");
  expect(await readFile(join(logs, "MakePackage.log"), "utf8")).toContain(
    "dummy for MakePackage-1.2.3-debian-12-bookworm",
  );
  expect(existsSync(join(logs, "MakePackage/bin/muster-s3")), "what a worker needs lies in the state folder").toBe(
    true,
  );
  const killed = await workspace.muster("kill-test-workers", ...pipeline);
  expect(killed.exitCode).toBe(0);
  expect((await readdir(logs)).filter((name) => name.endsWith(".pid"))).toEqual([]);
});

test("--test-build runs only what a test build may, without a retry", async () => {
  await using workspace = await createWorkspace();
  const pipeline = await writeProbePipeline(workspace, { MakePackage: `[ "$DISTRO" != ubuntu-24.04-noble ]` });
  const { exitCode, stdout } = await workspace.muster("build", "1.2.3", "--test-build", ...pipeline);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/MakePackage 1\.2\.3 ubuntu-24\.04-noble i-[0-9a-f]+ TestBuildNoRetry/);
  const status = await workspace.json<{ steps: Step[] }>("status", ...pipeline);
  expect(ran(status)).toEqual(["MakePackage-1.2.3-debian-12-bookworm"]);
  const failed = tasks(status).find(({ state }) => state === "failed");
  expect(failed?.attempts).toHaveLength(1);
});

async function objects(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

const instances = (dir: string): Promise<string[]> => readdir(join(dir, ".muster/run")).catch(() => []);
