import { readFile } from "node:fs/promises";
import { setTimeout as realSleep } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import { groupOf, namespaceOf, readProcesses } from "./process-table.ts";
import type { ScriptRoom } from "./script-room.ts";

/** How the processes of a script are told from all others. */
export interface ProcessMarks {
  /** The process group that the script leads, which is also its session. */
  readonly group: number;
  /** A variable of its environment, as NAME=value, that no other process has: daemons leave their group and session, but keep it. */
  readonly variable: string;
  /** When it was started, by `bootTicks`: older processes are not asked. */
  readonly since?: number;
  /** Where the script ran in a room of its own, everything in it is the script's. */
  readonly sealed?: ScriptRoom["sealed"];
}

/** For marks of processes whose group's number may belong to others by now. */
export const NO_GROUP = -1;

/** False when the group has no process left; true also where it is another user's, whom the agent may not signal. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  return signalProcess(-group, signal);
}

function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ESRCH") return false;
    if (code === "EPERM") return true;
    throw error;
  }
}

/** Running processes that bear the marks, by /proc; those that have ended and were not yet waited for are left out. */
export async function findProcesses({ group, variable, since = 0, sealed }: ProcessMarks): Promise<number[]> {
  const found = readProcesses()
    .filter(({ pid, state }) => pid !== process.pid && state !== "Z" && state !== "X")
    .map(async (process) => {
      if (process.group === group || process.session === group) return process.pid;
      if (process.startTicks < since || process.pid === sealed?.keeper) return undefined;
      if (sealed !== undefined && namespaceOf(process.pid) === sealed.namespace) return process.pid;
      return (await readEnvironment(process.pid)).includes(variable) ? process.pid : undefined;
    });
  return (await Promise.all(found)).filter((pid) => pid !== undefined);
}

/** Not synchronous: it waits for a process that hangs in its own memory, on a broken disk for example. */
async function readEnvironment(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
  return text.split("\0");
}

const LOOK_MS = 20;
const GIVE_UP_MS = 5000;

export interface EndProcesses extends ProcessMarks {
  /** Between asking and killing. */
  readonly graceMs: number;
  /** The group has got its TERM already. */
  readonly groupIsAsked?: boolean;
  readonly clock: Clock;
}

/** Ends everything that bears the marks: TERM, and after the grace KILL. Answers how many processes it had to ask. */
export async function endProcesses({ graceMs, groupIsAsked, clock, ...marks }: EndProcesses): Promise<number> {
  const first = await findProcesses(marks);
  const toAsk = groupIsAsked ? first.filter((pid) => groupOf(pid) !== marks.group) : first;
  for (const pid of toAsk) signalProcess(pid, "SIGTERM");
  const killAtMs = clock.now() + graceMs;
  // Looking is paced by real time: whether a process is gone is a fact of the machine, not of the clock.
  let left = first;
  while (left.length > 0 && clock.now() < killAtMs) {
    await realSleep(LOOK_MS);
    left = await findProcesses(marks);
  }
  await killProcesses(marks);
  return toAsk.length;
}

/** Ends everything that bears the marks at once. What is born meanwhile is found on the next look. */
export async function killProcesses(marks: ProcessMarks): Promise<void> {
  const giveUpAtMs = performance.now() + GIVE_UP_MS;
  for (;;) {
    const left = await findProcesses(marks);
    if (left.length === 0 || performance.now() > giveUpAtMs) return;
    for (const pid of left) signalProcess(pid, "SIGKILL");
    await realSleep(LOOK_MS);
  }
}
