import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { MAKER_FILE, UPLOADS_FILE } from "../s3/env.ts";

/** Where a worker keeps its things on disk. */
export interface WorkerFolder {
  readonly root: string;
  /** Only the agent's: never in a script's view. */
  readonly state: string;
  readonly spool: string;
  /** Of attempts, until they are in S3. */
  readonly logs: string;
  readonly scripts: string;
  /** Commands that scripts get on their PATH. */
  readonly bin: string;
}

/** Where one task has its things. */
export interface TaskFolder {
  readonly root: string;
  /** The script's working folder. */
  readonly work: string;
  readonly tmp: string;
  /** MUSTER_RESULT: also what marks the script's processes. */
  readonly result: string;
  readonly uploads: string;
  /** The task, as what it uploads names it. */
  readonly maker: string;
  /** Elsewhere: it stays until it is in S3, which may be after the task. */
  readonly log: string;
}

export async function createWorkerFolder(root: string): Promise<WorkerFolder> {
  const folder = {
    root,
    state: join(root, "state"),
    spool: join(root, "state", "spool"),
    logs: join(root, "state", "logs"),
    scripts: join(root, "scripts"),
    bin: join(root, "bin"),
  };
  await mkdir(root, { recursive: true, mode: 0o755 });
  await mkdir(folder.state, { recursive: true, mode: 0o700 });
  await mkdir(folder.logs, { recursive: true, mode: 0o700 });
  await mkdir(folder.bin, { recursive: true });
  return folder;
}

/**
 * A letter, as scripts make sockets in their folders (gpg-agent, ssh, databases), whose whole paths the kernel takes 107 characters of.
 * @see unix(7)
 */
const TASKS = "t";

/** @param number of the task on this worker, from 1 */
export function taskFolder({ root, logs }: WorkerFolder, number: number, claimedAtMs: number): TaskFolder {
  const name = `${number}-${claimedAtMs.toString(36)}`;
  const task = join(root, TASKS, name);
  return {
    root: task,
    work: join(task, "work"),
    tmp: join(task, "tmp"),
    result: join(task, "result.json"),
    uploads: join(task, UPLOADS_FILE),
    maker: join(task, MAKER_FILE),
    log: join(logs, `${name}.log.gz`),
  };
}

export async function createTaskFolder({ work, tmp }: TaskFolder): Promise<void> {
  await Promise.all([mkdir(work, { recursive: true }), mkdir(tmp, { recursive: true })]);
}
