import type { Readable } from "node:stream";
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

/** Reads a script's output to its end, no faster than the targets take it: a script that writes faster is held back by its pipe. */
export function readOutput({ readable, targets, mask, onOutput }: ScriptOutputOptions): ScriptOutput {
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
  const read = async () => {
    try {
      for await (const bytes of readable) {
        arrivals++;
        onOutput?.(false);
        await pass(reader.push(bytes as Buffer));
      }
    } catch (error) {
      // Whoever gives up on a pipe that others hold open destroys it.
      if ((error as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
    } finally {
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
