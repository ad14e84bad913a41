import { hash } from "node:crypto";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { Catalog } from "./catalog.ts";
import type { Execution, ExecutionStatus, Surroundings } from "./interpreter/execution.ts";
import { DamagedJournalError, loadExecution, setAside } from "./journal/execution-journal.ts";

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

export interface ExecutionStoreOptions {
  readonly catalog: Catalog;
  /** Undefined keeps everything in memory. */
  readonly folder: string | undefined;
  readonly owner: boolean;
  readonly surroundings: Surroundings;
  readonly onDamaged: (name: string, reason: string) => void;
}

const SUFFIX = ".journal";
/** Encoded names do not hold it. */
const SEPARATOR = "+";

/** Histories of this many ended executions stay in memory. */
const KEPT_IN_MEMORY = 20;

export function createExecutionStore({
  catalog,
  folder,
  owner,
  surroundings,
  onDamaged,
}: ExecutionStoreOptions): ExecutionStore {
  const loaded = new Map<string, Execution>();
  const readSizes = new Map<string, { readonly arn: string; readonly bytes: number }>();
  const damaged = new Set<string>();

  const report = (file: string, reason: string) => {
    if (!damaged.has(file)) onDamaged(nameOf(file), reason);
    damaged.add(file);
  };
  const load = (file: string, status?: ExecutionStatus) => {
    try {
      const read = loadExecution(file, { surroundings, findDefinition: catalog.definition });
      if (status !== undefined && read?.execution.status !== status)
        throw new DamagedJournalError("its end is missing");
      if (read !== undefined) loaded.set(read.execution.arn, read.execution);
      // Nobody was told that it had started, so nobody misses it.
      else if (owner) rmSync(file);
      return read;
    } catch (error) {
      if (!(error instanceof DamagedJournalError)) throw error;
      report(file, error.message);
      if (owner) setAside(file);
      return undefined;
    }
  };
  const endedFiles = () => new Set([...catalog.ended.values()].map(({ file }) => file));
  const openFiles = (): readonly string[] => {
    if (folder === undefined || !existsSync(folder)) return [];
    const ended = endedFiles();
    return readdirSync(folder)
      .filter((name) => name.endsWith(SUFFIX) && !ended.has(name))
      .sort()
      .map((name) => join(folder, name));
  };
  const checkEnded = () => {
    for (const { file, bytes } of catalog.ended.values()) {
      if (folder === undefined) return;
      const path = join(folder, file);
      const size = existsSync(path) ? statSync(path).size : 0;
      if (size < bytes) report(path, `its journal holds ${size} of ${bytes} bytes`);
    }
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
    fileOf: ({ stateMachineName, name }) =>
      join(folder ?? "", `${fileName(stateMachineName)}${SEPARATOR}${fileName(name)}${SUFFIX}`),
    open() {
      checkEnded();
      return openFiles().flatMap((file) => {
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
      for (const file of openFiles()) {
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

/** Names of state machines and executions may be longer, or hold more, than the names of files. */
function fileName(name: string): string {
  const encoded = encodeURIComponent(name);
  return encoded.length <= 100 ? encoded : `${encoded.slice(0, 80)}~${hash("sha256", name).slice(0, 16)}`;
}

/** `machine:execution`, as at the end of the execution's ARN. */
function nameOf(file: string): string {
  return basename(file, SUFFIX).split(SEPARATOR).map(decodeURIComponent).join(":");
}
