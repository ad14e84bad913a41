import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isTestWorker, type TestWorker } from "./test-worker-files.ts";

/** A worker that is told to stop ends its script first. */
const GRACE_MS = 10_000;
const LOOK_MS = 50;

/** Ends a test worker with all that it runs, and resolves when it is gone. */
export async function stopTestWorker({ pid, file }: TestWorker): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    tell(pid, signal);
    const deadline = Date.now() + GRACE_MS;
    while (isTestWorker(pid, file) && Date.now() < deadline) await sleep(LOOK_MS);
  }
  rmSync(file, { force: true });
}

/** It leads a process group of its own. */
function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}
