import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stageWithWorkers } from "../../testing/stage-with-workers.ts";
import { recordedDiagnostics, startInProcess } from "../../testing/worker-in-process.ts";
import { realClock } from "../clock.ts";
import { stateOf } from "../process/process-table.ts";
import { findProcesses, NO_GROUP } from "../process/processes.ts";
import { endFormerInit, initVariable, noteInit } from "./former-init.ts";

test("an agent that is started again sources init when the cleanup of the one that died is over, and its daemons are gone", async () => {
  await using stage = await stageWithWorkers();
  const notes = join(stage.folder, "notes");
  const read = () => readFile(notes, "utf8").catch(() => "");
  const init = `
    setsid sleep 1000 >/dev/null 2>&1 </dev/null &
    echo sourced >>${notes}
    cleanup() { sleep 1; echo cleaned >>${notes}; }`;
  const first = await stage.startWorker({ script: "true", init, owned: false });
  expect((await stage.runTask()).status).toBe("SUCCEEDED");
  const left = () => findProcesses({ group: NO_GROUP, variable: initVariable(join(first.folder, "state")) });
  const former = await left();
  expect(former.length).toBeGreaterThanOrEqual(2);
  first.process.kill("SIGKILL");
  await first.stopped;
  const second = await startInProcess(stage, {
    script: "true",
    init,
    root: first.folder,
    instanceId: first.instanceId,
  });
  expect((await stage.runTask()).status).toBe("SUCCEEDED");
  expect(await read()).toBe("sourced\ncleaned\nsourced\n");
  expect((await left()).filter((pid) => former.includes(pid))).toEqual([]);
  second.stop("the test is over");
  await second.ended;
  expect(await read()).toBe("sourced\ncleaned\nsourced\ncleaned\n");
  expect(await left()).toEqual([]);
});

test("what an init has left is waited for, too, where the note of its shell cannot be read", async () => {
  const folder = await mkdtemp(join(tmpdir(), "muster-init-"));
  await writeFile(join(folder, "init-shell"), '{"pid":');
  const [name = "", value] = initVariable(folder).split("=");
  const child = spawn("sleep", ["0.5"], { env: { ...process.env, [name]: value } });
  const ended = once(child, "exit");
  await endFormerInit({
    folder,
    clock: realClock,
    diagnostics: recordedDiagnostics(),
    stop: AbortSignal.timeout(20_000),
  });
  expect(stateOf(child.pid), "it has ended").toBeOneOf(["Z", undefined]);
  expect(await ended, "it came to its own end").toEqual([0, null]);
  await rm(folder, { recursive: true });
});

test("a process that has the number and the start time of an init from before a reboot is not waited for", async () => {
  const folder = await mkdtemp(join(tmpdir(), "muster-init-"));
  await noteInit(folder, process.pid);
  const file = join(folder, "init-shell");
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), boot: "another" }));
  const stop = AbortSignal.timeout(10_000);
  await endFormerInit({ folder, clock: realClock, diagnostics: recordedDiagnostics(), stop });
  expect(stop.aborted).toBe(false);
  await rm(folder, { recursive: true });
});
