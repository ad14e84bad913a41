import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { onDisk } from "../../../storage/disk-error.ts";
import type { Flusher } from "../../../storage/flusher.ts";
import type { ExecutionStatus } from "../interpreter/execution.ts";
import { journalLine, readJournal } from "./journal-line.ts";

export interface StateMachineRecord {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definitionHash: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly revisionId: string | undefined;
  readonly loggingConfiguration: unknown;
  readonly tracingConfiguration: unknown;
}

export interface ActivityRecord {
  readonly arn: string;
  readonly name: string;
  readonly createdAtMs: number;
}

/** What ListExecutions needs of an execution that has ended, so that its journal need not be read. */
export interface EndedRecord {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly status: ExecutionStatus;
  readonly startedAtMs: number;
  readonly stoppedAtMs: number;
  readonly file: string;
  readonly bytes: number;
  readonly redriveCount?: number;
  readonly redrivenAtMs?: number | undefined;
  /** Of one that ran an item of a distributed Map. */
  readonly child?: { readonly mapRunArn: string };
}

/** Everything but executions under way: one change each. */
export type MetadataRecord =
  | { readonly kind: "secret"; readonly secret: string }
  | { readonly kind: "definition"; readonly hash: string; readonly text: string }
  | { readonly kind: "stateMachine"; readonly stateMachine: StateMachineRecord }
  | { readonly kind: "stateMachineDeleted"; readonly arn: string }
  | { readonly kind: "activity"; readonly activity: ActivityRecord }
  | { readonly kind: "activityDeleted"; readonly arn: string }
  | { readonly kind: "tags"; readonly arn: string; readonly tags: Readonly<Record<string, string>> }
  | { readonly kind: "ended"; readonly ended: EndedRecord }
  | { readonly kind: "mapRun"; readonly arn: string; readonly executionArn: string }
  /** It runs again: what is said of its end no longer holds. */
  | { readonly kind: "redriven"; readonly arn: string };

/** Reads what was added since the last call, and adds. */
export interface MetadataJournal {
  readNew(apply: (record: MetadataRecord) => void): void;
  append(record: MetadataRecord): void;
  close(): void;
}

export interface MetadataOptions {
  readonly file: string;
  /** False: another process may be writing; nothing is changed. */
  readonly owner: boolean;
  readonly flusher: Flusher;
  readonly onDamaged: (name: string, reason: string) => void;
}

export function openMetadata({ file, owner, flusher, onDamaged }: MetadataOptions): MetadataJournal {
  let position = 0;
  let descriptor: number | undefined;
  const writable = () => {
    if (descriptor === undefined) {
      onDisk(dirname(file), () => mkdirSync(dirname(file), { recursive: true }));
      descriptor = onDisk(dirname(file), () => openSync(file, "a"));
    }
    return descriptor;
  };
  return {
    /** A record that is damaged is skipped and reported: it says nothing about the others. */
    readNew(apply) {
      let bytes = existsSync(file) ? readFileSync(file).subarray(position) : Buffer.alloc(0);
      for (;;) {
        const { records, soundBytes, damage } = readJournal(bytes);
        for (const record of records) apply(record as MetadataRecord);
        position += soundBytes;
        if (damage === undefined) return;
        if (damage.kind === "tornTail") {
          if (owner) onDisk(dirname(file), () => ftruncateSync(writable(), position));
          return;
        }
        onDamaged(file, damage.reason);
        const next = bytes.indexOf("\n", soundBytes) + 1;
        position += next - soundBytes;
        bytes = bytes.subarray(next);
      }
    },
    append(record) {
      const line = Buffer.from(journalLine(JSON.stringify(record)));
      onDisk(dirname(file), () => writeSync(writable(), line));
      position += line.length;
      flusher.touch(file);
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}
