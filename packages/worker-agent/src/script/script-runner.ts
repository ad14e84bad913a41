import type { Clock } from "../clock.ts";
import { killProcesses, NO_GROUP, type ProcessMarks } from "../process/processes.ts";
import type { ScriptRoom } from "../process/script-room.ts";
import type { ScriptView } from "../process/script-view.ts";
import type { Watchdog } from "../process/watchdog.ts";
import type { WorkerStop } from "../worker-stop.ts";
import type { PipeSource } from "./output-pipe.ts";
import { runScript, type ScriptExit, type ScriptToRun } from "./run-script.ts";

/** The variable by whose value a script's processes are known: no other task has the same. */
export const SCRIPT_MARK = "MUSTER_RESULT";

const GRACE_MS = 10_000;

/** A task's script; the runner knows the rest. */
export type TaskScript = Omit<ScriptToRun, "room" | "mark" | "pipes" | "graceMs" | "clock">;

export interface GuardedRun {
  readonly exit: ScriptExit;
  /** Ends what the script left and nobody has found yet, and waits for that. Until then, it dies with the agent. May be called again. */
  readonly endRest: () => Promise<void>;
}

/** Runs the scripts of tasks, one at a time. */
export interface ScriptRunner {
  /** Runs one so that nothing of it outlives the agent. */
  run(script: TaskScript): Promise<GuardedRun>;
  close(): Promise<void>;
}

export interface ScriptRunnerOptions {
  readonly view: ScriptView;
  readonly watchdog: Watchdog;
  readonly pipes: PipeSource;
  readonly clock: Clock;
  readonly stop: WorkerStop;
}

export function scriptRunner(options: ScriptRunnerOptions): ScriptRunner {
  const { view, watchdog, pipes } = options;
  return {
    run: (script) => runGuarded(options, script),
    async close() {
      watchdog.close();
      await Promise.all([pipes.close(), view.close()]);
    },
  };
}

async function runGuarded(options: ScriptRunnerOptions, script: TaskScript): Promise<GuardedRun> {
  const { view, watchdog, pipes, clock, stop } = options;
  const room = await view.room();
  let marks: ProcessMarks | undefined;
  const endRest = () => endRestOf({ room, marks }, options);
  // It may be the agent's last deed to start it.
  watchdog.guardRest({ variable: `${SCRIPT_MARK}=${script.env[SCRIPT_MARK] ?? ""}` });
  try {
    const exit = await runScript({
      ...script,
      room,
      mark: SCRIPT_MARK,
      pipes,
      graceMs: () => graceMs(stop),
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

interface StartedIn {
  readonly room: ScriptRoom;
  /** Absent when it could not be started. */
  readonly marks: ProcessMarks | undefined;
}

async function endRestOf({ room, marks }: StartedIn, { watchdog, view }: ScriptRunnerOptions): Promise<void> {
  await room.close();
  // Daemons that closed their output and left their group are found by their environment; the group's number may be another's by now.
  if (marks !== undefined && room.sealed === undefined) await killProcesses({ ...marks, group: NO_GROUP });
  watchdog.release();
  view.prepare();
}

/** Between TERM and KILL: less when the worker itself has little time left. */
function graceMs({ signal, lastWordsMs }: WorkerStop): number {
  return signal.aborted ? Math.min(GRACE_MS, lastWordsMs / 2) : GRACE_MS;
}
