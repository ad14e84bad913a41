import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as realSleep } from "node:timers/promises";
import type { Clock } from "./clock.ts";
import type { PipeSource } from "./output-pipe.ts";
import { bootTicks } from "./process-table.ts";
import { endProcesses, type ProcessMarks, signalGroup } from "./processes.ts";
import { type LineTarget, readOutput, type ScriptOutput } from "./script-output.ts";

export interface ScriptToRun {
  /** An executable file, with what is needed to start it. */
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** A variable of `env`, by name, whose value no other process has. */
  readonly mark: string;
  readonly pipes: PipeSource;
  readonly targets: readonly LineTarget[];
  readonly mask: (text: string) => string;
  readonly onOutput?: () => void;
  /** Called with the script's process group as soon as there is one. */
  readonly onStart?: (marks: ProcessMarks) => void;
  /** Ends the script: TERM to its group, after the grace KILL. */
  readonly signal: AbortSignal;
  readonly graceMs: () => number;
  readonly clock: Clock;
}

/** How a script ended. */
export interface ScriptExit {
  /** Absent when a signal ended it. */
  readonly code?: number;
  readonly signal?: NodeJS.Signals;
  /** Processes that it had left behind, and that were ended. */
  readonly leftBehind: number;
}

/** A pipe that stays open and silent so long after its script has ended is held by a process that cannot be found. */
const SILENT_MS = 2000;
const LEFT_BEHIND_GRACE_MS = 1000;
/** Within this time the output of a script that leaves nothing behind has ended. */
const AT_ONCE_MS = 50;

/**
 * Runs a script in a session and process group of its own, without input, and waits until nothing of it is left.
 * Rejects only when it could not be started.
 */
export async function runScript(script: ScriptToRun): Promise<ScriptExit> {
  const { cwd, env, mark, signal, graceMs, clock } = script;
  const pipe = await script.pipes.next();
  const output = readOutput({ readable: pipe.readable, ...script });
  output.ended.catch(() => {});
  let child: ChildProcess;
  const since = bootTicks();
  try {
    const [file, ...words] = script.command;
    child = spawn(file, words, { cwd, env, detached: true, stdio: ["ignore", pipe.writeFd, pipe.writeFd] });
    await started(child);
  } finally {
    await pipe.closeWriteEnd();
  }
  const marks = { group: child.pid as number, variable: `${mark}=${env[mark] ?? ""}`, since };
  script.onStart?.(marks);

  let cancelKill = () => {};
  const end = () => {
    signalGroup(marks.group, "SIGTERM");
    cancelKill = clock.at(clock.now() + graceMs(), () => signalGroup(marks.group, "SIGKILL"));
  };
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
  try {
    const [code, killedBy] = (await exited(child)) as [number | null, NodeJS.Signals | null];
    const leftBehind = await endLeftBehind(marks, { output, clock });
    return {
      ...(code !== null && { code }),
      ...(killedBy !== null && { signal: killedBy }),
      leftBehind,
    };
  } finally {
    cancelKill();
    signal.removeEventListener("abort", end);
    pipe.readable.destroy();
  }
}

async function started(child: ChildProcess): Promise<void> {
  if (child.pid !== undefined) return;
  const [error] = await once(child, "error");
  throw error;
}

function exited(child: ChildProcess): Promise<unknown[]> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve([child.exitCode, child.signalCode]);
  return once(child, "exit");
}

/** Background processes end with their script. An open pipe gives away those that have left the group. */
async function endLeftBehind(
  marks: ProcessMarks,
  { output, clock }: { output: ScriptOutput; clock: Clock },
): Promise<number> {
  if ((await endsWithin(output, AT_ONCE_MS)) && !signalGroup(marks.group, 0)) return 0;
  const count = await endProcesses({ ...marks, graceMs: LEFT_BEHIND_GRACE_MS, clock });
  for (let seen = -1; seen !== output.arrivals || output.heldBack; ) {
    seen = output.arrivals;
    if (await endsWithin(output, SILENT_MS)) break;
  }
  return count;
}

/** In real time: bytes in a pipe do not wait for a clock. */
async function endsWithin({ ended }: ScriptOutput, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const late = realSleep(ms, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([ended.then(() => true), late]);
  } finally {
    timer.abort();
  }
}
