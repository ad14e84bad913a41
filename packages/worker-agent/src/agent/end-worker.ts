import type { Diagnostics } from "../diagnostics.ts";
import type { LogStream } from "../log/log-stream.ts";
import type { AttemptRecords } from "../report/attempt-records.ts";
import type { ScriptRunner } from "../script/script-runner.ts";
import type { WorkerScripts } from "../script/worker-scripts.ts";
import type { Notices } from "../task/notices.ts";
import type { WorkerStop } from "../worker-stop.ts";
import type { WorkerEnd } from "./worker.ts";

export interface EndingParts {
  readonly activity: string;
  readonly scripts: WorkerScripts;
  readonly runner: ScriptRunner;
  readonly notices: Notices;
  readonly records: AttemptRecords;
  readonly log: LogStream;
  readonly diagnostics: Diagnostics;
  readonly stop: WorkerStop;
}

/** What the log still holds when a worker ends is sent within this time. */
const LAST_FLUSH_MS = 300_000;

/** Runs init's cleanup, lets go of what scripts ran in, and waits for what is still on its way. */
export async function endWorker(parts: EndingParts, { end, tasks, last }: WorkerEnd): Promise<void> {
  const { activity, scripts, runner, notices, records, log, diagnostics, stop } = parts;
  const { claims, unfinished, display } = notices;
  diagnostics.info("the worker ends", { end, tasks });
  await scripts.cleanup();
  await runner.close();
  // The Name of a worker whose last task failed keeps saying so.
  if (last?.failed !== true) {
    display.show({ state: "waiting", tasks, subject: last?.name ?? activity, tagState: "stopping", task: "" });
  }
  const mostMs = stop.signal.aborted ? stop.lastWordsMs : LAST_FLUSH_MS;
  const flushed = log.flush(mostMs);
  await Promise.all([claims.settled(), display.settled(), records.settle(mostMs)]);
  if (!(await flushed)) diagnostics.error("the end of the log could not be sent");
  await display.ended(end);
  await unfinished.clear().catch((error: unknown) => diagnostics.warn("the last task is still noted", { error }));
}
