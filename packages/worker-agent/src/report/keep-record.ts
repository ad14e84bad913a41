import { rm } from "node:fs/promises";
import { stateKey, workerLogStream } from "@muster/pipeline";
import type { ClaimedTask } from "../agent/poll.ts";
import type { Worker } from "../agent/worker.ts";
import { lazily } from "../aws/aws-clients.ts";
import { readScriptFile } from "../script/read-script-file.ts";
import type { Execution, TaskToExecute } from "../task/execute-task.ts";
import type { AttemptLog } from "./attempt-log.ts";
import { type Artifact, attemptStatement } from "./attempt-statement.ts";

/** The log of the attempt that has this record. */
export const logKeyOf = (recordKey: string): string => recordKey.replace(/\.json$/, ".log.gz");

const loadUpload = lazily(() => import("../s3/upload-file.ts"));
const loadObjects = lazily(() => import("../s3/objects.ts"));

const LOG_TYPE = "application/gzip";

/** What a record needs to know of its attempt. */
export interface AttemptToRecord extends Pick<TaskToExecute, "task" | "files"> {
  readonly claimed: Pick<ClaimedTask, "claimedAtMs">;
}

export interface AttemptResult {
  readonly execution: Execution;
  readonly log: AttemptLog;
  /** By an agent that was started again: it knows no more than what is on the disk, and replaces no record. */
  readonly recovered?: boolean;
}

/**
 * Puts an attempt's log and record into the state bucket. Best effort: a record that cannot be written fails no task. The promise resolves when
 * they are there, or were given up; whoever does not wait so long leaves it to the worker's end.
 */
export async function keepRecord(worker: Worker, attempt: AttemptToRecord, result: AttemptResult): Promise<void> {
  try {
    await putRecord(worker, attempt, result);
  } catch (error) {
    worker.diagnostics.error("an attempt has no record", { task: attempt.task.name, error });
  }
}

async function putRecord(
  worker: Worker,
  { task, claimed, files }: AttemptToRecord,
  { execution, log, recovered = false }: AttemptResult,
): Promise<void> {
  const { clients, environment, identity, clock, records } = worker;
  const { STATE_BUCKET, ACTIVITY_ARN, AWS_REGION, LOG_GROUP } = environment.worker;
  const finishedMs = clock.now();
  const startedAt = new Date(claimed.claimedAtMs).toISOString();
  const key = stateKey.attempt(task.execution, task.name, identity.instanceId, startedAt);
  const logPlace = { bucket: STATE_BUCKET, key: logKeyOf(key) };
  // Before the task's folder goes away.
  const [{ contents, sha256, complete }, uploads] = await Promise.all([log.finish(), readUploads(files.uploads)]);
  const statement = attemptStatement({
    task,
    activityArn: ACTIVITY_ARN,
    identity,
    region: AWS_REGION,
    startedMs: claimed.claimedAtMs,
    finishedMs,
    outcome: execution.outcome,
    scripts: execution.scripts ?? {},
    env: execution.env ?? {},
    exit: execution.exit,
    usage: execution.usage,
    uploads,
    log: { uri: `s3://${logPlace.bucket}/${logPlace.key}`, sha256, complete: complete && !recovered },
    complete: !recovered,
    logGroup: LOG_GROUP,
    logStream: workerLogStream(identity.instanceId),
    lastLines: log.tail,
  });
  const isLarge = typeof contents === "string";
  const putLog = async () => {
    const [{ uploadFile }, { putObject }, s3] = await Promise.all([loadUpload(), loadObjects(), clients.s3()]);
    await (isLarge
      ? uploadFile(s3, logPlace, { file: contents, contentType: LOG_TYPE, partsAtOnce: 1 })
      : putObject(s3, logPlace, { body: contents, contentType: LOG_TYPE }));
  };
  let stated = false;
  const putStatement = async () => {
    const [{ putJson }, s3] = await Promise.all([loadObjects(), clients.s3()]);
    const condition = recovered ? ({ ifNoneMatch: "*" } as const) : {};
    stated = (await putJson(s3, { bucket: STATE_BUCKET, key }, statement, condition)) !== undefined;
  };
  const keepLog = async () => {
    await records.put(task.name, putLog);
    if (isLarge) await rm(files.log, { force: true });
  };
  if (!recovered) await Promise.all([keepLog(), records.put(task.name, putStatement)]);
  else {
    await records.put(task.name, putStatement);
    if (stated) await keepLog();
  }
}

/** A note has a few hundred bytes. */
const MOST_NOTES_BYTES = 16 * 1024 * 1024;

/** As `muster-s3` noted them; the last upload of an object counts. */
async function readUploads(file: string): Promise<Artifact[]> {
  const text = (await readScriptFile(file, { mostBytes: MOST_NOTES_BYTES }).catch(() => undefined)) ?? "";
  const byUri = new Map<string, Artifact>();
  for (const line of text.split("\n")) {
    const artifact = parseUpload(line);
    if (artifact !== undefined) byUri.set(artifact.uri, artifact);
  }
  return [...byUri.values()];
}

/** What is no note is left out. */
function parseUpload(line: string): Artifact | undefined {
  try {
    const { uri, sha256 } = JSON.parse(line) as Partial<Artifact>;
    const isNote = typeof uri === "string" && typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256);
    return isNote ? { uri, sha256 } : undefined;
  } catch {
    return undefined;
  }
}
