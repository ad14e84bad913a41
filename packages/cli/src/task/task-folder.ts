import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { removeFolder } from "@muster/worker-agent";
import { UsageError } from "../usage-error.ts";

/** Tells that `muster task` made a folder, and which process works there. */
const MARK = ".muster-task";

/**
 * Makes the folder in which a task runs, empty as a worker's would be.
 * @param keep what an earlier run left in it stays
 * @throws UsageError when something is there that no task has made, or a task that still runs
 */
export async function prepareTaskFolder(
  folder: string,
  { shown, keep }: { shown: string; keep: boolean },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const pid = holderOf(folder);
  if (pid === undefined && (await readdir(folder)).length > 0) {
    throw new UsageError(`${shown} holds what no task has left there`, {
      hint: "choose a folder of its own with --dir",
    });
  }
  if (pid !== undefined && pid !== process.pid && isAlive(pid)) {
    throw new UsageError(`the process ${pid} runs a task in ${shown}`, { hint: "wait for it, or name another --dir" });
  }
  const stale = keep ? ["outcome.json", "result.json", "worker"] : await readdir(folder);
  await Promise.all(stale.map((name) => removeFolder(join(folder, name))));
  await writeFile(join(folder, MARK), String(process.pid));
}

function holderOf(folder: string): number | undefined {
  const mark = join(folder, MARK);
  return existsSync(mark) ? Number(readFileSync(mark, "utf8")) : undefined;
}

const NOBODY = 0;

function isAlive(pid: number): boolean {
  if (pid === NOBODY) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The folder stays for a look; nobody works there any more. */
export async function leaveTaskFolder(folder: string): Promise<void> {
  await writeFile(join(folder, MARK), String(NOBODY));
}
