import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stageWithWorkers } from "../../testing/stage-with-workers.ts";
import type { WorkerProcess } from "../../testing/worker-process.ts";
import { findProcesses, NO_GROUP } from "../process/processes.ts";

/** What is left of the worker's task, which it has not reported. */
async function survivors({ folder }: WorkerProcess): Promise<number[]> {
  const { variable } = JSON.parse(await readFile(join(folder, "state/task.json"), "utf8")) as { variable: string };
  return findProcesses({ group: NO_GROUP, variable });
}

test.each([true, false])(
  "a daemon whose script has ended dies with the agent that was about to report it (owned: %s)",
  async (owned) => {
    await using stage = await stageWithWorkers();
    // The log cannot be sent: the worker waits with its report.
    stage.aws.failCalls({ service: "logs" }, { code: "ServiceUnavailable", status: 503 });
    const worker = await stage.startWorker({
      owned,
      script: "(setsid sleep 1000 >/dev/null 2>&1 </dev/null &); sleep 0.2",
    });
    const task = await stage.publish();
    await expect.poll(() => stage.stateKeys("attempts/"), { timeout: 30_000 }).not.toEqual([]);
    expect(await survivors(worker)).toHaveLength(1);
    worker.process.kill("SIGKILL");
    await worker.stopped;
    expect(await task.history()).not.toContain("ActivitySucceeded");
    await expect.poll(() => survivors(worker), { timeout: 20_000 }).toEqual([]);
  },
);

test("a script whose first deed ends the agent ends too", async () => {
  await using stage = await stageWithWorkers();
  const agent = join(stage.folder, "agent");
  const worker = await stage.startWorker({ script: `kill -KILL $(cat ${agent}); sleep 1000` });
  await writeFile(agent, String(worker.process.pid));
  await stage.publish();
  expect(await worker.stopped).toBe("SIGKILL");
  await expect.poll(() => survivors(worker), { timeout: 20_000 }).toEqual([]);
});
