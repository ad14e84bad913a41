import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorkspace, type Workspace } from "./workspace.ts";

const definition = `
import { activity, definePipeline, downloads, fixedPlatforms, forEachPlatform, forEachVersion, scratch, sequence } from "@muster/pipeline";
const worker = { instanceTypes: ["t3.micro"] } as const;
const Make = activity({
  name: "Make", per: "platform", script: "make.sh", init: "init.sh", afterTask: "after.sh", timeout: 600, worker, testBuild: true,
  produces: ({ version, platform }) => [scratch(\`\${version}/\${platform}.txt\`), scratch(\`\${version}/\${platform}.asc\`)],
  env: ({ build }) => ({ MODE: build.debug }),
});
const Tell = activity({
  name: "Tell", per: "build", script: "tell.sh", afterTask: "after.sh", timeout: 600, worker, exclusive: true,
  publishes: () => [downloads("told.txt")],
});
export default definePipeline({
  name: "mine", summary: "Mine", platforms: fixedPlatforms("debian-12-bookworm", "ubuntu-24.04-noble"),
  flow: sequence(forEachVersion(forEachPlatform(Make)), Tell), image: "/image", dummyScript: "tell.sh", invalidates: [],
});`;

const PIPELINE = ["--pipeline", "pipeline.ts"];
const TASK = "Make-1.2.3-debian-12-bookworm";
const script = (...lines: string[]) => ["#!/bin/bash", "set -eu", ...lines, ""].join("\n");

/** Its own end changes nothing. */
const AFTER = script(
  'echo "after it: $SUCCESS, $MUSTER_TASK, $(printenv GREETING || echo no greeting), $(ls | tr "\\n" " ")"; exit 3',
);

let workspace: Workspace;

beforeAll(async () => {
  workspace = await createWorkspace();
  await workspace.write("pipeline.ts", definition);
  await workspace.write("init.sh", "export GREETING=hello\ncleanup() { echo cleaned up; }\n");
  await workspace.write("tell.sh", script('echo "$VERSIONS, fencing $MUSTER_FENCING"; exit 7'), { executable: true });
  await workspace.write("after.sh", AFTER, { executable: true });
  await workspace.write(
    "make.sh",
    script(
      'echo "$GREETING $MUSTER_TASK $DISTRO mode=$MODE"',
      "ls",
      "touch left",
      'if muster-s3 exists "s3://$SCRATCH_BUCKET/input"; then muster-s3 cp "s3://$SCRATCH_BUCKET/input" -; fi',
      'echo "$VERSION" >object && muster-s3 cp object "s3://$SCRATCH_BUCKET/$VERSION/$DISTRO.txt"',
      'muster-s3 cp object "s3://$DOWNLOADS_BUCKET/elsewhere.txt"',
      `printf '{"note":"one object"}' >"$MUSTER_RESULT"`,
    ),
    { executable: true },
  );
});
afterAll(() => workspace[Symbol.asyncDispose]());

const inState = (path: string) => join(workspace.dir, ".muster", path);

test("a task's script runs with init's exports and its build's environment; what it wrote, may not, and lacks is said", async () => {
  const { exitCode, stdout, stderr } = await workspace.muster("task", TASK, "--test-build", ...PIPELINE);
  expect(exitCode, stderr).toBe(0);
  const lines = stdout.split("\n");
  expect(lines).toContain(`hello ${TASK} debian-12-bookworm mode=test_build`);
  expect(lines).toContain(`after it: true, ${TASK}, hello, left object `);
  expect(lines.indexOf("cleaned up"), "cleanup comes last").toBeGreaterThan(
    lines.findIndex((line) => /^after/.test(line)),
  );
  expect(lines).toContain("wrote s3://mine-scratch/1.2.3/debian-12-bookworm.txt (6 bytes)");
  expect(stdout).toMatch(/^Make-1\.2\.3-debian-12-bookworm succeeded \(one object\) after .*\.muster\/tasks\/Make$/m);
  expect(stderr).toContain("on AWS it may not: Make's access.writes does not name s3://mine-downloads/elsewhere.txt");
  expect(stderr).toMatch(/not done: s3:\/\/mine-scratch\/1\.2\.3\/debian-12-bookworm\.asc does not exist/);
  expect(await readFile(inState("s3/mine-scratch/1.2.3/debian-12-bookworm.txt"), "utf8")).toBe("1.2.3\n");
});

test("it finds what lies in scratch, and its folder is empty again unless it is kept", async () => {
  await writeFile(inState("s3/mine-scratch/input"), "from scratch\n");
  const fresh = await workspace.muster("task", TASK, ...PIPELINE);
  expect(fresh.stdout).toContain("from scratch\n");
  expect(fresh.stdout).not.toMatch(/^left$/m);
  const kept = await workspace.muster("task", TASK, "--keep", "--no-init", ...PIPELINE);
  expect(kept.exitCode).toBe(1);
  expect(kept.stdout).toContain("GREETING: unbound variable");
  await workspace.write("init.sh", "export GREETING=again\n");
  const again = await workspace.muster("task", TASK, "--keep", ...PIPELINE);
  expect(again.stdout).toContain(`again ${TASK}`);
  expect(again.stdout).toMatch(/^left$/m);
});

test("its exit code is the script's, as JSON too; an exclusive step of the build's own has its versions and its lease", async () => {
  const { exitCode, stdout, stderr } = await workspace.muster("task", "Tell", "1.2.3", "1.2.4", "--json", ...PIPELINE);
  expect(exitCode).toBe(7);
  expect(stderr).toMatch(/^1\.2\.3 1\.2\.4, fencing \d+$/m);
  expect(stderr).toMatch(/^after it: false, Tell, no greeting, $/m);
  expect(JSON.parse(stdout)).toMatchObject({
    task: "Tell",
    exitCode: 7,
    outcome: { kind: "failure", error: "Muster.ScriptFailed", cause: { exit: 7 } },
    wrote: [],
    missing: ["s3://mine-downloads/told.txt"],
  });
});

test("a folder with something else in it is left alone", async () => {
  await workspace.write("work/precious", "mine");
  const { exitCode, stderr } = await workspace.muster("task", TASK, "--dir", "work", ...PIPELINE);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("muster: work holds what no task has left there (choose a folder of its own with --dir)");
  expect(existsSync(join(workspace.dir, "work/precious"))).toBe(true);
});

test("a build that was interrupted stays so while a task runs, a new one is refused, and Ctrl-C ends the task", async () => {
  await using other = await createWorkspace();
  await other.write("pipeline.ts", definition);
  await other.write("init.sh", "");
  await other.write("tell.sh", script(), { executable: true });
  await other.write("after.sh", AFTER, { executable: true });
  await other.write("make.sh", script("echo at work; sleep 1000"), { executable: true });
  const build = other.start("build", "1.2.3", ...PIPELINE);
  await build.saw(/Make .*started|Make.*(runs|running|on i-)/);
  build.process.kill("SIGINT");
  await build.ended;
  const task = other.start("task", "Make-1.2.4-debian-12-bookworm", ...PIPELINE);
  await task.saw(/at work/);
  const { steps } = await other.json<{ steps: { key: string; state: string }[] }>("status", ...PIPELINE);
  expect(steps.filter(({ key, state }) => key.startsWith("Make") && state === "succeeded")).toEqual([]);
  const refused = await other.muster("build", "1.2.5", ...PIPELINE);
  expect(refused.stderr).toMatch(
    /^muster: process \d+ runs the task Make-1\.2\.4-debian-12-bookworm .*--state-dir\)$/m,
  );
  task.process.kill("SIGINT");
  const interrupted = await task.ended;
  expect(interrupted.exitCode).toBe(130);
  expect(interrupted.stdout).not.toContain("after it");
});
