import { setTimeout as sleep } from "node:timers/promises";
import { workerLogStream } from "@muster/pipeline";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { isFinished } from "../history/describe-step.ts";
import { readHistory } from "../history/read-history.ts";
import type { Stage } from "../stages/stage.ts";
import { findInstanceLog, findTask } from "./find-log.ts";
import { type LogLine, logReader } from "./log-reader.ts";
import { mergeByTime } from "./merge-by-time.ts";
import { taskLines } from "./task-lines.ts";

/** Prints the log of a task, or of the worker that an instance id names. */
export async function showLogs(
  { task, follow, build }: { task: string; follow: boolean; build: string | undefined },
  context: Context,
): Promise<ExitCode> {
  const stage = await context.openStage({ to: "read" });
  if (/^i-[0-9a-f]+$/.test(task)) await printInstanceLog(stage, task, { follow, ...context });
  else await printTaskLog(stage, task, { follow, build, ...context });
  return 0;
}

type Printing = Pick<Context, "print" | "signal"> & { follow: boolean };

async function printInstanceLog(stage: Stage, instanceId: string, { follow, print, signal }: Printing): Promise<void> {
  const read = logReader(stage.logs, await findInstanceLog(stage, instanceId));
  do {
    for (const { message } of await read()) print.report(message);
  } while (follow && (await pause(stage, signal)));
}

async function printTaskLog(
  stage: Stage,
  task: string,
  { follow, build, print, signal }: Printing & { build: string | undefined },
): Promise<void> {
  const { summary, history, ...found } = await findTask(stage, task, build);
  let { step } = found;
  const readers = new Map<string, () => Promise<LogLine[]>>();
  for (;;) {
    // Whether it has ended is asked before its lines are read: none that was written before is missed.
    const ended = isFinished(step) || history.build.state !== "running" || stage.movedBy === "nobody";
    for (const { instance } of step.attempts) {
      if (instance === undefined) continue;
      const read =
        readers.get(instance) ?? taskReader(stage, { task, build: summary.name, activity: step.name, instance });
      readers.set(instance, read);
    }
    const streams = await Promise.all(Array.from(readers.values(), (read) => read()));
    for (const { message } of mergeByTime(streams)) print.report(message);
    if (!follow || ended || !(await pause(stage, signal))) break;
    const events = await readHistory(stage.sfn, summary.executionArn, { afterId: history.build.lastEventId });
    history.read(events);
    step = history.build.steps.find(({ key }) => key === step.key) ?? step;
  }
  if (readers.size === 0) print.note(`no worker has taken ${task} yet`);
}

function taskReader(
  { logs, description }: Stage,
  { task, build, activity, instance }: { task: string; build: string; activity: string; instance: string },
): () => Promise<LogLine[]> {
  const logGroupName = description.logGroups[activity] ?? "";
  const read = logReader(logs, { logGroupName, logStreamName: workerLogStream(instance) });
  const isOurs = taskLines({ task, build });
  return async () => (await read()).filter(({ message }) => isOurs(message));
}

/** False when the user has had enough. */
async function pause({ pollMs }: Stage, signal: AbortSignal): Promise<boolean> {
  await sleep(Math.max(pollMs, 500), undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
