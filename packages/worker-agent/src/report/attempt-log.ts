import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { createGzip, gzipSync } from "node:zlib";
import type { Diagnostics } from "../diagnostics.ts";
import type { LineTarget } from "../script/script-output.ts";

/** One attempt's log, compressed. */
export interface AttemptLog extends LineTarget {
  /** The last lines, for the attempt's record. */
  readonly tail: readonly string[];
  /** Completes it. Lines that come later are lost to it. */
  finish(): Promise<CompressedLog>;
}

export interface CompressedLog {
  /** In memory, or a path: few logs are large. */
  readonly contents: Buffer | string;
  readonly sha256: string;
  /** False when the disk did not take all of it. */
  readonly complete: boolean;
}

const TAIL_LINES = 20;
const TAIL_CHARACTERS = 400;
/** Of the log as it is written; more goes to disk as it comes. */
const CHARACTERS_IN_MEMORY = 256 * 1024;
/** Half the time of the default, for a tenth more bytes. */
const COMPRESSION = { level: 1 };

/** @param file where a large log goes. A disk that is full costs this file, never the script: the lines are in CloudWatch too. */
export function attemptLog(file: string, diagnostics: Diagnostics): AttemptLog {
  let small: string[] = [];
  let characters = 0;
  let large: LargeLog | undefined;
  let tail: string[] = [];
  return {
    write(lines) {
      if (lines.length === 0) return;
      const text = `${lines.join("\n")}\n`;
      characters += text.length;
      if (large === undefined) small.push(text);
      if (large === undefined && characters > CHARACTERS_IN_MEMORY) {
        large = largeLog(file, diagnostics);
        large.write(small.join(""));
        small = [];
      } else large?.write(text);
      const last = lines.slice(-TAIL_LINES).map((line) => line.slice(0, TAIL_CHARACTERS));
      tail = [...tail, ...last].slice(-TAIL_LINES);
    },
    room: () => large?.room(),
    get tail() {
      return tail;
    },
    async finish() {
      if (large !== undefined) return large.finish();
      const contents = gzipSync(small.join(""), COMPRESSION);
      return { contents, sha256: createHash("sha256").update(contents).digest("hex"), complete: true };
    },
  };
}

interface LargeLog {
  write(text: string): void;
  room(): Promise<void> | undefined;
  finish(): Promise<CompressedLog>;
}

function largeLog(file: string, diagnostics: Diagnostics): LargeLog {
  const hash = createHash("sha256");
  const gzip = createGzip(COMPRESSION);
  const output = createWriteStream(file, { mode: 0o600 });
  let complete = true;
  const giveUp = (error: Error) => {
    if (complete) diagnostics.warn("the attempt's log file is incomplete", { error });
    complete = false;
    gzip.destroy();
    output.destroy();
  };
  gzip.on("error", giveUp).on("data", (bytes: Buffer) => hash.update(bytes));
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
    write(text) {
      if (complete && !gzip.writableEnded) gzip.write(text);
    },
    room: () => (complete && gzip.writableNeedDrain ? drained() : undefined),
    async finish() {
      if (complete) {
        gzip.end();
        await finished(output).catch(giveUp);
      }
      // What of an incomplete one reached the disk is not known.
      return {
        contents: complete ? file : gzipSync(""),
        sha256: complete ? hash.digest("hex") : EMPTY_SHA256,
        complete,
      };
    },
  };
}

const EMPTY_SHA256 = createHash("sha256").update(gzipSync("")).digest("hex");
