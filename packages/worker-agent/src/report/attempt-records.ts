import type { AwsClients } from "../aws/aws-clients.ts";
import type { Clock } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { WorkerIdentity } from "../machine/instance-identity.ts";
import {
  type AttemptResult,
  type AttemptToRecord,
  type KeepRecordOptions,
  keepRecord,
  type RecordPlace,
} from "./keep-record.ts";
import { recordUploads } from "./record-uploads.ts";

/** What attempts leave in the state bucket. */
export interface AttemptRecords {
  /** Resolves when an attempt's log and record are there, or were given up; whoever does not wait so long leaves it to the worker's end. */
  keep(attempt: AttemptToRecord, result: AttemptResult): Promise<void>;
  /** Waits for what is still under way, and gives the rest up after `ms`. */
  settle(ms: number): Promise<void>;
}

export interface AttemptRecordsOptions {
  readonly clients: Pick<AwsClients, "s3">;
  readonly place: RecordPlace;
  readonly identity: WorkerIdentity;
  readonly readUploads: KeepRecordOptions["readUploads"];
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

export function attemptRecords(options: AttemptRecordsOptions): AttemptRecords {
  const records = recordUploads(options);
  return {
    keep: (attempt, result) => keepRecord({ ...options, records }, attempt, result),
    settle: records.settle,
  };
}

/** For workers that are no instances. */
export const noAttemptRecords: AttemptRecords = { keep: async () => {}, settle: async () => {} };
