import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Env } from "../env.ts";
import type { GlobalValues } from "../global-arguments.ts";
import { stateDir } from "../stages/local/state-dir.ts";

/** Test workers' logs and process ids lie in one folder, whichever stage they work for. */
export const testWorkerFolder = (env: Env, globals: GlobalValues): string =>
  join(stateDir(env, globals), "test-workers");

export interface TestWorkerFiles {
  /** The lines of its scripts. */
  readonly log: string;
  /** What the agent says of itself. */
  readonly agentLog: string;
  readonly pid: string;
  /** Where its agent keeps its things. */
  readonly dir: string;
}

export const filesOf = (folder: string, activity: string): TestWorkerFiles => ({
  log: join(folder, `${activity}.log`),
  agentLog: join(folder, `${activity}.agent.log`),
  pid: join(folder, `${activity}.pid`),
  dir: join(folder, activity),
});

/** Name under which a test worker polls and which its process bears. */
export const testWorkerName = (activity: string): string => `test-${activity}`;

export interface TestWorker {
  readonly activity: string;
  readonly pid: number;
  readonly file: string;
}

/** The test workers that were started and are still alive; files of those that have ended are listed as `ended`. */
export function listTestWorkers(folder: string): { alive: TestWorker[]; ended: string[] } {
  const alive: TestWorker[] = [];
  const ended: string[] = [];
  for (const name of namesIn(folder).filter((file) => file.endsWith(".pid"))) {
    const file = join(folder, name);
    const activity = name.slice(0, -".pid".length);
    const pid = Number(readFileSync(file, "utf8"));
    if (isTestWorker(pid, file)) alive.push({ activity, pid, file });
    else ended.push(file);
  }
  return { alive, ended };
}

/** A process id is given to another process one day, and copied with the folder: what runs under it must say that it writes this worker's log. */
export function isTestWorker(pid: number, file: string): boolean {
  const log = filesOf(dirname(file), basename(file, ".pid")).log;
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return words.some((word) => basename(word) === basename(log) && isSameFolder(dirname(word), dirname(log)));
  } catch {
    // Without /proc a live process is taken at its word.
    return true;
  }
}

function isSameFolder(one: string, other: string): boolean {
  const [a, b] = [one, other].map((folder) => statSync(folder, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
