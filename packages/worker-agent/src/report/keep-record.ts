import { rm } from "node:fs/promises";
import { type TaskInput, workerLogStream } from "@muster/pipeline";
import { chance, stateKey, UnknownOutcomeError } from "@muster/records";
import { type AwsClients, lazily } from "../aws/aws-clients.ts";
import type { Clock } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { WorkerIdentity } from "../machine/instance-identity.ts";
import type { TaskFolder } from "../machine/worker-folder.ts";
import type { Usage } from "../process/usage.ts";
import { readScriptFile } from "../script/read-script-file.ts";
import type { ScriptExit } from "../script/run-script.ts";
import type { AttemptLog } from "./attempt-log.ts";
import { type Artifact, type Attempt, attemptStatement } from "./attempt-statement.ts";
import type { Outcome } from "./outcome.ts";
import type { RecordUploads } from "./record-uploads.ts";

export const loadUpload = lazily(() => import("../s3/upload-file.ts"));
export const loadObjects = lazily(() => import("../s3/objects.ts"));

const LOG_TYPE = "application/gzip";

/** What a record needs to know of its attempt. */
export interface AttemptToRecord {
  readonly task: TaskInput;
  readonly claimed: { readonly claimedAtMs: number };
  readonly files: TaskFolder;
}

/** What is known of how a task was executed; of one that did not get so far, less. */
export interface AttemptExecution {
  readonly outcome: Outcome;
  readonly scripts?: Attempt["scripts"];
  readonly env?: Attempt["env"];
  /** Absent when nothing ran. */
  readonly exit?: ScriptExit;
  readonly usage?: Usage;
}

export interface AttemptResult {
  readonly execution: AttemptExecution;
  readonly log: AttemptLog;
  /** By an agent that was started again: it knows no more than what is on the disk, and has a log of its own, beside that of the agent before it. */
  readonly recovered?: boolean;
}

/** Where records and logs of an activity's attempts are. */
export interface RecordPlace {
  readonly bucket: string;
  readonly activityArn: string;
  readonly region: string;
  readonly logGroup: string;
}

export interface KeepRecordOptions {
  readonly clients: Pick<AwsClients, "s3">;
  readonly place: RecordPlace;
  readonly identity: WorkerIdentity;
  /** What a task's script has uploaded. */
  readonly readUploads: (files: TaskFolder) => Promise<Artifact[]>;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly records: RecordUploads;
}

/**
 * Puts an attempt's log and record into the state bucket. Best effort: a record that cannot be written fails no task. The promise resolves when
 * they are there, or were given up; whoever does not wait so long leaves it to the worker's end.
 */
export async function keepRecord(
  options: KeepRecordOptions,
  attempt: AttemptToRecord,
  result: AttemptResult,
): Promise<void> {
  try {
    await putRecord(options, attempt, result);
  } catch (error) {
    options.diagnostics.error("an attempt has no record", { task: attempt.task.name, error });
  }
}

async function putRecord(
  { clients, place, identity, readUploads, clock, diagnostics, records }: KeepRecordOptions,
  { task, claimed, files }: AttemptToRecord,
  { execution, log, recovered = false }: AttemptResult,
): Promise<void> {
  const finishedMs = clock.now();
  const startedAt = new Date(claimed.claimedAtMs).toISOString();
  const key = stateKey.attempt(task.execution, task.name, identity.instanceId, startedAt);
  const logPlace = { bucket: place.bucket, key: logKeyOf(key, { recovered }) };
  // Before the task's folder goes away.
  const [{ contents, sha256, complete }, uploads] = await Promise.all([log.finish(), readUploads(files)]);
  const statement = attemptStatement({
    task,
    activityArn: place.activityArn,
    identity,
    region: place.region,
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
    logGroup: place.logGroup,
    logStream: workerLogStream(identity.instanceId),
    lastLines: log.tail,
  });
  // What is there stays, as the bucket demands; what a try without an answer has stored is known by the id.
  const condition = { ifNoneMatch: "*", writeId: chance().uuid() } as const;
  const isLarge = typeof contents === "string";
  const putLog = async () => {
    const [{ uploadFile }, { putObject }, s3] = await Promise.all([loadUpload(), loadObjects(), clients.s3()]);
    return isLarge
      ? uploadFile(s3, logPlace, { file: contents, contentType: LOG_TYPE, partsAtOnce: 1, ...condition })
      : putObject(s3, logPlace, { body: contents, contentType: LOG_TYPE, ...condition });
  };
  const putStatement = async () => {
    const [{ putJson }, s3] = await Promise.all([loadObjects(), clients.s3()]);
    return putJson(s3, { bucket: place.bucket, key }, statement, condition);
  };
  const keep = async (what: "log" | "record", put: () => Promise<unknown>): Promise<Presence> => {
    let presence = "unwritten" as Presence;
    await records.put(task.name, async () => {
      presence = await presenceAfter(put());
    });
    if (!recovered && (presence === "another's" || presence === "perhaps"))
      diagnostics.warn(`the attempt's ${what} was there before`, { task: task.name, own: presence });
    return presence;
  };
  const keepLog = async () => {
    await keep("log", putLog);
    if (isLarge) await rm(files.log, { force: true });
  };
  if (!recovered) await Promise.all([keepLog(), keep("record", putStatement)]);
  // Where the record is that of the agent before, so is the log.
  else if (["own", "perhaps"].includes(await keep("record", putStatement))) await keepLog();
}

/** The log of the attempt that has this record. */
const logKeyOf = (recordKey: string, { recovered }: { recovered: boolean }): string =>
  recordKey.replace(/\.json$/, recovered ? ".recovered.log.gz" : ".log.gz");

/** Whether what was to be written where nothing is stands there now. A worker may not read records, and so cannot always tell its own. */
type Presence = "unwritten" | "own" | "another's" | "perhaps";

async function presenceAfter(write: Promise<unknown>): Promise<Presence> {
  try {
    return (await write) === undefined ? "another's" : "own";
  } catch (error) {
    if (error instanceof UnknownOutcomeError) return "perhaps";
    throw error;
  }
}

/** A note has a few hundred bytes. */
const MOST_NOTES_BYTES = 16 * 1024 * 1024;

/** As `muster-s3` noted them; the last upload of an object counts. */
export async function uploadsOnDisk({ uploads }: TaskFolder): Promise<Artifact[]> {
  const text = (await readScriptFile(uploads, { mostBytes: MOST_NOTES_BYTES }).catch(() => undefined)) ?? "";
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
