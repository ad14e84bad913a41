import { readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { killAll, machineProcesses } from "@muster/local";
import { removeFolder } from "@muster/worker-agent";
import { INSTANCE_MARK } from "./run-worker-process.ts";

/** Ends what may have outlived an owner that was killed, so that no two workers ever hold the same task; what works for another folder is left alone. */
export async function sweepInstances(dir: string): Promise<void> {
  for (const name of foldersIn(dir)) {
    const folder = realpathSync(join(dir, name));
    killAll(machineProcesses(INSTANCE_MARK, folder));
    await removeFolder(folder);
  }
}

function foldersIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
