import { statfs } from "node:fs/promises";
import type { Clock } from "./clock.ts";
import { childrenCpuSeconds, readProcesses } from "./process-table.ts";

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

const FIRST_LOOK_MS = 250;
const LOOK_MS = 15_000;

/** Looks at a script's processes and disk now and then: often at its beginning, later every fifteen seconds. */
export function startUsageMeter(folder: string, clock: Clock): UsageMeter {
  const cpuBefore = childrenCpuSeconds();
  const freeBefore = freeBytes(folder);
  let leastFree = Number.POSITIVE_INFINITY;
  let memoryBytes: number | undefined;
  let cancel = () => {};
  let finished = false;

  const look = async (group: number) => {
    const held = groupMemory(group);
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
        cpuSeconds: round(Math.max(0, childrenCpuSeconds() - cpuBefore)),
        ...(memoryBytes !== undefined && { memoryBytes }),
        diskBytes: Math.max(0, (await freeBefore) - Math.min(leastFree, free)),
      };
    },
  };
}

const round = (seconds: number): number => Math.round(seconds * 100) / 100;

const groupMemory = (script: number): number =>
  readProcesses()
    .filter(({ group, session }) => group === script || session === script)
    .reduce((sum, { residentBytes }) => sum + residentBytes, 0);

async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
