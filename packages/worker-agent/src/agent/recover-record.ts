import type { Diagnostics } from "../diagnostics.ts";
import { taskFolder, type WorkerFolder } from "../machine/worker-folder.ts";
import { attemptLog } from "../report/attempt-log.ts";
import type { AttemptRecords } from "../report/attempt-records.ts";
import type { Outcome } from "../report/outcome.ts";
import type { UnfinishedTask } from "../task/unfinished-task.ts";
import type { FormerAgent } from "./former-agent.ts";

export interface RecoverRecordOptions {
  readonly records: AttemptRecords;
  readonly folder: WorkerFolder;
  readonly copyLog: FormerAgent["copyLog"];
  readonly diagnostics: Diagnostics;
}

/** How an attempt ended whose agent died. */
export interface RecoveredEnd {
  readonly outcome: Outcome;
  /** What its log ends with. */
  readonly lastLines: readonly string[];
}

/**
 * Keeps a record, marked as incomplete, of an attempt whose agent died, and as much of its log as had reached the disk. Best effort, as any record.
 */
export async function recoverRecord(
  { records, folder, copyLog, diagnostics }: RecoverRecordOptions,
  { task, number, claimedAtMs }: UnfinishedTask,
  { outcome, lastLines }: RecoveredEnd,
): Promise<void> {
  const files = taskFolder(folder, number, claimedAtMs);
  const recovered = `${files.log}.recovered`;
  const log = attemptLog(recovered, diagnostics);
  try {
    await copyLog(files.log, log);
  } catch (error) {
    // Few logs are large enough for a file.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      diagnostics.warn("the log of a former task ends early", { task: task.name, error });
    }
  }
  log.write([...lastLines]);
  const execution = { outcome, env: task.env };
  const attempt = { task, claimed: { claimedAtMs }, files: { ...files, log: recovered } };
  await records.keep(attempt, { execution, log, recovered: true });
}
