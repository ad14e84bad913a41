import { logMarker, type TaskInput } from "@muster/pipeline";
import type { Worker } from "../agent/worker.ts";
import { createMask, secretValues } from "../log/mask-secrets.ts";
import type { TaskFolder } from "../machine/worker-folder.ts";
import { runGuarded } from "../script/run-guarded.ts";
import { type Execution, isPretended } from "./execute-task.ts";

export interface FinishedTask {
  readonly task: TaskInput;
  readonly files: TaskFolder;
  readonly execution: Execution;
  /** As its log markers name it. */
  readonly place: { readonly task: string; readonly build: string; readonly attempt: string };
}

const TIMEOUT_MS = 30 * 60_000;

/**
 * Runs the after-task script, in the task's folder and environment and with SUCCESS=true or false, where the task's own script ran.
 * Its failure is logged and changes nothing: the task has been reported.
 */
export async function runAfterTask(worker: Worker, { task, files, execution, place }: FinishedTask): Promise<void> {
  const { log, clock, scripts, diagnostics } = worker;
  const { env, exit, outcome } = execution;
  if (isPretended(task) || env === undefined || exit === undefined || worker.stop.aborted) return;
  try {
    const script = await scripts.afterTask(task);
    if (script === undefined) return;
    const timeout = new AbortController();
    const cancel = clock.at(clock.now() + TIMEOUT_MS, () => timeout.abort());
    log.write([logMarker({ kind: "start", ...place, details: "after-task script" })]);
    const { exit: end, endRest } = await runGuarded(worker, {
      file: script.file,
      cwd: files.work,
      env: { ...env, SUCCESS: String(outcome.kind === "success") },
      targets: [log],
      mask: createMask(secretValues(env)),
      signal: AbortSignal.any([timeout.signal, worker.stop]),
    }).finally(cancel);
    await endRest();
    log.write([logMarker({ kind: "end", ...place, details: `after-task script, exit ${end.signal ?? end.code}` })]);
  } catch (error) {
    diagnostics.warn("the after-task script did not run", { task: task.name, error });
    log.write([`muster: the after-task script did not run: ${error instanceof Error ? error.message : error}`]);
  }
}
