import { readdirSync, readFileSync } from "node:fs";

/** Processes that were started with this variable: `NAME=value`. */
export function processesWith(variable: string): number[] {
  return processes((environment) => environment.split("\0").includes(variable));
}

/** Those that run in a folder or for it. */
export function processesIn(dir: string): number[] {
  return processes((environment) => environment.includes(dir));
}

/** Those that have ended already are no error. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
}

function processes(matches: (environment: string) => boolean): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => {
      try {
        return Number.isInteger(pid) && pid !== process.pid && matches(readFileSync(`/proc/${pid}/environ`, "latin1"));
      } catch {
        return false;
      }
    });
}
