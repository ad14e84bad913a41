import { open } from "node:fs/promises";

/** Writes reach the operating system at once (a killed process loses nothing) and the device in groups. */
export interface Flusher {
  /** The file or folder changed: it will be on the device within 50 ms. */
  touch(path: string): void;
  /** Resolves when everything touched so far is on the device. */
  flush(): Promise<void>;
}

const GROUP_MS = 50;

export function createFlusher(): Flusher {
  let touched = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const group = touched;
    touched = new Set();
    running = running.then(() => syncAll(group));
    return running;
  };
  return {
    touch(path) {
      touched.add(path);
      timer ??= setTimeout(flush, GROUP_MS).unref();
    },
    flush,
  };
}

/** What was removed again needs no flushing; a device that cannot sync (some containers' mounts) is as good as it gets. */
async function syncAll(paths: Iterable<string>): Promise<void> {
  for (const path of paths) {
    const file = await open(path, "r").catch(() => undefined);
    if (file === undefined) continue;
    await file.datasync().catch(() => undefined);
    await file.close();
  }
}
