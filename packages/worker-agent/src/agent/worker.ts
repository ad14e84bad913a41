import type { AwsClients } from "../aws/aws-clients.ts";
import type { Clock } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { AgentEnvironment } from "../env.ts";
import type { LogStream } from "../log/log-stream.ts";
import type { WorkerIdentity } from "../machine/instance-identity.ts";
import type { NameTag } from "../machine/name-tag.ts";
import type { StatusFile } from "../machine/status-file.ts";
import type { WorkerFolder } from "../machine/worker-folder.ts";
import type { ScriptView } from "../process/script-view.ts";
import type { Watchdog } from "../process/watchdog.ts";
import type { ClaimRecord } from "../report/claim.ts";
import type { RecordUploads } from "../report/record-uploads.ts";
import type { PipeSource } from "../script/output-pipe.ts";
import type { WorkerScripts } from "../script/worker-scripts.ts";
import type { UnfinishedTaskFile } from "../task/unfinished-task.ts";

/** Everything that a running agent works with. */
export interface Worker {
  readonly environment: AgentEnvironment;
  readonly identity: WorkerIdentity;
  readonly clients: AwsClients;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly folder: WorkerFolder;
  readonly log: LogStream;
  readonly records: RecordUploads;
  readonly claims: ClaimRecord;
  readonly tag: NameTag;
  readonly status: StatusFile;
  readonly pipes: PipeSource;
  readonly watchdog: Watchdog;
  readonly scripts: WorkerScripts;
  readonly unfinished: UnfinishedTaskFile;
  readonly view: ScriptView;
  /** A test worker: it runs the dummy script only, and gives real tasks back. */
  readonly testOnly: boolean;
  /**
   * A worker that must stop need not wait for its poll's end: true of the local stage, which sees a caller go away and knows whose tasks are
   * left. AWS may hand out a task until a poll's end, so that one given up early may lose a task for as long as its heartbeat takes.
   */
  readonly mayAbandonPolls: boolean;
  /** How long it may go on talking after it was told to stop. */
  readonly lastWordsMs: number;
  /** Aborted when the worker must stop; its reason, a StopReason, says why. */
  readonly stop: AbortSignal;
}

/** Why a worker stops before it is idle: a spot notice, SIGTERM, or the end of the process that owns the local stage. */
export interface StopReason {
  readonly why: string;
}
