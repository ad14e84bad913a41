import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeProbePipeline } from "./probe-pipeline.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

interface Status {
  readonly name: string;
  readonly state: string;
  readonly input: { readonly retry?: { readonly build: string } };
  readonly steps: readonly { readonly key: string; readonly state: string; readonly reason?: string }[];
}

/** Fails on one platform after it has stored what it makes, until somebody mends it. */
const FAILS_AFTER_STORING = `
if [ "$DISTRO" = ubuntu-24.04-noble ] && ! muster-s3 exists "s3://$SCRATCH_BUCKET/mended"; then
  echo broken > object && muster-s3 cp object "s3://$SCRATCH_BUCKET/$VERSION/$DISTRO.pkg"
  echo "error: it does not work"
  exit 7
fi`;

let workspace: Workspace;
let pipeline: string[];
let first: Status;

beforeAll(async () => {
  workspace = await createWorkspace();
  pipeline = await writeProbePipeline(workspace, { MakePackage: FAILS_AFTER_STORING });
  const built = await workspace.muster("build", "1.2.3", "--test-build", ...pipeline);
  expect(built.exitCode).toBe(1);
  first = await workspace.json<Status>("status", ...pipeline);
}, 120_000);
afterAll(() => workspace[Symbol.asyncDispose]());

test("why a task failed is said with its exit code and its last words", async () => {
  const { stdout, exitCode } = await workspace.muster("why", "MakePackage-1.2.3-ubuntu-24.04-noble", ...pipeline);
  expect(exitCode).toBe(0);
  const [answer, ...rest] = stdout.split("\n");
  expect(answer).toMatch(/^MakePackage-1\.2\.3-ubuntu-24\.04-noble failed with exit code 7 .* test build/);
  expect(answer).toMatch(/: error: it does not work$/);
  expect(rest.join("\n")).toMatch(/last lines of its log:\n(.*\n)* {2}error: it does not work\n/);
  expect(stdout).toContain(`muster retry ${first.name}`);
});

test("a retry does what failed again, though its artifact is there, and nothing else", async () => {
  await workspace.write(".muster/s3/probe-scratch/mended", "yes");
  const plan = await workspace.muster("retry", first.name, "--plan", ...pipeline);
  expect(plan.stdout.split("\n").slice(0, 2)).toEqual([
    `a retry of ${first.name}: 1 task again`,
    "  again  MakePackage  1.2.3  ubuntu-24.04-noble  failed",
  ]);

  const { exitCode, stderr } = await workspace.muster("retry", first.name, ...pipeline);
  expect(exitCode, stderr).toBe(0);
  const second = await workspace.json<Status>("status", ...pipeline);
  expect(second.input.retry?.build).toBe(first.name);
  const ran = second.steps.filter(({ key, state }) => key.startsWith("Make") && state === "succeeded");
  expect(ran.map(({ key }) => key)).toEqual(["MakePackage-1.2.3-ubuntu-24.04-noble"]);
  expect(ran[0]?.reason).toMatch(new RegExp(`^again after ${first.name}, although .* exists$`));
  const made = await readFile(join(workspace.dir, ".muster/s3/probe-scratch/1.2.3/ubuntu-24.04-noble.pkg"), "utf8");
  expect(made).toBe("MakePackage-1.2.3-ubuntu-24.04-noble\n");
  const refused = await workspace.muster("retry", second.name, ...pipeline);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toMatch(/^muster: the build \S+ has succeeded: nothing of it is left to do \(.*\)\n$/);
}, 120_000);
