import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, sep } from "node:path";

/** A file system's names have 255 bytes. */
const LONGEST_NAME = 255;

/** A checkout or two, what the system has installed, and a repository's own. */
const MOST_PLACES = 4;

/**
 * Keeps what Node compiles of this program and its pipeline in the user's cache, so that the next start need not: in a folder for each place
 * that a program lies at, of which only the newest program's is kept, and the latest four of them. Of what lies among temporary files there is
 * hardly a next start. Where it cannot be written, or NODE_COMPILE_CACHE names another, it is Node's matter.
 * @param cache the user's folder for what can be made again
 * @param program absolute path of the file that was started
 */
export function keepCompiled(cache: string, program: string): void {
  const name = program.replaceAll("/", "%");
  if (Buffer.byteLength(name) > LONGEST_NAME || program.startsWith(join(tmpdir(), sep))) return;
  const ofPlace = join(cache, "compiled", name);
  const ofProgram = join(ofPlace, String(Math.trunc(statSync(program).mtimeMs)));
  if (!existsSync(ofProgram)) makeRoom(ofPlace);
  enableCompileCache(ofProgram);
}

/** Chunks are named by their contents: those of another program are never read again. */
function makeRoom(ofPlace: string): void {
  const places = dirname(ofPlace);
  try {
    rmSync(ofPlace, { recursive: true, force: true });
    const others = readdirSync(places).map((name) => join(places, name));
    const latestFirst = others.toSorted((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs);
    for (const place of latestFirst.slice(MOST_PLACES - 1)) rmSync(place, { recursive: true, force: true });
  } catch {
    // The first of all, another start that writes there, or a folder that nobody may read: nothing relies on it.
  }
}
