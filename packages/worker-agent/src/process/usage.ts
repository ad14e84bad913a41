import { statfs } from "node:fs/promises";
import type { Clock } from "../clock.ts";
import { childrenCpuSeconds, namespaceOf, peakBytes, readProcesses } from "./process-table.ts";
import type { ProcessMarks } from "./processes.ts";

/** What a script used of its machine. */
export interface Usage {
  /** Of the script and everything it waited for; in a room, of everything it started. */
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
  /** When the script has ended, and before its room is closed, which tells of the rest. */
  finish(): Promise<Usage>;
}

const FIRST_LOOK_MS = 250;
const LOOK_MS = 2000;

/** Looks at a script's processes and disk now and then: often at its beginning, later every two seconds. */
export function startUsageMeter(folder: string, clock: Clock): UsageMeter {
  const cpuBefore = childrenCpuSeconds(process.pid);
  const freeBefore = freeBytes(folder);
  let leastFree = Number.POSITIVE_INFINITY;
  let memoryBytes: number | undefined;
  let sealed: ProcessMarks["sealed"];
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
    watch(marks) {
      sealed = marks.sealed;
      schedule(marks, FIRST_LOOK_MS);
    },
    async finish() {
      finished = true;
      cancel();
      const cpuSeconds =
        childrenCpuSeconds(process.pid) - cpuBefore + (sealed === undefined ? 0 : roomCpuSeconds(sealed));
      const free = await freeBytes(folder);
      return {
        cpuSeconds: round(cpuSeconds),
        ...(memoryBytes !== undefined && { memoryBytes }),
        diskBytes: Math.max(0, (await freeBefore) - Math.min(leastFree, free)),
      };
    },
  };
}

const round = (seconds: number): number => Math.round(seconds * 100) / 100;

const ROOM_LOOKS = 5;

/** Of what the script did not wait for: its room's keeper has waited for what has ended, and the rest is there. */
function roomCpuSeconds({ namespace, keeper }: NonNullable<ProcessMarks["sealed"]>): number {
  for (let looks = 1; ; looks++) {
    const ended = childrenCpuSeconds(keeper);
    const own = readProcesses().filter(({ pid }) => pid !== keeper && namespaceOf(pid) === namespace);
    // What ends between the two looks would be missed or counted twice.
    if (childrenCpuSeconds(keeper) !== ended && looks < ROOM_LOOKS) continue;
    return own.reduce((sum, process) => sum + process.cpuSeconds + process.childrenCpuSeconds, ended);
  }
}

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
