import type { Readable } from "node:stream";
import type { Clock } from "../clock.ts";
import { createLineReader } from "../log/line-reader.ts";
import type { Mask } from "../log/mask-secrets.ts";

/** Where the lines of a script go. */
export interface LineTarget {
  write(lines: readonly string[]): void;
  /** Set while no more lines can be taken. */
  room(): Promise<void> | undefined;
}

export interface ScriptOutputOptions {
  readonly readable: Readable;
  readonly targets: readonly LineTarget[];
  readonly mask: Mask;
  readonly clock: Clock;
  /** Told of each arrival, whatever it is; and, with `heldBack`, when no more can be read until the next call. */
  readonly onOutput?: (heldBack: boolean) => void;
}

export interface ScriptOutput {
  /** Resolves when everything was read and passed on. */
  readonly ended: Promise<void>;
  /** Grows with every arrival; while lines are held back, whoever watches sees `heldBack`. */
  readonly arrivals: number;
  readonly heldBack: boolean;
}

/** A line without an end, a prompt or dots of progress, is sent when nothing follows for so long; */
const SILENCE_MS = 5000;
/** and of one that grows and grows, or is overwritten again and again, what there is by then. */
const PATIENCE_MS = 30_000;

/** Reads a script's output to its end, no faster than the targets take it: a script that writes faster is held back by its pipe. */
export function readOutput({ readable, targets, mask, clock, onOutput }: ScriptOutputOptions): ScriptOutput {
  const reader = createLineReader(mask);
  let arrivals = 0;
  let heldBack = false;
  const pass = async (lines: readonly string[]) => {
    if (lines.length === 0) return;
    for (const target of targets) target.write(lines);
    heldBack = true;
    for (const target of targets) {
      for (let room = target.room(); room !== undefined; room = target.room()) {
        onOutput?.(true);
        await room;
        onOutput?.(false);
      }
    }
    heldBack = false;
  };
  const open = openLine(clock, () => {
    // What is read next is passed on by whoever waits for room.
    if (heldBack) return false;
    const lines = reader.pause();
    if (lines.length > 0) for (const target of targets) target.write(lines);
    return true;
  });
  const read = async () => {
    try {
      for await (const bytes of readable) {
        arrivals++;
        onOutput?.(false);
        const lines = reader.push(bytes as Buffer);
        open.grows({ isOpen: reader.isOpen, isNew: lines.length > 0 });
        await pass(lines);
      }
    } catch (error) {
      // Whoever gives up on a pipe that others hold open destroys it.
      if ((error as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
    } finally {
      open.close();
      await pass(reader.end());
    }
  };
  return {
    ended: read(),
    get arrivals() {
      return arrivals;
    },
    get heldBack() {
      return heldBack;
    },
  };
}

interface OpenLine {
  /** @param line `isNew`: another one than at the last arrival */
  grows(line: { isOpen: boolean; isNew: boolean }): void;
  close(): void;
}

/** Watches a line that has no end yet. @param pause lets go of it; false where that cannot be now */
function openLine(clock: Clock, pause: () => boolean): OpenLine {
  let sinceMs: number | undefined;
  let lastMs = 0;
  let cancel: (() => void) | undefined;

  const dueMs = () => Math.min(lastMs + SILENCE_MS, (sinceMs ?? lastMs) + PATIENCE_MS);
  const close = () => {
    cancel?.();
    cancel = undefined;
    sinceMs = undefined;
  };
  const watch = (atMs: number) => {
    cancel = clock.at(atMs, look);
  };
  const look = () => {
    const nowMs = clock.now();
    if (nowMs < dueMs()) return watch(dueMs());
    if (pause()) return close();
    watch(nowMs + SILENCE_MS);
  };
  return {
    grows({ isOpen, isNew }) {
      if (!isOpen) return close();
      lastMs = clock.now();
      if (isNew) sinceMs = lastMs;
      sinceMs ??= lastMs;
      if (cancel === undefined) watch(dueMs());
    },
    close,
  };
}
