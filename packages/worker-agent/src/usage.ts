import { readdir, readFile, statfs } from "node:fs/promises";
import type { Clock } from "./clock.ts";

/** What a script used of its machine. */
export interface Usage {
  /** Of the script and everything it waited for. */
  readonly cpuSeconds: number;
  /** The most that its processes held at once, as often as that was looked at; absent for a script that ended before the first look. */
  readonly memoryBytes?: number;
  /** The most by which the file system of its working folder filled up. */
  readonly diskBytes: number;
}

export interface UsageMeter {
  /** From when the script's process group is known. */
  watch(group: number): void;
  finish(): Promise<Usage>;
}

/** Fields of /proc/PID/stat count in these. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;
const FIRST_LOOK_MS = 250;
const LOOK_MS = 15_000;

/** Looks at a script's processes and disk now and then: often at its beginning, later every fifteen seconds. */
export async function startUsageMeter(folder: string, clock: Clock): Promise<UsageMeter> {
  const cpuBefore = await childrenCpuSeconds();
  const freeBefore = await freeBytes(folder);
  let leastFree = freeBefore;
  let memoryBytes: number | undefined;
  let cancel = () => {};
  let finished = false;

  const look = async (group: number) => {
    const held = await groupMemory(group);
    if (held > 0) memoryBytes = Math.max(memoryBytes ?? 0, held);
    leastFree = Math.min(leastFree, await freeBytes(folder));
  };
  const schedule = (group: number, waitMs: number) => {
    if (finished) return;
    cancel = clock.at(clock.now() + waitMs, () => {
      void look(group).then(() => schedule(group, Math.min(LOOK_MS, waitMs * 2)));
    });
  };
  return {
    watch: (group) => schedule(group, FIRST_LOOK_MS),
    async finish() {
      finished = true;
      cancel();
      const free = await freeBytes(folder);
      return {
        cpuSeconds: round(Math.max(0, (await childrenCpuSeconds()) - cpuBefore)),
        ...(memoryBytes !== undefined && { memoryBytes }),
        diskBytes: Math.max(0, freeBefore - Math.min(leastFree, free)),
      };
    },
  };
}

const round = (seconds: number): number => Math.round(seconds * 100) / 100;

/** Of all children of this process that have ended and been waited for, and of theirs. @see proc_pid_stat(5), cutime and cstime */
async function childrenCpuSeconds(): Promise<number> {
  const fields = await readStat("self");
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / TICKS_PER_SECOND;
}

async function groupMemory(group: number): Promise<number> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const sizes = await Promise.all(
    pids.map(async (pid) => {
      const fields = await readStat(pid);
      return Number(fields[2]) === group || Number(fields[3]) === group ? Number(fields[21]) * PAGE_BYTES : 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The fields after the command's name, which may hold anything; empty where there is no such process or no /proc. */
async function readStat(pid: string): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
  return text === "" ? [] : text.slice(text.lastIndexOf(")") + 2).split(" ");
}

async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
