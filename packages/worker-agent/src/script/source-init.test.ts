import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { virtualClock } from "@muster/local";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Clock, realClock } from "../clock.ts";
import { findProcesses, NO_GROUP } from "../process/processes.ts";
import { type PipeSource, pipeSource } from "./output-pipe.ts";
import { INIT_TIMEOUT_MS, sourceInit } from "./source-init.ts";

let folder: string;
let pipes: PipeSource;
let lines: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-init-"));
  pipes = pipeSource(folder);
  lines = [];
});
afterEach(async () => {
  await pipes.close();
  await rm(folder, { recursive: true });
});

async function source(text: string, clock: Clock = realClock, signal = new AbortController().signal) {
  // Where it is fetched to: elsewhere than where it is sourced.
  const file = join(folder, "scripts", "0".repeat(64), "init.sh");
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${text}\n`);
  await chmod(file, 0o755);
  return sourceInit({
    script: { url: `file://${file}`, file, sha256: "" },
    folder,
    scripts: { PATH: process.env.PATH ?? "", AWS_REGION: "us-west-2" },
    variables: { STATE_BUCKET: "state", MUSTER_REPOSITORY: "/checkout", AWS_REGION: "us-west-2", "not a name": "x" },
    targets: [{ write: (more) => lines.push(...more), room: () => undefined }],
    pipes,
    mask: (line) => line,
    clock,
    signal,
  });
}

const survivors = () => findProcesses({ group: NO_GROUP, variable: `MUSTER_INIT=${folder}/init-exports` });

test("what init exports reaches tasks; the worker's own variables do when it exports them, and else not", async () => {
  const init = await source(`
    export MUSTER_REPOSITORY PLACE="s3://$STATE_BUCKET/a b" MULTI=$'two\\nlines'
    private=1
    export PATH="/opt/tool/bin:$PATH"
  `);
  expect(init.exports).toEqual({
    MUSTER_REPOSITORY: "/checkout",
    PLACE: "s3://state/a b",
    MULTI: "two\nlines",
    PATH: `/opt/tool/bin:${process.env.PATH}`,
  });
  await init.cleanup();
});

test("programs that init starts see the scripts' environment, not the worker's own variables", async () => {
  const init = await source("env | grep -cE '^(STATE_BUCKET|MUSTER_REPOSITORY)='; env | grep AWS_REGION");
  await init.cleanup();
  expect(lines).toEqual(["0", "AWS_REGION=us-west-2"]);
});

test("cleanup sees every variable and function of init, also under its strict options", async () => {
  const init = await source(`
    set -euo pipefail
    dir=${folder}; note() { echo "$1" >>"$dir/notes"; }
    cleanup() { note "cleaned \${dir##*/}"; }
  `);
  await init.cleanup();
  expect(await readFile(join(folder, "notes"), "utf8")).toMatch(/^cleaned muster-init-/);
});

test("what init leaves in the background lives as long as the worker", async () => {
  const init = await source("sleep 1000 & setsid sleep 1000 &");
  // A process that is just becoming another program shows no environment for a moment.
  await expect.poll(async () => (await survivors()).length).toBe(3);
  await init.cleanup();
  expect(await survivors()).toEqual([]);
});

test.each([
  ["return 7", "init returned 7"],
  ["false", "init returned 1"],
  ["exit 0", "init exited with 0: an init is sourced, and must return"],
  ["set -e; false; echo never", "init exited with 1: an init is sourced, and must return"],
  ["kill -KILL $$", "init was killed by SIGKILL"],
  ["if then", "init returned"],
])("init that does `%s` has failed: %s", async (text, message) => {
  await expect(source(text)).rejects.toMatchObject({
    name: "Muster.InitFailed",
    message: expect.stringContaining(message),
  });
  expect(await survivors()).toEqual([]);
});

test("init that has failed says which of its lines tells why", async () => {
  await expect(source("echo before; no-such-command || return 3; echo after")).rejects.toMatchObject({
    message: "init returned 3",
    line: expect.stringMatching(/^init\.sh: line 1: no-such-command: command not found$/),
  });
  await expect(source("echo there is no volume; return 1")).rejects.toMatchObject({ line: "there is no volume" });
});

test("init that does not come to an end has failed after half an hour, and is gone", async () => {
  const clock = virtualClock();
  const started = join(folder, "started");
  const outcome = source(`touch ${started}; sleep 100000`, clock).catch((error: Error) => error.message);
  await expect.poll(() => readFile(started, "utf8").catch(() => "absent"), { timeout: 20_000 }).toBe("");
  // The shell, and what it starts after it has said so.
  await expect.poll(async () => (await survivors()).length).toBe(2);
  clock.advance(INIT_TIMEOUT_MS - 1);
  expect((await survivors()).length).toBe(2);
  clock.advance(1);
  expect(await outcome).toBe("init took longer than 30 minutes");
  expect(await survivors()).toEqual([]);
});

test("init that is interrupted has failed at once, and is gone", async () => {
  const started = join(folder, "started");
  const stop = new AbortController();
  const outcome = source(`touch ${started}; sleep 100000`, realClock, stop.signal).catch((error: Error) => error);
  await expect.poll(() => readFile(started, "utf8").catch(() => "absent"), { timeout: 20_000 }).toBe("");
  stop.abort();
  expect(await outcome).toMatchObject({
    name: "Muster.InitFailed",
    message: "init was interrupted: the worker must stop",
  });
  expect(await survivors()).toEqual([]);
});

test("init whose exports the disk has no room for has failed: no task goes without them", async () => {
  await symlink("/dev/full", join(folder, "init-exports"));
  await expect(source("export PLACE=here")).rejects.toMatchObject({
    name: "Muster.InitFailed",
    message: "init was sourced, and what it exported could not be written down",
  });
});

test("cleanup runs when the agent dies", async () => {
  const cleaned = join(folder, "cleaned");
  await writeFile(join(folder, "init.sh"), `cleanup() { touch ${cleaned}; }\n`);
  const program = `
    import { sourceInit } from ${JSON.stringify(join(import.meta.dirname, "source-init.ts"))};
    import { pipeSource } from ${JSON.stringify(join(import.meta.dirname, "output-pipe.ts"))};
    import { realClock } from ${JSON.stringify(join(import.meta.dirname, "../clock.ts"))};
    const folder = ${JSON.stringify(folder)};
    await sourceInit({ script: { file: folder + "/init.sh" }, folder, scripts: { PATH: process.env.PATH }, variables: {}, targets: [], pipes: pipeSource(folder), mask: (l) => l, clock: realClock, signal: new AbortController().signal });
    console.log("sourced");
    setInterval(() => {}, 1000);
  `;
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module"];
  const agent = spawn(process.execPath, [...flags, "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  await once(agent.stdout, "data");
  agent.kill("SIGKILL");
  await expect.poll(() => readFile(cleaned, "utf8").catch(() => "absent"), { timeout: 20_000 }).toBe("");
});
