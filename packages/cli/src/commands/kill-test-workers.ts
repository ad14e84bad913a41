import { rmSync } from "node:fs";
import { command } from "../command.ts";
import { stopTestWorker } from "../test-workers/stop-test-worker.ts";
import { listTestWorkers, testWorkerFolder } from "../test-workers/test-worker-files.ts";

export default command({
  name: "kill-test-workers",
  summary: "End the workers that run-test-workers started; their logs stay",
  args: {},
  async run(_values, { print, env, globals }) {
    const { alive, ended } = listTestWorkers(testWorkerFolder(env, globals));
    await Promise.all(alive.map(stopTestWorker));
    for (const file of ended) rmSync(file, { force: true });
    if (globals.json) print.json(alive.map(({ activity, pid }) => ({ activity, pid })));
    else
      print.report(
        alive.length === 0 ? "no test worker is running" : `ended ${alive.map(({ activity }) => activity).join(", ")}`,
      );
    return 0;
  },
});
