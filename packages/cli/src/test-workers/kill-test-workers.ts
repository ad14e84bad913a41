import { rmSync } from "node:fs";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { stopTestWorker } from "./stop-test-worker.ts";
import { listTestWorkers, testWorkerFolder } from "./test-worker-files.ts";

/** One worker that was ended, as `muster kill-test-workers --json` has it. */
export interface EndedTestWorkerJson {
  readonly activity: string;
  readonly pid: number;
}

/** Ends every test worker that was started with this state folder. */
export async function killTestWorkers({ print, env, globals }: Context): Promise<ExitCode> {
  const { alive, ended } = listTestWorkers(testWorkerFolder(env, globals));
  await Promise.all(alive.map(stopTestWorker));
  for (const file of ended) rmSync(file, { force: true });
  if (globals.json) print.json(alive.map(({ activity, pid }) => ({ activity, pid })) satisfies EndedTestWorkerJson[]);
  else
    print.sentence(
      alive.length === 0 ? "no test worker is running" : `ended ${alive.map(({ activity }) => activity).join(", ")}`,
    );
  return 0;
}
