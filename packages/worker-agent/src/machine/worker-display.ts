import { rename, writeFile } from "node:fs/promises";
import { workerName } from "@muster/pipeline";
import type { Clock } from "../clock.ts";
import type { NameTag, WorkerTags } from "./name-tag.ts";

/** A worker's state as people see it: in the list of instances, and in one line for whoever logs in to the machine. */
export interface WorkerDisplay extends NameTag {
  /** The line says why the worker has ended; nothing is shown after this. Resolves when it is written. */
  ended(why: string): Promise<void>;
}

/** Best effort, in both places. @param file of the one line: what the worker does, or why it has ended, and since when */
export function workerDisplay(tag: NameTag, { file, clock }: { file: string; clock: Clock }): WorkerDisplay {
  let last: Promise<void> = Promise.resolve();
  const write = (text: string) => {
    const line = `${text} since ${new Date(clock.now()).toISOString()}\n`;
    last = last
      .then(() => writeFile(`${file}.new`, line))
      .then(() => rename(`${file}.new`, file))
      .catch(() => {});
    return last;
  };
  return {
    show(tags) {
      tag.show(tags);
      void write(statusLine(tags));
    },
    settled: tag.settled,
    ended: (why) => write(`ended (${why})`),
  };
}

function statusLine({ tagState, task, ...name }: WorkerTags): string {
  return `${workerName(name)} ${tagState}${task === "" ? "" : ` ${task}`}`;
}
