import { hash } from "node:crypto";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { Catalog } from "./catalog.ts";
import type { Execution, ExecutionStatus, Surroundings } from "./interpreter/execution.ts";
import { DamagedJournalError, type LoadedExecution, loadExecution, setAside } from "./journal/execution-journal.ts";

export interface ExecutionFilesOptions {
  readonly catalog: Catalog;
  /** Undefined keeps everything in memory. */
  readonly folder: string | undefined;
  readonly owner: boolean;
  readonly surroundings: Surroundings;
  readonly onDamaged: (name: string, reason: string) => void;
}

/** The journals of executions: one file each. */
export interface ExecutionFiles {
  of(execution: Pick<Execution, "stateMachineName" | "name">): string;
  /** Those of executions that nobody has noted as ended, in the order of their names. */
  open(): readonly string[];
  /** An execution as its journal tells; undefined, and told once, for one that is damaged or did not end with the `status` that it must. */
  load(file: string, status?: ExecutionStatus): LoadedExecution | undefined;
  /** Tells of ended executions whose journals have lost what they held. */
  checkEnded(): void;
}

const SUFFIX = ".journal";
/** Encoded names do not hold it. */
const SEPARATOR = "+";

export function executionFiles({
  catalog,
  folder,
  owner,
  surroundings,
  onDamaged,
}: ExecutionFilesOptions): ExecutionFiles {
  const damaged = new Set<string>();
  const report = (file: string, reason: string) => {
    if (!damaged.has(file)) onDamaged(nameOf(file), reason);
    damaged.add(file);
  };
  const endedFiles = () => new Set([...catalog.ended.values()].map(({ file }) => file));

  return {
    of: ({ stateMachineName, name }) =>
      join(folder ?? "", `${fileName(stateMachineName)}${SEPARATOR}${fileName(name)}${SUFFIX}`),
    open() {
      if (folder === undefined || !existsSync(folder)) return [];
      const ended = endedFiles();
      return readdirSync(folder)
        .filter((name) => name.endsWith(SUFFIX) && !ended.has(name))
        .sort()
        .map((name) => join(folder, name));
    },
    load(file, status) {
      try {
        const read = loadExecution(file, { surroundings, findDefinition: catalog.definition });
        if (status !== undefined && read?.execution.status !== status)
          throw new DamagedJournalError("its end is missing");
        // Nobody was told that it had started, so nobody misses it.
        if (read === undefined && owner) rmSync(file);
        return read;
      } catch (error) {
        if (!(error instanceof DamagedJournalError)) throw error;
        report(file, error.message);
        if (owner) setAside(file);
        return undefined;
      }
    },
    checkEnded() {
      for (const { file, bytes } of catalog.ended.values()) {
        if (folder === undefined) return;
        const path = join(folder, file);
        const size = existsSync(path) ? statSync(path).size : 0;
        if (size < bytes) report(path, `its journal holds ${size} of ${bytes} bytes`);
      }
    },
  };
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
