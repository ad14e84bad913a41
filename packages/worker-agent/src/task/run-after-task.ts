import { logMarker, type TaskInput } from "@muster/pipeline";
import type { Clock } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import { createMask, secretValues } from "../log/mask-secrets.ts";
import type { TaskFolder } from "../machine/worker-folder.ts";
import type { LineTarget } from "../script/script-output.ts";
import type { ScriptRunner } from "../script/script-runner.ts";
import type { WorkerScripts } from "../script/worker-scripts.ts";
import { type Execution, isPretended } from "./execute-task.ts";
import type { MarkerPlace } from "./marker-place.ts";

export interface FinishedTask {
  readonly task: TaskInput;
  readonly files: TaskFolder;
  readonly execution: Execution;
  readonly place: MarkerPlace;
}

export interface AfterTaskParts {
  readonly scripts: WorkerScripts;
  readonly runner: ScriptRunner;
  /** Where its lines go. */
  readonly log: LineTarget;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Ends it. */
  readonly stop: AbortSignal;
}

const TIMEOUT_MS = 30 * 60_000;

/**
 * Runs the after-task script, in the task's folder and environment and with SUCCESS=true or false, where the task's own script ran.
 * Its failure is logged and changes nothing: the task has been reported.
 */
export async function runAfterTask(parts: AfterTaskParts, finished: FinishedTask): Promise<void> {
  const { scripts, runner, log, clock, diagnostics, stop } = parts;
  const { task, files, execution, place } = finished;
  const { env, exit, outcome } = execution;
  if (isPretended(task) || env === undefined || exit === undefined || stop.aborted) return;
  try {
    const script = await scripts.afterTask(task);
    if (script === undefined) return;
    const timeout = new AbortController();
    const cancel = clock.at(clock.now() + TIMEOUT_MS, () => timeout.abort());
    log.write([logMarker({ kind: "start", ...place, details: "after-task script" })]);
    const { exit: end, endRest } = await runner
      .run({
        file: script.file,
        cwd: files.work,
        env: { ...env, SUCCESS: String(outcome.kind === "success") },
        targets: [log],
        mask: createMask(secretValues(env)),
        signal: AbortSignal.any([timeout.signal, stop]),
      })
      .finally(cancel);
    await endRest();
    log.write([logMarker({ kind: "end", ...place, details: `after-task script, exit ${end.signal ?? end.code}` })]);
  } catch (error) {
    diagnostics.warn("the after-task script did not run", { task: task.name, error });
    log.write([`muster: the after-task script did not run: ${error instanceof Error ? error.message : error}`]);
  }
}
