import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeProbePipeline } from "./probe-pipeline.ts";
import { createWorkspace } from "./workspace.ts";

interface Status {
  readonly steps: readonly { readonly key: string; readonly kind: string; readonly state: string }[];
}

const states = ({ steps }: Status) =>
  Object.fromEntries(steps.filter(({ kind }) => kind === "activity").map(({ key, state }) => [key, state]));

const ODD = "1:2.4~rc1+b1-3";
const names = 'echo "$VERSION is $UPSTREAM_VERSION, epoch $EPOCH, revision $REVISION, to dpkg $DEBIAN_VERSION"';

test("a version with epoch, tilde and plus goes all the way: tasks, logs, evidence, reports", async () => {
  await using workspace = await createWorkspace();
  const pipeline = await writeProbePipeline(
    workspace,
    {
      MakePackage: names,
      Publish: `[ ! -e ${join(workspace.dir, "broken")} ] || { echo "error: on purpose"; exit 1; }`,
    },
    "debianVersions",
  );
  await workspace.write("broken", "");
  const failed = await workspace.muster("build", "01:2.4~rc1+b1-3", "--time-scale", "100", ...pipeline);
  expect(failed.stdout).toMatch(/Publish 1:2\.4~rc1\+b1-3 i-[0-9a-f]+ Muster\.ScriptFailed.*error: on purpose/);

  expect(failed.exitCode).toBe(1);
  expect(states(await workspace.json<Status>("status", ...pipeline))).toEqual({
    [`MakeSource-${ODD}`]: "succeeded",
    [`MakePackage-${ODD}-debian-12-bookworm`]: "succeeded",
    [`MakePackage-${ODD}-ubuntu-24.04-noble`]: "succeeded",
    [`Publish-${ODD}`]: "failed",
  });
  const log = await workspace.muster("logs", `MakePackage-${ODD}-debian-12-bookworm`, ...pipeline);
  expect(log.stdout).toContain(`${ODD} is 2.4~rc1+b1, epoch 1, revision 3, to dpkg ${ODD}`);
  expect(log.stdout).not.toContain("ubuntu");
  expect(await workspace.json("results", ...pipeline)).toMatchObject({
    ForEachVersion: { [ODD]: { ForEachPlatform: { "debian-12-bookworm": { MakePackage: { success: {} } } } } },
  });

  await rm(join(workspace.dir, "broken"));
  const mended = await workspace.muster("build", ODD, ...pipeline);
  expect(mended.exitCode, mended.stderr).toBe(0);
  expect(states(await workspace.json<Status>("status", ...pipeline))).toEqual({
    [`MakeSource-${ODD}`]: "skipped",
    [`MakePackage-${ODD}-debian-12-bookworm`]: "skipped",
    [`MakePackage-${ODD}-ubuntu-24.04-noble`]: "skipped",
    [`Publish-${ODD}`]: "succeeded",
  });
  const { versions } = await workspace.json<{ versions: { version: string; cells: { status: string }[] }[] }>(
    "matrix",
    ODD,
    ...pipeline,
  );
  expect(versions.map(({ version }) => version)).toEqual([ODD]);
  expect(new Set(versions.flatMap(({ cells }) => cells).map(({ status }) => status))).toEqual(new Set(["succeeded"]));
  const downloads = join(workspace.dir, ".muster/s3/probe-downloads");
  expect(existsSync(join(downloads, `packages/${ODD}/debian-12-bookworm.pkg`))).toBe(true);
  expect(await readFile(join(downloads, `packages/index.html`), "utf8")).toContain("2.4~rc1+b1-3");
});

test("a second package of a version is built beside the first, and a version must be named", async () => {
  await using workspace = await createWorkspace();
  const pipeline = await writeProbePipeline(workspace, { MakePackage: names }, "semver");
  const first = await workspace.muster("build", "v1.0.0-rc.1", "MakeSource", "MakePackage", ...pipeline);
  expect(first.exitCode, first.stderr).toBe(0);
  const second = await workspace.muster("build", "1.0.0-rc.1_2", "MakePackage", "debian-12-bookworm", ...pipeline);
  expect(second.exitCode, second.stderr).toBe(0);
  const log = await workspace.muster("logs", "MakePackage-1.0.0-rc.1_2-debian-12-bookworm", ...pipeline);
  expect(log.stdout).toContain("1.0.0-rc.1_2 is 1.0.0-rc.1, epoch , revision 2, to dpkg 1.0.0~rc.1-2");

  const help = await workspace.muster("help", "build", ...pipeline);
  expect(help.stdout).toContain("N.N.N-pre.release or N.N.N+build (semver), with _2 for its second package, of which");
  const none = await workspace.muster("build", ...pipeline);
  expect(none.exitCode).toBe(2);
  expect(none.stderr).toContain("no version is named, and the pipeline probe has no nightlies");
  const wrong = await workspace.muster("matrix", "2.10", ...pipeline);
  expect(wrong.exitCode).toBe(2);
  expect(wrong.stderr).toContain('"2.10" is not a version');
});
