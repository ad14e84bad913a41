import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorkspace, type Workspace } from "./workspace.ts";

const definition = (mode: string) => `
import { activity, definePipeline, downloads, fixedPlatforms, forEachPlatform, forEachVersion, scratch } from "@muster/pipeline";
const worker = { instanceTypes: ["t3.micro"] } as const;
const Source = activity({
  name: "Source", per: "version", script: "source.sh", timeout: 600, worker, retries: [],
  publishes: ({ version }) => [downloads(\`\${version}.txt\`)],
});
const Make = activity({
  name: "Make", per: "platform", script: "make.sh", init: "init.sh", timeout: 600, worker, retries: [],
  produces: ({ version, platform }) => [scratch(\`\${version}/\${platform}.txt\`)],
  secrets: [{ kind: "secrets-manager", name: "mine/token" }],
  env: () => ({ MODE: "${mode}", API_TOKEN: "hush-hush-hush" }),
});
export default definePipeline({
  name: "mine", summary: "Mine", platforms: fixedPlatforms("debian-12-bookworm"),
  flow: forEachVersion(Source, forEachPlatform(Make)), image: "/image", dummyScript: "source.sh", invalidates: [],
});`;

const PIPELINE = ["--pipeline", "pipeline.ts"];
const TASK = "Make-1.2.3-debian-12-bookworm";
const script = (...lines: string[]) => ["#!/bin/bash", "set -eu", ...lines, ""].join("\n");
const FAILING = script(
  'echo "$GREETING $MODE, dry run: $(printenv SKIP_PUBLISH || echo no)"',
  'muster-s3 cp "s3://$DOWNLOADS_BUCKET/$VERSION.txt" -',
  'if muster-s3 exists "s3://$SCRATCH_BUCKET/left.txt"; then echo "left by the attempt"; fi',
  'echo "$MODE" >left && muster-s3 cp left "s3://$SCRATCH_BUCKET/left.txt"',
  'echo "error: no compiler for $DISTRO" >&2',
  "exit 3",
);

let workspace: Workspace;
const inState = (path: string) => join(workspace.dir, ".muster", path);
const repro = (...words: string[]) => workspace.muster("repro", ...words, ...PIPELINE);

/** A build whose task fails; since then its definition, its scripts and its source are others, and what it left is there. */
beforeAll(async () => {
  workspace = await createWorkspace();
  await workspace.write("pipeline.ts", definition("careful"));
  await workspace.write("init.sh", "export GREETING=hello\n");
  await workspace.write(
    "source.sh",
    script('echo "the source as it was" >s', 'muster-s3 cp s "s3://$DOWNLOADS_BUCKET/$VERSION.txt"'),
    { executable: true },
  );
  await workspace.write("make.sh", FAILING, { executable: true });
  const build = await workspace.muster("build", "1.2.3", ...PIPELINE);
  expect(build.exitCode, build.stderr).toBe(1);
  await workspace.write("pipeline.ts", definition("careless"));
  await workspace.write("init.sh", "export GREETING=goodbye\n");
  await workspace.write("make.sh", script("muster-s3 cp /dev/null s3://$SCRATCH_BUCKET/$VERSION/$DISTRO.txt"));
  await workspace.write("source.sh", script('echo changed >s; muster-s3 cp s "s3://$DOWNLOADS_BUCKET/$VERSION.txt"'));
  const again = await workspace.muster("task", "Source-1.2.3", ...PIPELINE);
  expect(again.exitCode, again.stderr).toBe(0);
});
afterAll(() => workspace[Symbol.asyncDispose]());

test("a task fails here in the same way, with the script, the environment and the objects that it had, though all of them have changed", async () => {
  const { exitCode, stdout, stderr } = await repro(TASK, "--run");
  expect(exitCode, stderr).toBe(1);
  const lines = stdout.split("\n");
  expect(lines[0]).toMatch(/^hello careful, dry run: 1$/);
  expect(lines).toContain("the source as it was");
  expect(lines).not.toContain("left by the attempt");
  expect(lines).toContain(
    `${TASK} fails here in the same way: it failed with exit code 3: error: no compiler for debian-12-bookworm`,
  );
  expect(stdout).toContain("s3://mine-downloads/1.2.3.txt has changed since: it had the version of then");
  expect(stdout).toContain("wrote a copy of s3://mine-scratch/left.txt, here alone");
  expect(stdout).toMatch(/^its folder stays: \.muster\/repro\/Make-1\.2\.3-debian-12-bookworm$/m);
});

test("what it writes reaches its own copies alone, and what it sends elsewhere is sent where that is said", async () => {
  await writeFile(inState("s3/mine-scratch/left.txt"), "as the stage has it\n");
  const { exitCode, stdout } = await repro(TASK, "--run", "--publish", "--json", "--dir", "there");
  expect(exitCode).toBe(1);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({
    task: TASK,
    attempt: 1,
    attempts: 1,
    end: { error: "Muster.ScriptFailed", exit: 3 },
    script: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/), changedSince: true },
    missing: ["the secret mine/token"],
    run: { verdict: "fails in the same way", exitCode: 3, wrote: ["s3://mine-scratch/left.txt"] },
  });
  expect(report.environment).not.toHaveProperty("SKIP_PUBLISH");
  expect(await readFile(inState("s3/mine-scratch/left.txt"), "utf8")).toBe("as the stage has it\n");
  const copy = join(workspace.dir, "there/aws-copies/s3/mine-scratch/left.txt");
  expect(await readFile(copy, "utf8")).toBe("careful\n");
});

test("what is printed is a script that anybody can read and run, without a secret in it", async () => {
  const { exitCode, stdout, stderr } = await repro(TASK);
  expect(exitCode, stderr).toBe(0);
  expect(stderr).toMatch(
    new RegExp(
      `^${TASK} failed with exit code 3 on i-[0-9a-f]+, a t3\\.micro: error: no compiler for debian-12-bookworm$`,
      "m",
    ),
  );
  expect(stderr).toMatch(/^script make\.sh, SHA-256 [0-9a-f]{12}…, which has changed since$/m);
  expect(stderr).toContain(`muster repro ${TASK} --run`);
  expect(stdout).toMatch(/^exec env -i \\$/m);
  expect(stdout + (await readFile(inState(`repro/${TASK}/repro.sh`), "utf8"))).not.toContain("hush");
  expect(await readFile(inState(`repro/${TASK}/repro.sh`), "utf8")).toBe(stdout);
  expect(await readFile(inState(`repro/${TASK}/script/make.sh`), "utf8")).toBe(FAILING);
  const { PATH } = process.env;
  // AWS answers at none of them: what muster-s3 would ask of this machine's network, it asks of nobody here.
  const nobody = "AWS_ENDPOINT_URL=http://127.0.0.1:9 AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none";
  const input = stdout.replace("exec env -i", `exec env -i ${nobody}`);
  const run = (env: NodeJS.ProcessEnv) => spawnSync("bash", ["-s"], { input, encoding: "utf8", env });
  expect(run({ PATH }).stderr).toContain("API_TOKEN: is secret, and not kept: export it first");
  const byHand = run({ PATH, API_TOKEN: "mine" });
  expect(byHand.stdout).toMatch(/^hello careful, dry run: 1$/m);
});

test("a task that has been mended since does not fail, and one that never failed is said to be so", async () => {
  const { exitCode, stdout } = await repro("Source-1.2.3", "--run");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^Source-1\.2\.3 succeeds here, as it did there$/m);
});

test.each<[string, string[], string]>([
  ["an unknown task", ["Mkae-1.2.3-debian-12-bookworm"], `(did you mean ${TASK}?)`],
  ["an unknown build", [TASK, "--build", "9.9.9"], 'there is no build "9.9.9"'],
  ["an attempt that was none", [TASK, "--attempt", "7"], `${TASK} has no attempt 7: it has had 1 attempt`],
  ["a shell without a terminal", [TASK, "--shell"], "--shell opens a shell on a terminal, and this is none"],
])("%s is refused in one line", async (_, words, line) => {
  const { exitCode, stdout, stderr } = await repro(...words);
  expect(exitCode).toBe(2);
  expect(stdout).toBe("");
  expect(stderr.trim().split("\n")).toEqual([expect.stringContaining(line)]);
});

test("nor does muster task open a shell where nobody could type into it", async () => {
  const { exitCode, stderr } = await workspace.muster("task", TASK, "--shell", ...PIPELINE);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^muster: --shell opens a shell on a terminal, and this is none \(.*\)\n$/);
});

test("a task that never ran, a record without digests, a script that is gone: each in one line that says how to go on", async () => {
  await using other = await createWorkspace();
  await other.write("pipeline.ts", definition("careful"));
  await other.write("init.sh", "");
  await other.write("make.sh", FAILING, { executable: true });
  await other.write("source.sh", script("exit 5"), { executable: true });
  await other.muster("build", "1.2.3", "Source", ...PIPELINE);
  const ask = async (...words: string[]) => (await other.muster("repro", ...words, ...PIPELINE)).stderr.trim();
  expect(await ask(TASK)).toMatch(/^muster: no worker has had the task "Make-1\.2\.3-debian-12-bookworm" .*\(.*\)$/);
  await other.write("source.sh", script("exit 6"), { executable: true });
  await rm(join(other.dir, ".muster/s3/mine-assets"), { recursive: true });
  expect(await ask("Source-1.2.3")).toMatch(
    /^muster: s3:\/\/mine-assets\/scripts\/.*source\.sh, SHA-256 .* is not there any more, .*\(muster task Source-1\.2\.3 runs the script as it is now\)$/,
  );
  const attempts = join(other.dir, ".muster/s3/mine-state/attempts");
  const records = (await readdir(attempts, { recursive: true })).filter((path) => path.endsWith(".json"));
  for (const path of records) {
    const record = JSON.parse(await readFile(join(attempts, path), "utf8"));
    record.predicate.buildDefinition.resolvedDependencies = [];
    await writeFile(join(attempts, path), JSON.stringify(record));
  }
  expect(await ask("Source-1.2.3")).toMatch(
    /^muster: the record of attempt \d of Source-1\.2\.3 names no digest of its script \(muster task Source-1\.2\.3 .*\)$/,
  );
  for (const path of records) await rm(join(attempts, path));
  expect(await ask("Source-1.2.3")).toMatch(/left no record, or it has expired \(muster task Source-1\.2\.3 .*\)$/);
  expect(existsSync(join(other.dir, ".muster/tasks"))).toBe(false);
});
