import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findProcesses, killProcesses, NO_GROUP } from "./processes.ts";
import { startWatchdog } from "./watchdog.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-watchdog-"));
});
afterEach(async () => {
  await killProcesses(marks());
  await rm(folder, { recursive: true });
});

const marks = () => ({ group: NO_GROUP, variable: `MARK=${folder}/mark` });

/** A process that guards a script as the agent does, and then waits to be killed. */
async function startGuard(script: string) {
  const file = join(folder, "script");
  await writeFile(file, `#!/bin/bash\n${script}\n`);
  await chmod(file, 0o755);
  const program = `
    import { spawn } from "node:child_process";
    import { startWatchdog } from ${JSON.stringify(join(import.meta.dirname, "watchdog.ts"))};
    const watchdog = startWatchdog({ path: process.env.PATH });
    const child = spawn(${JSON.stringify(file)}, { detached: true, stdio: "ignore", env: { PATH: process.env.PATH, MARK: ${JSON.stringify(`${folder}/mark`)} } });
    watchdog.guard({ group: child.pid, variable: ${JSON.stringify(`MARK=${folder}/mark`)} });
    process.on("SIGUSR1", () => { watchdog.release(); console.log("released"); });
    process.on("SIGUSR2", () => { watchdog.guardRest({ variable: ${JSON.stringify(`MARK=${folder}/mark`)} }); console.log(child.pid); });
    console.log("guarding");
    setInterval(() => {}, 1000);
  `;
  const guard = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", program],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  await once(guard.stdout, "data");
  return guard;
}

test("when the agent is killed, its script dies with all that it started, daemons included", async () => {
  const guard = await startGuard("setsid sleep 1000 & sleep 1000 & trap '' TERM; sleep 1000; sleep 1000");
  await expect.poll(async () => (await findProcesses(marks())).length, { timeout: 20_000 }).toBe(4);
  guard.kill("SIGKILL");
  await expect.poll(() => findProcesses(marks()), { timeout: 20_000 }).toEqual([]);
});

test("of a script that has ended only what bears its mark dies: its group may be another's", async () => {
  const guard = await startGuard("setsid sleep 1000 & env -i sleep 1000 & wait");
  await expect.poll(async () => (await findProcesses(marks())).length, { timeout: 20_000 }).toBe(2);
  guard.kill("SIGUSR2");
  const [group] = await once(guard.stdout, "data");
  const others = { group: Number(group), variable: "none" };
  try {
    await expect.poll(async () => (await findProcesses(others)).length, { timeout: 20_000 }).toBe(2);
    guard.kill("SIGKILL");
    await expect.poll(() => findProcesses(marks()), { timeout: 20_000 }).toEqual([]);
    expect(await findProcesses(others)).toHaveLength(1);
  } finally {
    await killProcesses(others);
  }
});

test("a script that has ended for the agent is not touched any more", async () => {
  const guard = await startGuard("sleep 1000");
  await expect.poll(async () => (await findProcesses(marks())).length, { timeout: 20_000 }).toBe(2);
  guard.kill("SIGUSR1");
  await once(guard.stdout, "data");
  guard.kill("SIGKILL");
  await once(guard, "exit");
  await expect.poll(watchdogs, { timeout: 20_000 }).toEqual([]);
  expect(await findProcesses(marks())).toHaveLength(2);

  async function watchdogs() {
    const children = await findProcesses({ group: guard.pid ?? 0, variable: "none" });
    return children;
  }
});

test("it reads nothing that a user has for shells of their own", async () => {
  const [read, ended] = [join(folder, "read"), join(folder, "ended")];
  await writeFile(join(folder, ".bashrc"), `touch ${read}\n`);
  const shell = `#!/bin/sh\nHOME=${folder} PATH=/usr/bin:/bin bash "$@"\n/usr/bin/touch ${ended}\n`;
  await writeFile(join(folder, "bash"), shell, { mode: 0o755 });
  const watchdog = startWatchdog({ path: folder });
  watchdog.close();
  await expect.poll(() => existsSync(ended), { timeout: 20_000 }).toBe(true);
  expect(existsSync(read)).toBe(false);
});
