import { execFile } from "node:child_process";
import { readdir, readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeProbePipeline } from "./probe-pipeline.ts";
import type { RunningMuster } from "./run-muster.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

let workspace: Workspace;
let pipeline: string[];
let local: RunningMuster;
let done: string;
let running: string;

beforeAll(async () => {
  workspace = await createWorkspace({ MUSTER_DUMMY_SECONDS: "0" });
  pipeline = await writeProbePipeline(workspace, {
    // The second release is under way while its state is copied.
    MakeSource: `[ "$VERSION" != 2.0.0 ] || until [ -e ${workspace.dir}/go ]; do sleep 0.2; done`,
  });
  local = workspace.start("local", "--port", "0", ...pipeline);
  await local.saw(/answers at/);
  await workspace.muster("build", "1.0.0", ...pipeline);
  done = (await workspace.json<{ name: string }>("status", ...pipeline)).name;
  running = (await workspace.muster("build", "2.0.0", "--no-follow", ...pipeline)).stdout.trim();
  const follower = workspace.start("status", running, "--follow", ...pipeline);
  await follower.saw(/MakeSource-2\.0\.0 started on/);
  follower.process.kill("SIGINT");
  await follower.ended;
  await workspace.muster("run-test-workers", ...pipeline);
  // Node's own copying refuses the pipes of scripts that run.
  await promisify(execFile)("cp", ["-a", ".muster", "copy"], { cwd: workspace.dir });
});

afterAll(async () => {
  await workspace.muster("kill-test-workers", ...pipeline);
  local.process.kill("SIGINT");
  await local.ended;
  await workspace[Symbol.asyncDispose]();
});

const onCopy = (...words: string[]) => workspace.muster(...words, "--state-dir", "copy", ...pipeline);

test("a copy of a state folder has no owner: what runs in the original is interrupted in the copy", async () => {
  const { stdout, stderr } = await onCopy("status", running);
  expect(stdout).toContain(`${running}  interrupted`);
  expect(stderr).toContain("no process moves this build");
});

test("a copy can be worked in, and the original goes on untouched", async () => {
  const killed = await onCopy("kill-test-workers");
  expect(killed.stdout).toBe("no test worker is running\n");
  const stopped = await onCopy("stop", running);
  expect(stopped.exitCode, stopped.stderr).toBe(0);
  expect((await onCopy("status", running)).stdout).toContain(`${running}  aborted`);

  // Its workers live, and end what they had begun.
  await workspace.write("go", "");
  const followed = await workspace.muster("status", running, "--follow", ...pipeline);
  expect(followed.stdout).toContain(`${running}  succeeded`);
  const { steps } = await workspace.json<{ steps: object[] }>("status", running, ...pipeline);
  expect(steps).toContainEqual(
    expect.objectContaining({ key: "MakeSource-2.0.0", state: "succeeded", attempts: [expect.anything()] }),
  );
  const workers = await workspace.json<{ pid: number }[]>("run-test-workers", ...pipeline);
  const pids = await readdir(join(workspace.dir, ".muster/test-workers"));
  const written = pids.filter((name) => name.endsWith(".pid"));
  expect(written).toHaveLength(workers.length);
});

test("a damaged build is said in one line, by every command that would read it, and others are not touched", async () => {
  const executions = join(workspace.dir, "copy/states/executions");
  const journal = (await readdir(executions)).find((name) => name.includes("1.0.0")) ?? "";
  await truncate(join(executions, journal), 300);
  const bytes = (await readFile(join(executions, journal))).length;
  for (const words of [
    ["status", done],
    ["results", done],
    ["logs", "MakeSource-1.0.0", "--build", done],
  ]) {
    const { exitCode, stderr } = await onCopy(...words);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      new RegExp(`^muster: the build ${done} cannot be read: its journal holds ${bytes} of \\d+ bytes\\n$`),
    );
  }
  expect((await onCopy("status", running)).stdout).toContain(`${running}  aborted`);
});
