import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { setTimeout as realSleep } from "node:timers/promises";
import { type Clock, untilAborted } from "../clock.ts";
import { bootTicks, onlyChild, stateOf } from "../process/process-table.ts";
import { endProcesses, type ProcessMarks, signalGroup } from "../process/processes.ts";
import type { ScriptRoom } from "../process/script-room.ts";
import type { PipeSource } from "./output-pipe.ts";
import { type LineTarget, readOutput, type ScriptOutput } from "./script-output.ts";

export interface ScriptToRun {
  /** An executable file. */
  readonly file: string;
  readonly room: ScriptRoom;
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
  /** Ends the script, also one that is stopped: TERM to its group, after the grace KILL. */
  readonly signal: AbortSignal;
  readonly graceMs: () => number;
  readonly clock: Clock;
}

/** How a script ended. */
export interface ScriptExit {
  /** Absent when a signal ended it. */
  readonly code?: number;
  readonly signal?: NodeJS.Signals;
  /** It was told to end before it did. */
  readonly asked?: true;
  /** Processes that it had left behind, and that were ended; not those that were asked with it. */
  readonly leftBehind: number;
  /** Its output was given up: something that cannot be found goes on writing to it. */
  readonly unread?: true;
}

/** A pipe that stays open and silent so long after its script has ended is held by a process that cannot be found. */
const SILENT_MS = 2000;
/** And one that is written to for so long after, while nobody holds the lines back. */
const PATIENCE_MS = 6000;
const LEFT_BEHIND_GRACE_MS = 1000;
/** What KILL has not ended by then hangs in the kernel, and is not waited for. */
const KILLED_MS = 5000;
/** How often a sealed script is looked at for having been stopped and continued. */
const STOPPED_LOOK_MS = 1000;
/** Within this time the output of a script that leaves nothing behind has ended. */
const AT_ONCE_MS = 50;

/**
 * Runs a script in a session and process group of its own, without input, and waits until nothing of it is left.
 * Rejects only when it could not be started.
 */
export async function runScript(script: ScriptToRun): Promise<ScriptExit> {
  const { env, mark, signal, graceMs, clock } = script;
  const pipe = await script.pipes.next();
  const output = readOutput({ readable: pipe.readable, ...script });
  output.ended.catch(() => {});
  const hangs = new AbortController();
  let cancelKill = () => {};
  let end = () => {};
  let unfollow = () => {};
  try {
    const since = bootTicks();
    const { child, group } = await start(script, pipe.writeFd).finally(() => pipe.closeWriteEnd());
    const { sealed } = script.room;
    const marks = { group, variable: `${mark}=${env[mark] ?? ""}`, since, ...(sealed && { sealed }) };
    script.onStart?.(marks);
    if (sealed) unfollow = followContinued(child, group);
    const kill = () => {
      signalGroup(group, "SIGKILL");
      // In real time: when a process is gone is a matter of the machine, not of the clock.
      const timer = setTimeout(() => hangs.abort(), KILLED_MS);
      cancelKill = () => clearTimeout(timer);
    };
    let killAtMs = 0;
    end = () => {
      killAtMs = clock.now() + graceMs();
      cancelKill = clock.at(killAtMs, kill);
      signalGroup(group, "SIGTERM");
      signalGroup(group, "SIGCONT");
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
    const [code, killedBy] = (await untilAborted(hangs.signal, exited(child))) ?? [null, "SIGKILL"];
    if (hangs.signal.aborted) child.kill("SIGKILL");
    // What happens from now on changes nothing about how it ended.
    const asked = signal.aborted;
    signal.removeEventListener("abort", end);
    cancelKill();
    const { count, unread } = await endLeftBehind(marks, { ...script, output, ...(asked && { killAtMs }) });
    return {
      ...(code !== null && { code }),
      ...(killedBy !== null && { signal: killedBy }),
      ...(asked && { asked }),
      leftBehind: count,
      ...(unread && { unread }),
    };
  } finally {
    unfollow();
    cancelKill();
    signal.removeEventListener("abort", end);
    pipe.readable.destroy();
  }
}

interface StartedScript {
  /** What ends as the script does. */
  readonly child: ChildProcess;
  /** The script's process group. */
  readonly group: number;
}

async function start({ room, file, cwd, env }: ScriptToRun, output: number): Promise<StartedScript> {
  const [program, ...words] = room.command(file, cwd);
  const third = room.sealed === undefined ? [] : (["pipe"] as const);
  const child = spawn(program, words, { cwd, env, detached: true, stdio: ["ignore", output, output, ...third] });
  if (child.pid === undefined) {
    const [error] = await once(child, "error");
    throw error;
  }
  if (room.sealed === undefined) return { child, group: child.pid };
  const door = child.stdio[3] as Duplex;
  door.on("error", () => {});
  for await (const _ of door) {
    const group = onlyChild(child.pid);
    if (group === undefined) break;
    door.end("\n");
    return { child, group };
  }
  const [code, killedBy] = await exited(child);
  throw new Error(`the script's namespaces could not be entered: nsenter ended with ${killedBy ?? code}`);
}

type Ended = [code: number | null, signal: NodeJS.Signals | null];

async function exited(child: ChildProcess): Promise<Ended> {
  if (child.exitCode !== null || child.signalCode !== null) return [child.exitCode, child.signalCode];
  return (await once(child, "exit")) as Ended;
}

/** nsenter stops itself when its child is stopped, and would neither see it continued nor ended. @returns what ends the looking */
function followContinued(child: ChildProcess, group: number): () => void {
  const timer = setInterval(() => {
    if (stateOf(child.pid) === "T" && stateOf(group) !== "T") child.kill("SIGCONT");
  }, STOPPED_LOOK_MS);
  return () => clearInterval(timer);
}

interface LeftBehind extends Pick<ScriptToRun, "clock" | "signal" | "graceMs"> {
  readonly output: ScriptOutput;
  /** The script's group has been asked to end, and has time until then. */
  readonly killAtMs?: number;
}

/** Background processes end with their script. An open pipe gives away those that have left the group. */
async function endLeftBehind(
  marks: ProcessMarks,
  { output, clock, signal, graceMs, killAtMs }: LeftBehind,
): Promise<{ count: number; unread?: true }> {
  if ((await endsWithin(output, AT_ONCE_MS)) && !signalGroup(marks.group, 0)) return { count: 0 };
  // A shell without a trap ends at once, and the program that it runs then needs its time to put things away.
  const restMs = Math.max(LEFT_BEHIND_GRACE_MS, (killAtMs ?? 0) - clock.now());
  const count = await endProcesses({ ...marks, graceMs: restMs, groupIsAsked: killAtMs !== undefined, clock });
  let waitedMs = 0;
  for (let seen = -1; seen !== output.arrivals || output.heldBack; ) {
    seen = output.arrivals;
    if (await endsWithin(output, SILENT_MS)) return { count };
    // Lines that are held back come when there is room for them, unless there is no time for that.
    if (!output.heldBack || signal.aborted) waitedMs += SILENT_MS;
    if (waitedMs >= (signal.aborted ? Math.min(PATIENCE_MS, graceMs()) : PATIENCE_MS)) return { count, unread: true };
  }
  return { count };
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
