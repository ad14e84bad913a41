import { statfsSync } from "node:fs";
import { tmpdir } from "node:os";

/** Linux keeps this folder in memory; containers often give it 64 MiB only. */
const SHARED_MEMORY = "/dev/shm";

/** Less is little for whoever uploads more than a few objects. */
const ROOM_BYTES = 2 ** 30;

/** The memory that is free to hold files; 0 where there is no such folder. */
function freeMemory(): number {
  try {
    const { bavail, bsize } = statfsSync(SHARED_MEMORY);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

/** What Node takes where nobody names another. */
const USUAL = "/tmp";

/**
 * Where an AWS lies that ends with its process: in memory, where there is room, for nothing has to wait for a disk that
 * nobody will read; or else among the temporary files, and always there where `TMPDIR` names another place for them.
 */
export function temporaryPlace(temporaryFiles = tmpdir(), free = freeMemory): string {
  return temporaryFiles === USUAL && free() >= ROOM_BYTES ? SHARED_MEMORY : temporaryFiles;
}
