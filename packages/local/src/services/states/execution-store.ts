import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ExecutionFilesOptions, executionFiles } from "./execution-files.ts";
import type { Execution, ExecutionStatus } from "./interpreter/execution.ts";

/** What is known of an execution without reading its history. */
export interface ExecutionSummary {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly status: ExecutionStatus;
  readonly startedAtMs: number;
  readonly stoppedAtMs: number | undefined;
  readonly redriveCount?: number;
  readonly redrivenAtMs?: number | undefined;
  /** Of one that runs an item of a distributed Map. */
  readonly child?: { readonly mapRunArn: string };
}

/** All executions, running and ended, in memory and in files. */
export interface ExecutionStore {
  add(execution: Execution): void;
  /** The whole execution; read back from its journal if need be. */
  find(arn: string): Execution | undefined;
  summary(arn: string): ExecutionSummary | undefined;
  summaries(): readonly ExecutionSummary[];
  readonly running: Iterable<Execution>;
  fileOf(execution: Pick<Execution, "stateMachineName" | "name">): string;
  /** Reads every execution that had not ended; answers what a journal that is gone on with must know. */
  open(): { readonly execution: Execution; readonly file: string; readonly soundBytes: number }[];
  /** Forgets an ended execution's history: it can be read back. */
  ended(execution: Execution): void;
  /** Takes in what another process wrote. */
  refresh(): void;
}

/** Histories of this many ended executions stay in memory. */
const KEPT_IN_MEMORY = 20;

export function createExecutionStore({ catalog, folder, ...options }: ExecutionFilesOptions): ExecutionStore {
  const loaded = new Map<string, Execution>();
  const readSizes = new Map<string, { readonly arn: string; readonly bytes: number }>();
  const files = executionFiles({ catalog, folder, ...options });
  const load = (file: string, status?: ExecutionStatus) => {
    const read = files.load(file, status);
    if (read !== undefined) loaded.set(read.execution.arn, read.execution);
    return read;
  };

  const store: ExecutionStore = {
    add(execution) {
      loaded.set(execution.arn, execution);
    },
    find(arn) {
      const known = loaded.get(arn);
      if (known !== undefined) return known;
      const ended = catalog.ended.get(arn);
      if (ended === undefined || folder === undefined) return undefined;
      const file = join(folder, ended.file);
      return existsSync(file) ? load(file, ended.status)?.execution : undefined;
    },
    summary: (arn) => loaded.get(arn) ?? catalog.ended.get(arn),
    summaries() {
      const byArn = new Map<string, ExecutionSummary>(catalog.ended);
      for (const execution of loaded.values()) byArn.set(execution.arn, execution);
      return [...byArn.values()];
    },
    get running() {
      return [...loaded.values()].filter((execution) => execution.status === "RUNNING");
    },
    fileOf: files.of,
    open() {
      files.checkEnded();
      return files.open().flatMap((file) => {
        const read = load(file);
        return read === undefined ? [] : [{ ...read, file }];
      });
    },
    ended() {
      if (folder === undefined) return;
      const done = [...loaded.values()].filter(({ arn, status }) => status !== "RUNNING" && catalog.ended.has(arn));
      for (const { arn } of done.slice(0, Math.max(0, done.length - KEPT_IN_MEMORY))) loaded.delete(arn);
    },
    refresh() {
      catalog.refresh();
      for (const file of files.open()) {
        const bytes = statSync(file).size;
        if (readSizes.get(file)?.bytes === bytes) continue;
        const read = load(file);
        if (read !== undefined) readSizes.set(file, { arn: read.execution.arn, bytes });
      }
      for (const [file, { arn }] of readSizes) {
        if (!catalog.ended.has(arn)) continue;
        // Read again, once, when it is asked for: the last records may have come since.
        readSizes.delete(file);
        loaded.delete(arn);
      }
    },
  };
  return store;
}
