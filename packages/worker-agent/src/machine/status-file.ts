import { rename, writeFile } from "node:fs/promises";
import { workerName } from "@muster/pipeline";
import type { Clock } from "../clock.ts";
import type { NameTag, WorkerTags } from "./name-tag.ts";

/** One line for whoever logs in to the machine: what the worker does, or why it has ended, and since when. */
export interface StatusFile extends NameTag {
  /** Nothing is shown after this. */
  ended(why: string): void;
}

/** Best effort, as tags are. */
export function statusFile(file: string, clock: Clock): StatusFile {
  let last: Promise<void> = Promise.resolve();
  const write = (text: string) => {
    const line = `${text} since ${new Date(clock.now()).toISOString()}\n`;
    last = last
      .then(() => writeFile(`${file}.new`, line))
      .then(() => rename(`${file}.new`, file))
      .catch(() => {});
  };
  return {
    show: (tags) => write(statusLine(tags)),
    ended: (why) => write(`ended (${why})`),
    settled: () => last,
  };
}

function statusLine({ tagState, task, ...name }: WorkerTags): string {
  return `${workerName(name)} ${tagState}${task === "" ? "" : ` ${task}`}`;
}

/** Shows a worker's state in both places. */
export function shownIn(tag: NameTag, file: Pick<NameTag, "show">): NameTag {
  return {
    show(tags) {
      tag.show(tags);
      file.show(tags);
    },
    settled: tag.settled,
  };
}
