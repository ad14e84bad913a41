import { rename, writeFile } from "node:fs/promises";
import { workerName } from "@muster/pipeline";
import type { Clock } from "./clock.ts";
import type { NameTag, WorkerTags } from "./name-tag.ts";

/** One line for whoever logs in to the machine: what the worker does, and since when. Best effort, as tags are. */
export function statusFile(file: string, clock: Clock): Pick<NameTag, "show"> {
  let last: Promise<void> = Promise.resolve();
  return {
    show(tags) {
      const line = `${statusLine(tags)} since ${new Date(clock.now()).toISOString()}\n`;
      last = last
        .then(() => writeFile(`${file}.new`, line))
        .then(() => rename(`${file}.new`, file))
        .catch(() => {});
    },
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
