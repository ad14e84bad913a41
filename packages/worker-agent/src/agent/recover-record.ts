import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { constants, createGunzip } from "node:zlib";
import { taskFolder } from "../machine/worker-folder.ts";
import { type AttemptLog, attemptLog } from "../report/attempt-log.ts";
import { keepRecord } from "../report/keep-record.ts";
import type { Outcome } from "../report/outcome.ts";
import type { UnfinishedTask } from "../task/unfinished-task.ts";
import type { Worker } from "./worker.ts";

/**
 * Keeps a record, marked as incomplete, of an attempt whose agent died, and as much of its log as had reached the disk. Best effort, as keepRecord.
 * @param lastLines what its log ends with
 */
export async function recoverRecord(
  worker: Worker,
  { task, number, claimedAtMs }: UnfinishedTask,
  { outcome, lastLines }: { outcome: Outcome; lastLines: readonly string[] },
): Promise<void> {
  const { identity, folder, diagnostics } = worker;
  if (identity.instance === undefined) return;
  const files = taskFolder(folder, number, claimedAtMs);
  const recovered = `${files.log}.recovered`;
  const log = attemptLog(recovered, diagnostics);
  try {
    await copyLines(files.log, log);
  } catch (error) {
    // Few logs are large enough for a file.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      diagnostics.warn("the log of a former task ends early", { task: task.name, error });
    }
  }
  log.write([...lastLines]);
  const execution = { outcome, env: task.env };
  const attempt = { task, claimed: { claimedAtMs }, files: { ...files, log: recovered } };
  await keepRecord(worker, attempt, { execution, log, recovered: true });
}

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
