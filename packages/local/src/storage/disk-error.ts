import { AwsError } from "../aws-error.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space",
  EDQUOT: "the disk quota is used up; free some space",
  EACCES: "permission is denied; make the folder writable",
  EPERM: "permission is denied; make the folder writable",
  EROFS: "the file system is read-only; choose another folder",
  EMFILE: "too many files are open; raise the limit (ulimit -n)",
  EEXIST: "a file has the name that a folder needs; move it away",
  ENOTDIR: "a part of the path is a file; move it away",
};

/**
 * Runs `work` on the disk; what the disk refuses becomes one line that names the folder and the remedy.
 * Status 507 keeps clients from retrying what will not get better by itself.
 */
export function onDisk<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw diskError(folder, error);
  }
}

/** The clear error for a disk's refusal; any other error is passed through. */
export function diskError(folder: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = REASONS[code];
  if (reason === undefined) return error;
  return new AwsError("InsufficientStorage", `cannot write below ${folder}: ${reason} (${code})`, { status: 507 });
}
