import { readFile } from "node:fs/promises";
import { stateKey, workerLogStream } from "@muster/pipeline";
import type { AttemptLog } from "./attempt-log.ts";
import { type Artifact, attemptStatement } from "./attempt-statement.ts";
import { lazily } from "./aws-clients.ts";
import type { Execution, TaskToExecute } from "./execute-task.ts";
import type { Worker } from "./worker.ts";

/** The log of the attempt that has this record. */
export const logKeyOf = (recordKey: string): string => recordKey.replace(/\.json$/, ".log.gz");

const loadTransfer = lazily(() => import("./transfer-object.ts"));
const loadObjects = lazily(() => import("./objects.ts"));

const LOG_TYPE = "application/gzip";

/**
 * Puts an attempt's log and record into the state bucket. Best effort: a record that cannot be written fails no task, and is not waited for
 * longer than the report can wait.
 */
export async function keepRecord(
  worker: Worker,
  { task, claimed, files }: TaskToExecute,
  { execution, log }: { execution: Execution; log: AttemptLog },
): Promise<void> {
  const { clients, environment, identity, clock, diagnostics } = worker;
  const { STATE_BUCKET, ACTIVITY_ARN, AWS_REGION, LOG_GROUP } = environment.worker;
  const finishedMs = clock.now();
  const startedAt = new Date(claimed.claimedAtMs).toISOString();
  const key = stateKey.attempt(task.execution, task.name, identity.instanceId, startedAt);
  try {
    const [{ contents, sha256, complete }, { uploadFile }, { putJson, putObject }, s3] = await Promise.all([
      log.finish(),
      loadTransfer(),
      loadObjects(),
      clients.s3(),
    ]);
    const logPlace = { bucket: STATE_BUCKET, key: logKeyOf(key) };
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
      usage: execution.usage,
      uploads: await readUploads(files.uploads),
      log: { uri: `s3://${logPlace.bucket}/${logPlace.key}`, sha256, complete },
      logGroup: LOG_GROUP,
      logStream: workerLogStream(identity.instanceId),
      lastLines: log.tail,
    });
    await Promise.all([
      typeof contents === "string"
        ? uploadFile(s3, logPlace, { file: contents, contentType: LOG_TYPE })
        : putObject(s3, logPlace, { body: contents, contentType: LOG_TYPE }),
      putJson(s3, { bucket: STATE_BUCKET, key }, statement),
    ]);
  } catch (error) {
    diagnostics.warn("the attempt's record could not be kept", { task: task.name, error });
  }
}

/** As `muster-s3` noted them; the last upload of an object counts. */
async function readUploads(file: string): Promise<Artifact[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  const byUri = new Map<string, Artifact>();
  for (const line of text.split("\n")) {
    const artifact = parseUpload(line);
    if (artifact !== undefined) byUri.set(artifact.uri, artifact);
  }
  return [...byUri.values()];
}

/** The file lies where a script can write to it: what is no note is left out. */
function parseUpload(line: string): Artifact | undefined {
  try {
    const { uri, sha256 } = JSON.parse(line) as Partial<Artifact>;
    const isNote = typeof uri === "string" && typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256);
    return isNote ? { uri, sha256 } : undefined;
  } catch {
    return undefined;
  }
}
