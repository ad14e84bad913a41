import { statfs } from "node:fs/promises";
import type { Clock } from "./clock.ts";
import { childrenCpuSeconds, namespaceOf, peakBytes, readProcesses } from "./process-table.ts";
import type { ProcessMarks } from "./processes.ts";

/** What a script used of its machine. */
export interface Usage {
  /** Of the script and everything it waited for. */
  readonly cpuSeconds: number;
  /**
   * The most that its processes held at once, as often as that was looked at, and at least the most that one of them ever held. Absent for a
   * script that ended before the first look. Not what a cgroup counts, which includes the disk's cache.
   */
  readonly memoryBytes?: number;
  /** The most by which the file system of its working folder filled up. */
  readonly diskBytes: number;
}

export interface UsageMeter {
  /** From when the script's processes can be told from others. */
  watch(marks: ProcessMarks): void;
  finish(): Promise<Usage>;
}

const FIRST_LOOK_MS = 250;
const LOOK_MS = 2000;

/** Looks at a script's processes and disk now and then: often at its beginning, later every two seconds. */
export function startUsageMeter(folder: string, clock: Clock): UsageMeter {
  const cpuBefore = childrenCpuSeconds();
  const freeBefore = freeBytes(folder);
  let leastFree = Number.POSITIVE_INFINITY;
  let memoryBytes: number | undefined;
  let cancel = () => {};
  let finished = false;

  const look = async (marks: ProcessMarks) => {
    const held = memoryOf(marks);
    if (held > 0) memoryBytes = Math.max(memoryBytes ?? 0, held);
    leastFree = Math.min(leastFree, await freeBytes(folder));
  };
  const schedule = (marks: ProcessMarks, waitMs: number) => {
    if (finished) return;
    cancel = clock.at(clock.now() + waitMs, () => {
      void look(marks).then(() => schedule(marks, Math.min(LOOK_MS, waitMs * 2)));
    });
  };
  return {
    watch: (marks) => schedule(marks, FIRST_LOOK_MS),
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

/** What they hold together now, or the most that one of them ever held, where that is more. */
function memoryOf({ group, since = 0, sealed }: ProcessMarks): number {
  const own = readProcesses().filter(
    (process) =>
      process.group === group ||
      process.session === group ||
      (sealed !== undefined && process.startTicks >= since && namespaceOf(process.pid) === sealed.namespace),
  );
  const together = own.reduce((sum, { residentBytes }) => sum + residentBytes, 0);
  return Math.max(together, ...own.map(({ pid }) => peakBytes(pid)));
}

async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
