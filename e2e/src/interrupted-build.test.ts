import { existsSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { killAll, processesIn, processesWith } from "./own-processes.ts";
import { writeProbePipeline } from "./probe-pipeline.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

interface Status {
  readonly name: string;
  readonly state: string;
  readonly steps: readonly {
    readonly key: string;
    readonly state: string;
    readonly attempts: readonly { readonly instance?: string; readonly error?: string }[];
  }[];
}

/** The task's first run hangs until it is killed; every later run ends at once. */
const HANGS_ONCE = `
if ! muster-s3 exists "s3://$SCRATCH_BUCKET/hung"; then
  echo once > once && muster-s3 cp once "s3://$SCRATCH_BUCKET/hung"
  echo "hanging in $$"
  sleep 600
fi`;

test("killing a worker process in the middle of a task does not lose the task: another worker takes it", async () => {
  await using workspace = await createWorkspace();
  const pipeline = await writeProbePipeline(workspace, { MakeSource: HANGS_ONCE });
  const build = workspace.start("build", "1.2.3", "debian-12-bookworm", ...pipeline);
  const [, instance = ""] = await build.saw(/MakeSource-1\.2\.3 started on (i-[0-9a-f]+)/);
  await until(() => hangs(workspace));
  killAll(processesWith(`MUSTER_INSTANCE=${instance}`));

  expect((await build.ended).exitCode).toBe(0);
  const { steps } = await workspace.json<Status>("status", ...pipeline);
  const [lost, next] = steps.find(({ key }) => key === "MakeSource-1.2.3")?.attempts ?? [];
  expect(lost).toMatchObject({ instance, error: "Muster.WorkerInterrupted" });
  expect(next?.instance).toMatch(/^i-/);
  expect(next?.instance).not.toBe(instance);
});

test("Ctrl-C ends the workers and leaves a state that can be read; the same words go on with the build", async () => {
  await using workspace = await createWorkspace();
  const pipeline = await writeProbePipeline(workspace, { MakePackage: HANGS_ONCE });
  const words = ["build", "1.2.3", "debian-12-bookworm"];
  const first = workspace.start(...words, ...pipeline);
  await first.saw(/MakePackage-1\.2\.3-debian-12-bookworm started on/);
  await until(() => hangs(workspace));
  first.process.kill("SIGINT");
  const interrupted = await first.ended;
  expect(interrupted.exitCode).toBe(130);
  expect(interrupted.stderr).toMatch(/interrupted; muster build 1\.2\.3 debian-12-bookworm .*goes on with/);
  expect(interrupted.stderr).not.toMatch(/\n {4}at /);
  expect(processesIn(workspace.dir)).toEqual([]);

  const { stdout } = await workspace.muster("status", ...pipeline);
  expect(stdout).toMatch(/interrupted/);
  expect(stdout).toMatch(/^ {4}debian-12-bookworm +◌ .* i-[0-9a-f]+$/m);
  expect(stdout).toContain("◌ 1 cut off");

  await resumes(workspace, [...words, ...pipeline]);
});

test("a build whose process was killed goes on with the same words, and nothing that was built is built again", async () => {
  await using workspace = await createWorkspace();
  const pipeline = await writeProbePipeline(workspace, { MakePackage: HANGS_ONCE });
  const words = ["build", "1.2.3", "debian-12-bookworm"];
  const first = workspace.start(...words, ...pipeline);
  await first.saw(/MakePackage-1\.2\.3-debian-12-bookworm started on/);
  await until(() => hangs(workspace));
  first.process.kill("SIGKILL");
  await first.ended;
  await until(() => processesIn(workspace.dir).length === 0);

  const { name } = await workspace.json<Status>("status", ...pipeline);
  await appendFile(join(workspace.dir, "probe/publish.sh"), "echo mended since\n");
  const status = await resumes(
    workspace,
    [...words, ...pipeline],
    ["it keeps the scripts it began with; those of Publish have changed since. To use the new ones:"],
  );
  const { stdout } = await workspace.muster("logs", "Publish-1.2.3", ...pipeline);
  expect(stdout).toContain("hello from Publish-1.2.3");
  expect(stdout).not.toContain("mended since");
  expect(status.name).toBe(name);
  const source = status.steps.find(({ key }) => key === "MakeSource-1.2.3");
  expect(source?.attempts).toHaveLength(1);
});

/** The script has said so in its own way, and will not hang again. */
const hangs = ({ dir }: Workspace): boolean => existsSync(join(dir, ".muster/s3/probe-scratch/hung"));

async function resumes(workspace: Workspace, line: string[], told: string[] = []): Promise<Status> {
  const again = await workspace.muster(...line);
  expect(again.stderr.match(/^it keeps the scripts .*/gm) ?? []).toEqual(told);
  expect(again.stderr).toMatch(/going on with the build/);
  expect(again.exitCode).toBe(0);
  return workspace.json<Status>("status", ...line.slice(3));
}

/** Real processes come and go in their own time. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(50);
}
