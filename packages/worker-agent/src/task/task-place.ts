import { writeFile } from "node:fs/promises";
import type { Clock } from "../clock.ts";
import { removeFolder } from "../machine/remove-folder.ts";
import { createTaskFolder, type TaskFolder } from "../machine/worker-folder.ts";
import { outOfMemoryKills } from "../process/process-table.ts";
import { startUsageMeter, type UsageMeter } from "../process/usage.ts";
import { readScriptResult, type ScriptResult } from "./script-result.ts";

/** What a task touches of its machine, beside its script's processes. */
export interface TaskPlace {
  /** Rejects where the disk has no room. */
  make(files: TaskFolder): Promise<void>;
  /** The task, as what it uploads names it. Rejects where the disk has no room. */
  noteMaker(files: TaskFolder, line: string): Promise<void>;
  startMeter(files: TaskFolder, clock: Clock): UsageMeter;
  readResult(files: TaskFolder): Promise<ScriptResult>;
  /** How often the kernel has killed for want of memory; undefined where it does not say. */
  outOfMemoryKills(): number | undefined;
  remove(files: TaskFolder): Promise<void>;
}

/** On this machine's disk, under its kernel. */
export const placeOnDisk: TaskPlace = {
  make: createTaskFolder,
  noteMaker: ({ maker }, line) => writeFile(maker, line),
  startMeter: ({ work }, clock) => startUsageMeter(work, clock),
  readResult: ({ result }) => readScriptResult(result),
  outOfMemoryKills,
  remove: ({ root }) => removeFolder(root),
};
