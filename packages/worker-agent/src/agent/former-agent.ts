import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { constants, createGunzip } from "node:zlib";
import { killProcesses, NO_GROUP } from "../process/processes.ts";
import type { AttemptLog } from "../report/attempt-log.ts";
import { endFormerInit, type FormerInit } from "../script/former-init.ts";

/** What an agent that died on this machine has left there. */
export interface FormerAgent {
  /** Ends what is left of its script. @param variable marks the script's processes */
  endScript(variable: string): Promise<void>;
  /** Ends what is left of its init. */
  endInit(): Promise<void>;
  /** As much of an attempt's log as had reached the disk. Rejects with ENOENT where there is none. */
  copyLog(file: string, log: AttemptLog): Promise<void>;
}

/** On this machine: processes that it finds by their marks, and files. */
export const formerAgentHere = (init: FormerInit): FormerAgent => ({
  endScript: (variable) => killProcesses({ group: NO_GROUP, variable }),
  endInit: () => endFormerInit(init),
  copyLog: copyLines,
});

/** Of a compressed log that was not completed, too. */
async function copyLines(file: string, log: AttemptLog): Promise<void> {
  const text = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }).setEncoding("utf8");
  await pipeline(createReadStream(file), text, async (pieces: AsyncIterable<string>) => {
    let unfinished = "";
    for await (const piece of pieces) {
      const lines = `${unfinished}${piece}`.split("\n");
      unfinished = lines.pop() ?? "";
      log.write(lines);
      await log.room?.();
    }
    if (unfinished !== "") log.write([unfinished]);
  });
}
