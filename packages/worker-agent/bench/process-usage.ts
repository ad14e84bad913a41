import { readFileSync } from "node:fs";

/** What the kernel says of a process. */
export interface ProcessUsage {
  readonly cpuMs: number;
  readonly residentBytes: number;
  /** The most it ever was. */
  readonly peakBytes: number;
}

export function processUsage(pid: number): ProcessUsage {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0) * 1024;
  return {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * 10,
    residentBytes: kilobytes("VmRSS"),
    peakBytes: kilobytes("VmHWM"),
  };
}
