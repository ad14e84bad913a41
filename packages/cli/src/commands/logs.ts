import { setTimeout as sleep } from "node:timers/promises";
import { workerLogStream } from "@muster/pipeline";
import { command, flag, option, positional } from "../command.ts";
import type { Context } from "../context.ts";
import { foldEvents } from "../history/build-history.ts";
import { isFinished } from "../history/describe-step.ts";
import { readHistory } from "../history/read-history.ts";
import { findInstanceLog, findTask } from "../logs/find-log.ts";
import { logReader } from "../logs/log-reader.ts";
import { taskLines } from "../logs/task-lines.ts";
import type { Stage } from "../stages/stage.ts";

export default command({
  name: "logs",
  summary: "Print the log of one task, of all workers that had it, or the whole log of a worker",
  args: {
    task: positional("A task's name, as status and failures show it, or an instance id"),
    follow: flag("-f", "Until the task ends"),
    build: option("name", "The build that the task belongs to (default: the latest that has it)"),
  },
  examples: ["logs MakeBinaryPackage-4.28.2-ubuntu-18.04-bionic", "logs i-0123456789abcdef0"],
  async run({ task, follow, build }, context) {
    const stage = await context.openStage({ to: "read" });
    if (/^i-[0-9a-f]+$/.test(task)) await printInstanceLog(stage, task, { follow, ...context });
    else await printTaskLog(stage, task, { follow, build, ...context });
    return 0;
  },
});

type Printing = Pick<Context, "print" | "signal"> & { follow: boolean };

async function printInstanceLog(stage: Stage, instanceId: string, { follow, print, signal }: Printing): Promise<void> {
  const read = logReader(stage.logs, await findInstanceLog(stage, instanceId));
  do {
    for (const line of await read()) print.report(line);
  } while (follow && (await pause(stage, signal)));
}

async function printTaskLog(
  stage: Stage,
  task: string,
  { follow, build, print, signal }: Printing & { build: string | undefined },
): Promise<void> {
  const { summary, ...found } = await findTask(stage, task, build);
  let { history, step } = found;
  const readers = new Map<string, () => Promise<string[]>>();
  for (;;) {
    // Whether it has ended is asked before its lines are read: none that was written before is missed.
    const ended = isFinished(step) || history.state !== "running" || stage.movedBy === "nobody";
    for (const { instance } of step.attempts) {
      if (instance === undefined) continue;
      const read =
        readers.get(instance) ?? taskReader(stage, { task, build: summary.name, activity: step.name, instance });
      readers.set(instance, read);
      for (const line of await read()) print.report(line);
    }
    if (!follow || ended || !(await pause(stage, signal))) break;
    const events = await readHistory(stage.sfn, summary.executionArn, { afterId: history.lastEventId });
    history = foldEvents(history, events).build;
    step = history.steps.find(({ key }) => key === step.key) ?? step;
  }
  if (readers.size === 0) print.note(`no worker has taken ${task} yet`);
}

function taskReader(
  { logs, description }: Stage,
  { task, build, activity, instance }: { task: string; build: string; activity: string; instance: string },
): () => Promise<string[]> {
  const logGroupName = description.logGroups[activity] ?? "";
  const read = logReader(logs, { logGroupName, logStreamName: workerLogStream(instance) });
  const isOurs = taskLines({ task, build });
  return async () => (await read()).filter(isOurs);
}

/** False when the user has had enough. */
async function pause({ pollMs }: Stage, signal: AbortSignal): Promise<boolean> {
  await sleep(Math.max(pollMs, 500), undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
