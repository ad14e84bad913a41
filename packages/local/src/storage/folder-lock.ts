import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AwsError } from "../aws-error.ts";
import { onDisk } from "./disk-error.ts";
import { folderIdentity } from "./folder-identity.ts";

/** Who owns a folder of local AWS state. */
export interface FolderOwner {
  readonly pid: number;
  /** Tells a process from a later one that was given the same pid. */
  readonly started: string;
  /** The folder that it owns: a copy of it holds the same lock and has no owner. Absent from locks of earlier versions. */
  readonly folder?: string;
  /** Where it answers, once it listens. */
  readonly url?: string;
}

export interface FolderLock {
  announce(url: string): void;
  release(): void;
}

const LOCK = "owner.json";

/** Takes the folder for this process; the lock of a process that died is taken over. */
export function acquireFolderLock(dir: string): FolderLock {
  const file = join(dir, LOCK);
  const self = { pid: process.pid, started: startOf(process.pid), folder: folderIdentity(dir) };
  for (let attempt = 0; ; attempt++) {
    const candidate = `${file}.${process.pid}`;
    try {
      onDisk(dir, () => writeFileSync(candidate, JSON.stringify(self)));
      // A hard link fails where the name exists, and so makes file and contents appear in one step.
      linkSync(candidate, file);
      break;
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
      const owner = readFolderOwner(dir);
      if (owner !== undefined || attempt === 3) throw folderInUse(dir, owner);
      removeDeadLock(dir);
    } finally {
      rmSync(candidate, { force: true });
    }
  }
  return {
    announce: (url) => onDisk(dir, () => writeFileSync(file, JSON.stringify({ ...self, url }))),
    release: () => rmSync(file, { force: true }),
  };
}

/** The live process that owns the folder; undefined when there is none, as in a copy of a folder that has one. */
export function readFolderOwner(dir: string): FolderOwner | undefined {
  return ownerIn(join(dir, LOCK), dir);
}

/** Removes the lock of an owner that has died. A live one that was put in its place since somebody looked is put back. */
export function removeDeadLock(dir: string): void {
  const file = join(dir, LOCK);
  const removed = `${file}.${process.pid}.removed`;
  try {
    // Of several who come at once, one has it.
    renameSync(file, removed);
    if (ownerIn(removed, dir) !== undefined) linkSync(removed, file);
  } catch (error) {
    if (!hasCode(error, "ENOENT") && !hasCode(error, "EEXIST")) throw error;
  } finally {
    rmSync(removed, { force: true });
  }
}

function ownerIn(file: string, dir: string): FolderOwner | undefined {
  try {
    const owner = JSON.parse(readFileSync(file, "utf8")) as FolderOwner;
    if (owner.folder !== undefined && owner.folder !== folderIdentity(dir)) return undefined;
    return startOf(owner.pid) === owner.started ? owner : undefined;
  } catch {
    return undefined;
  }
}

/** Removes the lock of a process that has said that it owns another folder. */
export function dropFolderLock(dir: string, { pid, started }: FolderOwner): void {
  const owner = readFolderOwner(dir);
  if (owner?.pid === pid && owner.started === started) rmSync(join(dir, LOCK), { force: true });
}

function folderInUse(dir: string, owner: FolderOwner | undefined): AwsError {
  const who = owner === undefined ? "another process" : `process ${owner.pid}${owner.url ? ` (${owner.url})` : ""}`;
  return new AwsError("FolderInUse", `${dir} is in use by ${who}; wait for it, end it, or choose another folder`, {
    ...owner,
  });
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;

/** When a live process started, in the system's own unit; empty for a dead one. Without /proc every live pid looks alike. */
function startOf(pid: number): string {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return "";
  }
  try {
    // The command name, in parentheses, may itself hold spaces; the state is the first field after it, the start time the 20th.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie has ended; only its parent has not asked yet.
    return fields[0] === "Z" ? "" : (fields[19] ?? "");
  } catch {
    return "alive";
  }
}
