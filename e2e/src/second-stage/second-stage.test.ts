import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HeadObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import pipeline from "@muster/pipeline-muster";
import { stateKey } from "@muster/records";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../permissions/eventually.ts";
import { createWorkspace, type Workspace } from "../workspace.ts";
import { secondStage } from "./second-stage.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

const hasMoto = (() => {
  try {
    execFileSync("python3", ["-c", "import moto.server, moto.stepfunctions.parser.models"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
if (!hasMoto) console.info("skipped: this machine has no moto (pip install 'moto[all,server]')");

let stage: Awaited<ReturnType<typeof secondStage>>;
let workspace: Workspace;

beforeAll(async () => {
  if (!hasMoto) return;
  stage = await secondStage(pipeline, {
    scripts: join(repository, "pipelines/muster"),
    environment: { MUSTER_REPOSITORY: repository, MUSTER_DUMMY_SECONDS: "3" },
  });
  workspace = await createWorkspace({ ...stage.environment, MUSTER_STAGE: "second" });
});
afterAll(async () => {
  await workspace?.[Symbol.asyncDispose]();
  await stage?.[Symbol.asyncDispose]();
});

/** The machine that has the first task, once it has written down that it has. */
async function firstWorker(): Promise<string> {
  const Prefix = stateKey.claims("MakeSourceTarball");
  return eventually("a worker has claimed the first task", async () => {
    const { Contents = [] } = await stage.s3.send(
      new ListObjectsV2Command({ Bucket: stage.stage.buckets.state, Prefix }),
    );
    return /i-[0-9a-f]+/.exec(Contents[0]?.Key ?? "")?.[0];
  });
}

test.skipIf(!hasMoto)("a fake build runs to its end there, and a worker that dies is replaced", async () => {
  const build = workspace.start("build", "1.2.3", "debian-12-bookworm", "--fake-ec2");
  stage.kill(await firstWorker());
  const { exitCode, stdout, stderr } = await build.ended;
  expect(exitCode, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/5 tasks done, 0 skipped, 0 failed/);
  const { steps } = await workspace.json<{ steps: readonly object[] }>("status");
  expect(steps).toContainEqual(
    expect.objectContaining({
      key: "MakeSourceTarball-1.2.3",
      state: "succeeded",
      attempts: [expect.objectContaining({ error: "Muster.WorkerInterrupted" }), expect.anything()],
    }),
  );
});

test.skipIf(!hasMoto)(
  "a real build publishes there, and another one of the same words skips what is done",
  async () => {
    // All but images, for which a machine may have a builder.
    const steps = ["MakeSourceTarball", "MakeBinaryPackage", "PublishBinaryPackages", "PublishSourceTarball"];
    const words = ["1.2.3", "debian-12-bookworm", ...steps];
    const first = await workspace.muster("build", ...words);
    expect(first.exitCode, first.stdout + first.stderr).toBe(0);
    expect(first.stdout).toMatch(/4 tasks done, 1 skipped, 0 failed/);
    const Key = "source/muster-1.2.3.tar.gz";
    const published = await stage.s3.send(new HeadObjectCommand({ Bucket: stage.stage.buckets.downloads, Key }));
    expect(published.ContentLength).toBeGreaterThan(100_000);

    const second = await workspace.muster("build", ...words);
    expect(second.exitCode, second.stdout + second.stderr).toBe(0);
    expect(second.stdout).toMatch(/0 tasks done, 5 skipped, 0 failed/);
  },
);
