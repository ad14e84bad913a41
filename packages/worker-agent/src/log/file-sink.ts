import { appendFile } from "node:fs/promises";
import type { LogSink } from "./log-sink.ts";

/** A test worker's log: the lines of its scripts, in a file. */
export function fileSink(file: string): LogSink {
  return async (events) => {
    await appendFile(file, events.map(({ message }) => `${message}\n`).join(""));
    return [];
  };
}
