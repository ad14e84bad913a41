import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Tells other commands that the stage is set up, and for which pipeline. */
export interface Ready {
  readonly pid: number;
  readonly pipeline: string;
  /** The task that its objects are served for; no build moves then. */
  readonly serves?: string;
}

const READY = "stage.json";

export function announceReady(dir: string, ready: Omit<Ready, "pid">): void {
  const file = join(dir, READY);
  writeFileSync(`${file}.new`, JSON.stringify({ pid: process.pid, ...ready } satisfies Ready));
  renameSync(`${file}.new`, file);
}

/** What the last owner of the folder said; it may have been another process. */
export function readReady(dir: string): Ready | undefined {
  try {
    return JSON.parse(readFileSync(join(dir, READY), "utf8")) as Ready;
  } catch {
    return undefined;
  }
}
