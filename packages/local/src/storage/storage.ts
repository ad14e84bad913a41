import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AwsError } from "../aws-error.ts";
import { createFlusher, type Flusher } from "./flusher.ts";
import { acquireFolderLock } from "./folder-lock.ts";
import { makePrivateFolder } from "./make-folder.ts";
import { temporaryPlace } from "./temporary-place.ts";

/** Where a local AWS keeps what must outlive the process. */
export interface Storage {
  /** The folder; without `persistent` a temporary one, made when first asked for. */
  readonly dir: string;
  /** Whether state survives `close`. */
  readonly persistent: boolean;
  /** False for a view: another process owns the folder, and nothing may be written. */
  readonly owner: boolean;
  readonly flusher: Flusher;
  readonly onDamaged: (name: string, reason: string) => void;
  /** Tells others that look at the folder under which URL its owner answers. */
  announce(url: string): void;
  close(): Promise<void>;
}

export interface StorageOptions {
  readonly dir?: string | undefined;
  readonly owner: boolean;
  readonly onDamaged: (name: string, reason: string) => void;
}

/** Every write asks first: a view must leave the owner's files alone. */
export function mustOwn({ owner, dir }: Storage): void {
  if (!owner) throw new AwsError("ReadOnly", `${dir} is only being looked at; the process that owns it can change it`);
}

/** Opens the folder; throws `FolderInUse` when another live process owns it, and names that process. */
export function openStorage({ dir, owner, onDamaged }: StorageOptions): Storage {
  const flusher = createFlusher();
  if (dir === undefined) return temporaryStorage(flusher, onDamaged);
  if (owner) makePrivateFolder(dir);
  const lock = owner ? acquireFolderLock(dir) : undefined;
  return {
    dir,
    persistent: true,
    owner,
    flusher,
    onDamaged,
    announce: (url) => lock?.announce(url),
    async close() {
      await flusher.flush();
      lock?.release();
    },
  };
}

function temporaryStorage(flusher: Flusher, onDamaged: StorageOptions["onDamaged"]): Storage {
  let made: string | undefined;
  let closed = false;
  const remove = () => {
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    made = undefined;
  };
  return {
    get dir() {
      // A call that was delayed may come to its turn only now: nobody would remove what it makes.
      if (closed) throw new AwsError("ServiceUnavailable", "this AWS has been closed");
      if (made === undefined) {
        made = mkdtempSync(join(temporaryPlace(), "muster-local-"));
        process.once("exit", remove);
      }
      return made;
    },
    persistent: false,
    owner: true,
    flusher: { touch() {}, flush: async () => {} },
    onDamaged,
    announce() {},
    async close() {
      closed = true;
      process.off("exit", remove);
      remove();
      await flusher.flush();
    },
  };
}
