import type { Worker } from "../agent/worker.ts";
import { killProcesses, NO_GROUP, type ProcessMarks } from "../process/processes.ts";
import { runScript, type ScriptExit, type ScriptToRun } from "./run-script.ts";

/** The variable by whose value a script's processes are known: no other task has the same. */
export const SCRIPT_MARK = "MUSTER_RESULT";

const GRACE_MS = 10_000;

/** Between TERM and KILL: less when the worker itself has little time left. */
function graceMs({ stop, lastWordsMs }: Worker): number {
  return stop.aborted ? Math.min(GRACE_MS, lastWordsMs / 2) : GRACE_MS;
}

export interface GuardedRun {
  readonly exit: ScriptExit;
  /** Ends what the script left and nobody has found yet, and waits for that. Until then, it dies with the agent. May be called again. */
  readonly endRest: () => Promise<void>;
}

/** Runs one of a task's scripts so that nothing of it outlives the agent. */
export async function runGuarded(
  worker: Worker,
  script: Omit<ScriptToRun, "room" | "mark" | "pipes" | "graceMs" | "clock">,
): Promise<GuardedRun> {
  const { view, watchdog, pipes, clock } = worker;
  const room = await view.room();
  let marks: ProcessMarks | undefined;
  const endRest = async () => {
    await room.close();
    // Daemons that closed their output and left their group are found by their environment; the group's number may be another's by now.
    if (marks !== undefined && room.sealed === undefined) await killProcesses({ ...marks, group: NO_GROUP });
    watchdog.release();
  };
  // It may be the agent's last deed to start it.
  watchdog.guardRest({ variable: `${SCRIPT_MARK}=${script.env[SCRIPT_MARK] ?? ""}` });
  try {
    const exit = await runScript({
      ...script,
      room,
      mark: SCRIPT_MARK,
      pipes,
      graceMs: () => graceMs(worker),
      clock,
      onStart(started) {
        marks = started;
        watchdog.guard(started);
        script.onStart?.(started);
      },
    });
    if (marks !== undefined) watchdog.guardRest(marks);
    return { exit, endRest };
  } catch (error) {
    await endRest();
    throw error;
  }
}
