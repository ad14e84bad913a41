import { setTimeout as sleep } from "node:timers/promises";
import type { ExitCode } from "../command.ts";
import type { Context } from "../context.ts";
import { type Print, terminalColumns } from "../print.ts";
import { outliveOwner } from "../stages/outlive-owner.ts";
import type { Stage } from "../stages/stage.ts";
import { UsageError } from "../usage-error.ts";
import { workerNews } from "./follow-workers.ts";
import { listWorkers, type WorkerJson } from "./list-workers.ts";
import { reportWorkers } from "./report-workers.ts";

/** Lists the machines of a stage, once or until the user has seen enough. */
export async function showWorkers(
  { watch }: { watch: boolean },
  { openStage, print, globals, signal }: Context,
): Promise<ExitCode> {
  if (watch && globals.json) {
    throw new UsageError("--watch goes on, and --json prints one value", { hint: "leave one of them out" });
  }
  const show = print.canRedraw("stdout") ? redrawn(print) : appended(print);
  return outliveOwner(
    () => openStage({ to: "read" }),
    async (stage): Promise<ExitCode> => {
      if (watch) await follow(stage, { show, signal });
      else {
        const workers = await listWorkers(stage, new Date());
        if (globals.json) print.json(workers);
        else for (const line of linesOf(workers, print)) print.report(line);
      }
      if (stage.movedBy === "nobody") print.note("no process moves builds here: muster build starts one");
      return 0;
    },
  );
}

const linesOf = (workers: readonly WorkerJson[], print: Print): string[] =>
  reportWorkers(workers, {
    columns: terminalColumns(print),
    style: print.style,
  });

/** EC2 answers lists of machines for a whole account at some rate. */
const LEAST_POLL_MS = 1000;

async function follow(
  stage: Stage,
  { show, signal }: { show: (workers: readonly WorkerJson[]) => void; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    show(await listWorkers(stage, new Date()));
    // Nothing moves, so that nothing changes.
    if (stage.movedBy === "nobody") return;
    await sleep(Math.max(stage.pollMs, LEAST_POLL_MS), undefined, { signal }).catch(() => undefined);
  }
}

const CLEAR_BELOW = "\u001B[J";

/** In place of what was shown before, where that has changed; as many as the terminal has rows for. */
function redrawn(print: Print): (workers: readonly WorkerJson[]) => void {
  let shown: readonly string[] = [];
  return (workers) => {
    const rows = Math.max(2, (print.stdout.rows || 24) - 1);
    const all = linesOf(workers, print);
    const lines = all.length > rows ? [...all.slice(0, rows - 1), `  … and ${all.length - rows + 1} more`] : all;
    if (lines.join("\n") === shown.join("\n")) return;
    const back = shown.length === 0 ? "" : `\r\u001B[${shown.length}A${CLEAR_BELOW}`;
    print.stdout.write(back + lines.map((line) => `${line}\n`).join(""));
    shown = lines;
  };
}

/** A line for each change, with its time. */
function appended(print: Print): (workers: readonly WorkerJson[]) => void {
  let before: readonly WorkerJson[] | undefined;
  return (workers) => {
    if (before === undefined && workers.length === 0) print.report("no workers");
    const time = `${new Date().toISOString().slice(11, 19)}Z`;
    for (const line of workerNews(before, workers)) print.report(`${time} ${line}`);
    before = workers;
  };
}
