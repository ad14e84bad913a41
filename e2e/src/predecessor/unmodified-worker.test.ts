import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { StageDescription } from "@muster/pipeline";
import { expect, test } from "vitest";
import { writeProbePipeline } from "../probe-pipeline.ts";
import { createWorkspace, type Workspace } from "../workspace.ts";

/** The predecessor's own worker.sh, unmodified: a file outside this repository. It needs curl, jq and the aws command. */
const WORKER = process.env.MUSTER_PREDECESSOR_WORKER;
if (WORKER === undefined) console.info("skipped: MUSTER_PREDECESSOR_WORKER names no worker.sh of the predecessor");

/**
 * As its run-test-workers.sh starts one: what must not run on somebody's machine is a function that says so. Besides these, there
 * is no instance here to ask the metadata of, and what the worker would clean up is not its own.
 */
const START = `
skip() { echo "skipping $*"; }
snap() { skip snap "$@"; }
shutdown() { skip shutdown "$@"; }
rm() { skip rm "$@"; }
curl() { case "$*" in *169.254.169.254*) ;; *) command curl "$@" ;; esac; }
SKIP_CLOUDWATCH=1
source "$WORKER"
`;

/** The task's own text is sourced before it: the first line is what the worker's shell knows, the second what a program is told. */
const DUMMY = `#!/bin/bash
echo "sourced with $VERSION" "$DISTRO" "$PLATFORMS" "$S3_SOURCE" >> seen
bash --norc -c 'echo "told $VERSION" "$DISTRO" "$PLATFORMS" "$S3_SOURCE"' >> seen
`;

const PLATFORMS = ["debian-12-bookworm", "ubuntu-24.04-noble"];

interface Worker extends AsyncDisposable {
  /** What its tasks have written. */
  seen(): Promise<string[]>;
}

interface LocalStage extends AsyncDisposable {
  readonly url: string;
  readonly description: StageDescription;
}

async function startLocal(workspace: Workspace, pipeline: readonly string[]): Promise<LocalStage> {
  const local = workspace.start("local", "--port", "0", "--json", ...pipeline);
  const [json] = await local.saw(/^\{[\s\S]*^\}$/m);
  return {
    ...(JSON.parse(json) as { url: string; description: StageDescription }),
    async [Symbol.asyncDispose]() {
      local.process.kill("SIGINT");
      await local.ended;
    },
  };
}

async function startWorker(workspace: Workspace, local: LocalStage, activity: string): Promise<Worker> {
  const folder = `workers/${activity}`;
  const dummy = await workspace.write(`${folder}/dummy-task.sh`, DUMMY);
  const cwd = join(workspace.dir, folder);
  const worker = spawn("bash", ["--norc", "-c", START], {
    cwd,
    detached: true,
    stdio: "ignore",
    env: {
      PATH: process.env.PATH,
      HOME: cwd,
      AWS_ENDPOINT_URL: local.url,
      AWS_ACCESS_KEY_ID: "predecessor",
      AWS_SECRET_ACCESS_KEY: "predecessor",
      WORKER,
      ACTIVITY_ARN: local.description.activities[activity],
      SCRIPT_URL: `file://${dummy}`,
      INIT_URL: "",
    },
  });
  const ended = once(worker, "exit");
  return {
    seen: async () => (await readFile(join(cwd, "seen"), "utf8")).trim().split("\n"),
    async [Symbol.asyncDispose]() {
      if (worker.exitCode === null) process.kill(-(worker.pid as number), "SIGKILL");
      await ended;
    },
  };
}

test.skipIf(WORKER === undefined)(
  "the predecessor's own worker takes the tasks of a skip build, and is believed what it reports",
  async () => {
    await using workspace = await createWorkspace();
    const pipeline = await writeProbePipeline(workspace);
    await using local = await startLocal(workspace, pipeline);
    await using source = await startWorker(workspace, local, "MakeSource");
    await using packages = await startWorker(workspace, local, "MakePackage");
    await using publish = await startWorker(workspace, local, "Publish");

    const built = await workspace.muster("build", "--skip-ec2", "1.2.3", ...pipeline);
    expect(built.exitCode, built.stderr).toBe(0);
    const results = await workspace.json<Record<string, unknown>>("results", ...pipeline);
    const success = { success: { ec2: "", time_sec: expect.stringMatching(/^\d+$/) } };
    expect(results.ForEachVersion).toMatchObject({
      "1.2.3": {
        MakeSource: success,
        ForEachPlatform: { "debian-12-bookworm": { MakePackage: success } },
        Publish: success,
      },
    });
    const tarball = `s3://${local.description.buckets.scratch}/source-1.2.3.txt`;
    const told = (platform: string, platforms: string) =>
      ["sourced with", "told"].map((how) => `${how} 1.2.3 ${platform} ${platforms} ${tarball}`);
    expect(await source.seen()).toEqual(told("", ""));
    expect((await packages.seen()).sort()).toEqual(PLATFORMS.flatMap((platform) => told(platform, "")).sort());
    expect(await publish.seen()).toEqual(told("", PLATFORMS.join(" ")));
  },
);
