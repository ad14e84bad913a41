import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

let dir: string;
let clone: string;
let first: Outcome;
let version: string;

interface Outcome {
  readonly exitCode: number | null;
  readonly output: string;
  readonly ms: number;
}

/** As a newcomer's shell: the machine's own Node and npm, and none of the tools that this test run has on its PATH. */
async function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const { PATH = "", HOME = cwd } = process.env;
  const path = PATH.split(delimiter).filter((folder) => !folder.includes("node_modules") && !folder.includes("_npx"));
  const started = performance.now();
  const child = spawn(command, args, {
    cwd,
    env: { PATH: path.join(delimiter), HOME, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [exitCode] = (await once(child, "close")) as [number | null];
  return { exitCode, output, ms: performance.now() - started };
}

/** A builder of images may be here or not, and would ask registries for what is not on this machine. */
const noImage = ["--input", "builder=none"];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "muster-clone-"));
  clone = join(dir, "muster");
  const cloned = await run("git", ["clone", "--quiet", REPOSITORY, clone], dir);
  expect(cloned.exitCode, cloned.output).toBe(0);
  first = await run("npm", ["start", "--", ...noImage], clone);
  version = /MakeSourceTarball-(\d{4}\.\d{2}\.\d{2})/.exec(first.output)?.[1] ?? "";
});
afterAll(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));

test("npm start on a fresh clone builds and publishes a release, and prints where its repository lies", () => {
  expect(first.exitCode, first.output).toBe(0);
  const downloads = /^downloads: (.*)$/m.exec(first.output)?.[1] ?? "";
  expect(downloads).toBe(join(clone, ".muster/s3/muster-downloads"));
  for (const path of [
    "debian/dists/bookworm-nightly/InRelease",
    "debian/dists/trixie-nightly/InRelease",
    "ubuntu/dists/noble-nightly/InRelease",
  ]) {
    expect(existsSync(join(downloads, path)), path).toBe(true);
  }
  expect(first.output).toMatch(/^apt: +deb \[signed-by=\/\S+\] file:\/\/\S+ bookworm-nightly main$/m);
  expect(first.output).not.toMatch(/ExperimentalWarning:|\(node:\d+\)/);
});

test("nothing but what npm runs, and that it installs, comes before the plan, and then the build", () => {
  const [before = "", plan = ""] = first.output.split(/^plan: /m);
  // A build waits five seconds for its plan, which a busy machine may not have by then.
  expect(plan).toMatch(/^(?:\d+ tasks.*\n(?: .*\n)*|not made within 5 s.*\n)build /);
  const lines = before.split("\n").filter((line) => line !== "" && !line.startsWith("> "));
  expect(lines).toEqual(["installing dependencies, once"]);
});

test.each(["start", "test"])("npm %s says why nothing can be installed", async (script) => {
  // Nothing is found in npm's own cache, and nobody answers at the registry.
  const registry = { npm_config_registry: "http://127.0.0.1:9", npm_config_fetch_retries: "0" };
  const failed = await run("npm", [script], clone, { ...registry, npm_config_cache: join(dir, "empty-cache") });
  expect(failed.exitCode, failed.output).not.toBe(0);
  expect(failed.output).toMatch(/ECONNREFUSED.*127\.0\.0\.1:9/);
});

test("the same again skips every step that is done, and says why", async () => {
  const words = ["--yes", "pnpm@10.34.9", "--filter", "cli", "start", "build", version, ...noImage];
  const again = await run("npx", words, clone);
  expect(again.exitCode, again.output).toBe(0);
  expect(again.output).toMatch(new RegExp(`MakeSourceTarball-${version} skipped: s3://.* exist`));
  expect(again.output).toMatch(
    new RegExp(`MakeBinaryPackage-${version}-debian-12-bookworm skipped: muster \\S+ in s3://\\S+ exists`),
  );
  expect(again.output).toContain(`PublishDockerImages-${version} skipped: no image is asked for`);
  expect(again.output).not.toMatch(/ on i-[0-9a-f]+/);
  // The goal is 5 s on an idle machine; a busy one proves nothing, so the figure is told and not tested.
  process.stdout.write(`a second build took ${(again.ms / 1000).toFixed(1)} s\n`);
});

test("the package scripts run the Node that the repository is pinned to", async () => {
  const { output } = await run("npx", ["--yes", "pnpm@10.34.9", "--filter", "cli", "exec", "node", "--version"], clone);
  expect(output.trim()).toMatch(/^v22\./);
});
