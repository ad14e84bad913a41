import { readdirSync, readFileSync } from "node:fs";

/**
 * Processes that belong to an instance, found by a variable that all of them inherit (`NAME=<instance id>`) and by its folder, which others of their
 * variables name: a copy of a state folder has the same instances. Scripts lead process groups of their own, so that a machine's group alone does
 * not hold everything that must end with it. Empty where the system has no /proc.
 * @param mark `NAME=<instance id>`, or `NAME` alone for whatever instance has the folder
 * @param folder its real path
 */
export function machineProcesses(mark: string, folder: string): number[] {
  const below = Buffer.from(`${folder}/`).toString("latin1");
  return listProcesses().filter((pid) => {
    try {
      const variables = readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
      const isMarked = variables.some((variable) => variable === mark || variable.startsWith(`${mark}=`));
      return isMarked && variables.some((variable) => variable.includes(below));
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
