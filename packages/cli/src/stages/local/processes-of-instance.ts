import { readdirSync, readFileSync } from "node:fs";

/**
 * Processes that belong to an instance, found by the variable that all of them inherit, and by its folder, below which all their temporary files
 * lie: a copy of the state folder names the same instances. Scripts lead process groups of their own, so that a worker's group alone does not
 * hold everything that must end with it. Empty where the system has no /proc.
 */
export function processesOfInstance(instanceId: string, folder: string): number[] {
  const mark = `MUSTER_INSTANCE=${instanceId}`;
  const below = Buffer.from(`${folder}/`).toString("latin1");
  return listProcesses().filter((pid) => {
    try {
      const variables = readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
      return variables.includes(mark) && variables.some((variable) => variable.includes(below));
    } catch {
      // Gone, or another user's.
      return false;
    }
  });
}

function listProcesses(): number[] {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => Number.isInteger(pid) && pid !== process.pid);
  } catch {
    return [];
  }
}

/** Ends them at once; those that are gone already are no error. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Gone.
    }
  }
}
