import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as realSleep } from "node:timers/promises";
import * as z from "zod";
import type { Clock } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import { bootId, startTicksOf } from "../process/process-table.ts";
import { endProcesses, findProcesses, NO_GROUP } from "../process/processes.ts";

/** Numbers of processes come again; with the time of its start since that boot of the machine, one tells a process. */
const Shell = z.object({ pid: z.number(), startTicks: z.number(), boot: z.string() });

const fileIn = (folder: string): string => join(folder, "init-shell");

/** What marks all that an init has started. */
export const initVariable = (folder: string): string => `MUSTER_INIT=${folder}/init-exports`;

/** Notes the shell of an init, for the agent that comes after this one. */
export async function noteInit(folder: string, pid: number): Promise<void> {
  await writeFile(fileIn(folder), JSON.stringify({ pid, startTicks: startTicksOf(pid), boot: bootId() }));
}

/** How long a cleanup() may take, with its agent or after it. */
export const CLEANUP_TIMEOUT_MS = 5 * 60_000;
const GRACE_MS = 5000;

/** Ends what an init has started and left, and forgets it. @param group its shell's, where that is known to be still its own */
export async function endInit(
  folder: string,
  { clock, group = NO_GROUP }: { clock: Clock; group?: number },
): Promise<void> {
  await endProcesses({ group, variable: initVariable(folder), graceMs: GRACE_MS, clock });
  await rm(fileIn(folder), { force: true });
}

export interface FormerInit {
  readonly folder: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Ends the waiting. */
  readonly stop: AbortSignal;
}

const LOOK_MS = 100;

/**
 * When an agent has died here, the shell of its init runs cleanup(): waits for that, so that nothing is made ready while it is being cleared away, and
 * then ends what that init had started. Nothing of one from before a reboot is left to wait for. Where the shell's note cannot be read, all that the init
 * has started is waited for.
 */
export async function endFormerInit({ folder, clock, diagnostics, stop }: FormerInit): Promise<void> {
  const shell = await readShell(folder);
  if (shell === undefined) return;
  diagnostics.warn("waiting for the cleanup of an init whose agent died");
  const giveUpAtMs = clock.now() + CLEANUP_TIMEOUT_MS;
  while ((await isAtWork(shell, folder)) && clock.now() < giveUpAtMs && !stop.aborted) await realSleep(LOOK_MS);
  await endInit(folder, { clock });
}

type Shell = z.infer<typeof Shell>;

async function isAtWork(shell: Shell | "unknown", folder: string): Promise<boolean> {
  if (shell !== "unknown") return shell.boot === bootId() && startTicksOf(shell.pid) === shell.startTicks;
  return (await findProcesses({ group: NO_GROUP, variable: initVariable(folder) })).length > 0;
}

async function readShell(folder: string): Promise<Shell | "unknown" | undefined> {
  try {
    return Shell.parse(JSON.parse(await readFile(fileIn(folder), "utf8")));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : "unknown";
  }
}
