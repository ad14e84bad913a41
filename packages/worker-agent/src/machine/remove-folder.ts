import { execFile } from "node:child_process";
import { readFile, realpath } from "node:fs/promises";
import { sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

const REMOVE_TRIES = 4;
const REMOVE_AGAIN_MS = 50;

/**
 * Whatever a script made of its folder, also while something still writes to it. By a process of its own: of a build's hundred thousands of files
 * Node's own removal makes as many promises, and nothing else gets its turn. A chroot that was cut off leaves this machine's own `/proc`, `/sys`
 * and `/dev` mounted there: these are taken away first, and nothing of another file system is removed.
 * @throws Error where something is mounted there that cannot be taken away
 */
export async function removeFolder(path: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      for (const mount of await mountsBelow(path)) await run("umount", ["--lazy", "--", mount]);
      await run("rm", ["-rf", "--one-file-system", "--", path]);
      return;
    } catch (error) {
      if (tries === REMOVE_TRIES) throw error;
      await sleep(REMOVE_AGAIN_MS);
    }
  }
}

/** What is mounted below a folder, the last first. @see https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
async function mountsBelow(path: string): Promise<string[]> {
  const folder = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (folder === undefined) return [];
  const mounts = await readFile("/proc/self/mountinfo", "utf8");
  return mounts
    .split("\n")
    .map((line) => (line.split(" ")[4] ?? "").replaceAll(/\\([0-7]{3})/g, (_, octal) => charOf(octal)))
    .filter((point) => point.startsWith(folder + sep))
    .reverse();
}

const charOf = (octal: string): string => String.fromCharCode(Number.parseInt(octal, 8));
