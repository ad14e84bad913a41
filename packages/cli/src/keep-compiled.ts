import { existsSync, rmSync, statSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { join } from "node:path";

/** A file system's names have 255 bytes. */
const LONGEST_NAME = 255;

/**
 * Keeps what Node compiles of this program and its pipeline in the user's cache, so that the next start need not: in a folder for each place
 * that a program lies at, of which only the newest program's is kept. Where it cannot be written, or NODE_COMPILE_CACHE names another, it is Node's matter.
 * @param cache the user's folder for what can be made again
 * @param program absolute path of the file that was started
 */
export function keepCompiled(cache: string, program: string): void {
  const name = program.replaceAll("/", "%");
  if (Buffer.byteLength(name) > LONGEST_NAME) return;
  const ofPlace = join(cache, "compiled", name);
  const ofProgram = join(ofPlace, String(Math.trunc(statSync(program).mtimeMs)));
  if (!existsSync(ofProgram)) dropOthers(ofPlace);
  enableCompileCache(ofProgram);
}

/** Chunks are named by their contents: those of another program are never read again. */
function dropOthers(ofPlace: string): void {
  try {
    rmSync(ofPlace, { recursive: true, force: true });
  } catch {
    // Another start writes there, or nobody may: nothing relies on it.
  }
}
