import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process as the kernel's table shows it. @see proc_pid_stat(5) */
export interface ProcessEntry {
  readonly pid: number;
  /** `Z` has ended and waits for its parent. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly residentBytes: number;
  /** CPU time of its own. */
  readonly cpuSeconds: number;
  /** CPU time of its children that have ended and that it has waited for, and of theirs. */
  readonly childrenCpuSeconds: number;
  /** Since the machine booted. */
  readonly startTicks: number;
}

/** Of the counts in /proc, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** All processes. Synchronous, because the table is memory: thousands of asynchronous reads cost many times more. */
export function readProcesses(): ProcessEntry[] {
  return processIds().flatMap((pid) => {
    const fields = readStat(pid);
    return fields.length === 0
      ? []
      : [
          {
            pid: Number(pid),
            state: fields[0] ?? "",
            parent: Number(fields[1]),
            group: Number(fields[2]),
            session: Number(fields[3]),
            residentBytes: Number(fields[21]) * PAGE_BYTES,
            cpuSeconds: secondsOf(fields, 11),
            childrenCpuSeconds: secondsOf(fields, 13),
            startTicks: Number(fields[19]),
          },
        ];
  });
}

/** When a process started, as the table counts it; undefined where there is none, or only a dead one. */
export function startTicksOf(pid: number): number | undefined {
  const fields = readStat(String(pid));
  return fields.length === 0 || fields[0] === "Z" ? undefined : Number(fields[19]);
}

/** As `ProcessEntry.state`; undefined where there is no such process. */
export const stateOf = (pid: number | undefined): string | undefined => readStat(String(pid))[0];

/** The process group that a process is in; NaN where there is no such process. */
export const groupOf = (pid: number): number => Number(readStat(String(pid))[2]);

/** The PID namespace that a process is in; empty where it is gone, or another user's. */
export function namespaceOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return "";
  }
}

/** The most memory that a process has held so far; 0 where it is gone. */
export function peakBytes(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readText(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

/** The process that another has started, where that is one; undefined where it is none or several. */
export function onlyChild(parent: number): number | undefined {
  // The kernel's own list costs one read; it is not there everywhere.
  const listed = readText(`/proc/${parent}/task/${parent}/children`).trim();
  const children =
    listed === ""
      ? readProcesses().flatMap((process) => (process.parent === parent ? [process.pid] : []))
      : listed.split(" ").map(Number);
  return children.length === 1 ? children[0] : undefined;
}

function processIds(): string[] {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** CPU seconds of all children of a process that have ended and been waited for, and of theirs; 0 where it is gone. */
export function childrenCpuSeconds(pid: number): number {
  return secondsOf(readStat(String(pid)), 13);
}

/** In user mode, which is the field of that index, and in the kernel, which is the next. */
function secondsOf(fields: readonly string[], index: number): number {
  return (Number(fields[index] ?? 0) + Number(fields[index + 1] ?? 0)) / TICKS_PER_SECOND;
}

/** Now, as processes' start times count; rounded down by a second, which clocks of containers may differ by. */
export function bootTicks(): number {
  return Math.floor((Number.parseFloat(readText("/proc/uptime")) || 0) - 1) * TICKS_PER_SECOND;
}

/** Another one after each boot of the machine. */
export const bootId = (): string => readText("/proc/sys/kernel/random/boot_id").trim();

/** How often the kernel has killed a process for want of memory since it booted; undefined where it does not say. */
export function outOfMemoryKills(): number | undefined {
  const count = /^oom_kill (\d+)$/m.exec(readText("/proc/vmstat"))?.[1];
  return count === undefined ? undefined : Number(count);
}

/** The fields after the command's name, which may hold anything; empty where there is no such process or no /proc. */
function readStat(pid: string): string[] {
  const text = readText(`/proc/${pid}/stat`);
  return text === "" ? [] : text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function readText(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
