import { setTimeout as sleep } from "node:timers/promises";
import { type Figure, megabytes } from "./figure.ts";
import { processUsage } from "./process-usage.ts";
import { type RecordedStage, withStage } from "./recorded-stage.ts";

/** V8 tidies up for some seconds after it had something to do. */
const SETTLE_MS = 15_000;
const WATCHED_SECONDS = 30;

/** What an agent takes while it waits for its next task. */
export const idle = (): Promise<Figure[]> => withStage(watchIdle);

async function watchIdle(stage: RecordedStage): Promise<Figure[]> {
  const worker = await stage.startWorker({ script: "exit 0" });
  await stage.runTask();
  await sleep(SETTLE_MS);
  const pid = worker.process.pid as number;
  const before = processUsage(pid);
  await sleep(WATCHED_SECONDS * 1000);
  const after = processUsage(pid);
  return [
    { what: "resident while idle", value: megabytes(after.residentBytes), unit: "MB", goal: 100 },
    {
      what: `CPU while idle, over ${WATCHED_SECONDS} s`,
      value: (after.cpuMs - before.cpuMs) / (WATCHED_SECONDS * 10),
      unit: "%",
      goal: 0.1,
      digits: 2,
    },
  ];
}
