import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { onDisk } from "./disk-error.ts";

/** Makes a folder and those above it. Node's own recursion reports ENOENT where a disk is read-only, so the reason is asked for again. */
export function makeFolder(dir: string): void {
  onDisk(dir, () => {
    try {
      mkdirSync(dir, { recursive: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      if (!existsSync(dirname(dir))) makeFolder(dirname(dir));
      mkdirSync(dir);
    }
  });
}
