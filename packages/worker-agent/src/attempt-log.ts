import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Diagnostics } from "./diagnostics.ts";
import type { LineTarget } from "./script-output.ts";

/** One attempt's log, compressed, in a file. */
export interface AttemptLog extends LineTarget {
  /** The last lines, for the attempt's record. */
  readonly tail: readonly string[];
  /** Completes the file; false when the disk did not take all of it. Lines that come later are lost to it. */
  finish(): Promise<boolean>;
}

const TAIL_LINES = 20;
const TAIL_CHARACTERS = 400;

/** A disk that is full costs this file, never the script: the lines are in CloudWatch too. */
export function attemptLog(file: string, diagnostics: Diagnostics): AttemptLog {
  // Level 1 halves the time and costs a tenth of the size.
  const gzip = createGzip({ level: 1 });
  const output = createWriteStream(file, { mode: 0o600 });
  let tail: string[] = [];
  let complete = true;
  const giveUp = (error: Error) => {
    if (complete) diagnostics.warn("the attempt's log file is incomplete", { error });
    complete = false;
    gzip.destroy();
    output.destroy();
  };
  gzip.on("error", giveUp);
  output.on("error", giveUp);
  gzip.pipe(output);
  const drained = () =>
    new Promise<void>((resolve) => {
      const settle = () => {
        gzip.off("drain", settle).off("close", settle);
        resolve();
      };
      gzip.on("drain", settle).on("close", settle);
    });
  return {
    write(lines) {
      if (!complete || gzip.writableEnded || lines.length === 0) return;
      gzip.write(`${lines.join("\n")}\n`);
      const last = lines.slice(-TAIL_LINES).map((line) => line.slice(0, TAIL_CHARACTERS));
      tail = [...tail, ...last].slice(-TAIL_LINES);
    },
    room: () => (complete && gzip.writableNeedDrain ? drained() : undefined),
    get tail() {
      return tail;
    },
    async finish() {
      if (!complete) return false;
      gzip.end();
      await finished(output).catch(giveUp);
      return complete;
    },
  };
}
