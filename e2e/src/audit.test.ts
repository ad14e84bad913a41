import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { killAll, processesWith } from "./own-processes.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

interface Audit {
  readonly orphans: readonly {
    readonly kind: string;
    readonly name: string;
    readonly says: string;
    readonly next: string[];
  }[];
  readonly lookedAt: { readonly machines: number; readonly runningBuilds: number };
  readonly unread: readonly string[];
}

/** A heartbeat every fifteen seconds: by it a worker learns that its task is over. */
const DEFINITION = `
import { activity, definePipeline, fixedPlatforms, forEachVersion, minutes } from "@muster/pipeline";

const usual = { timeout: minutes(10), heartbeat: 45, worker: { instanceTypes: ["t3.micro"] as const } };
const Make = activity({ name: "Make", per: "version", script: "make.sh", ...usual });
const Publish = activity({ name: "Publish", per: "version", script: "publish.sh", ...usual, exclusive: true });

export default definePipeline({
  name: "audited",
  summary: "What a bad day leaves",
  platforms: fixedPlatforms("debian-12-bookworm"),
  flow: forEachVersion(Make, Publish),
  image: "/image",
  dummyScript: "make.sh",
  invalidates: [],
});
`;

/** Hangs once, and says so. */
const hangsOnce = (name: string) => `#!/bin/bash
set -euo pipefail
if ! muster-s3 exists "s3://$SCRATCH_BUCKET/${name}"; then
  echo "$MUSTER_TASK" >hung
  muster-s3 cp hung "s3://$SCRATCH_BUCKET/${name}"
  sleep 600
fi
`;

test("audit names what a stopped build, a killed worker and a killed command leave, until the stage has seen to it", async () => {
  await using workspace = await createWorkspace();
  await workspace.write("pipeline.ts", DEFINITION);
  await workspace.write("make.sh", hangsOnce("make"), { executable: true });
  await workspace.write("publish.sh", hangsOnce("publish"), { executable: true });
  const pipeline = ["--pipeline", join(workspace.dir, "pipeline.ts")];
  const audit = async () => {
    const { stdout, exitCode } = await workspace.muster("audit", "--json", ...pipeline);
    const { orphans, lookedAt, unread } = JSON.parse(stdout) as Audit;
    expect(unread).toEqual([]);
    expect(exitCode).toBe(orphans.length > 0 ? 1 : 0);
    return { orphans, lookedAt };
  };
  const build = async (version: string) =>
    (await workspace.muster("build", version, "--no-follow", ...pipeline)).stdout.trim();
  const nothing = await workspace.muster("audit", ...pipeline);
  expect(nothing).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^0 orphans: looked at 0 machines, /) });

  const local = workspace.start("local", "--port", "0", ...pipeline);
  try {
    await local.saw(/AWS_ENDPOINT_URL/);
    const stopped = await build("1.2.3");
    await hangs(workspace, "make");
    expect(await audit()).toMatchObject({ orphans: [], lookedAt: { machines: 1, runningBuilds: 1 } });
    const worker = processesWith(`MUSTER_INSTANCE=${await workerOf(workspace, "Make", pipeline)}`);
    // It learns of nothing while it is looked at.
    for (const pid of worker) process.kill(pid, "SIGSTOP");
    await workspace.muster("stop", stopped, ...pipeline);
    expect((await audit()).orphans).toEqual([
      expect.objectContaining({
        kind: "machine at a task that is over",
        says: `is at Make-1.2.3, which is over: the build ${stopped} was stopped`,
        next: [],
      }),
    ]);
    for (const pid of worker) process.kill(pid, "SIGCONT");
    while ((await audit()).orphans.length > 0) await sleep(3000);

    await build("1.2.4");
    await hangs(workspace, "publish");
    const holder = await workerOf(workspace, "Publish", pipeline);
    killAll(processesWith(`MUSTER_INSTANCE=${holder}`));
    const lease = { kind: "lease", name: "Publish's lease", says: `is held by ${holder}, which has ended` };
    let left = await audit();
    while (!left.orphans.some(({ kind }) => kind === "lease")) {
      await sleep(3000);
      left = await audit();
    }
    expect(left.orphans).toContainEqual(expect.objectContaining(lease));
  } finally {
    local.process.kill("SIGKILL");
    await local.ended;
  }
  const still = await workspace.muster("audit", ...pipeline);
  expect(still.exitCode).toBe(1);
  expect(still.stdout).toMatch(
    /^1 orphan: 1 build\n {2}1\.2\.4_tester\S+ stands still: no process moves builds here\n/,
  );
  expect(still.stdout).toMatch(/^ {4}muster build 1\.2\.4 --pipeline \S+\n {4}muster stop 1\.2\.4_tester/m);
  expect((await workspace.muster("build", "1.2.4", ...pipeline)).exitCode).toBe(0);
  expect((await audit()).orphans).toEqual([]);
});

async function hangs({ dir }: Workspace, name: string): Promise<void> {
  while (!existsSync(join(dir, ".muster/s3/audited-scratch", name))) await sleep(50);
}

async function workerOf(workspace: Workspace, step: string, pipeline: readonly string[]): Promise<string> {
  const workers = await workspace.json<{ step: string; instance: string }[]>("workers", ...pipeline);
  return workers.find((worker) => worker.step === step)?.instance ?? "none";
}
