import { spawn } from "node:child_process";
import { once } from "node:events";

/** It ends by itself when its parent is gone, however that ended. */
const LOOP = "const parent = process.ppid; while (process.ppid === parent) for (let turn = 0; turn < 1e7; turn++);";

/** Keeps that many CPUs busy, at the priority that tests have, for as long as the work takes. */
export async function besideBusyProcesses<T>(count: number, work: () => Promise<T>): Promise<T> {
  const children = Array.from({ length: count }, () => spawn(process.execPath, ["-e", LOOP], { stdio: "ignore" }));
  const ended = children.map((child) => once(child, "exit"));
  try {
    return await work();
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(ended);
  }
}
