import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { onDisk } from "../../../storage/disk-error.ts";
import type { Flusher } from "../../../storage/flusher.ts";
import type { RecordSink } from "../engine.ts";
import { applyRecord } from "../interpreter/apply-record.ts";
import {
  createExecution,
  type Execution,
  type ExecutionStart,
  openRoot,
  type Surroundings,
} from "../interpreter/execution.ts";
import type { StateGraph, StateMachineDefinition } from "../language/state.ts";
import { journalLine, readJournal } from "./journal-line.ts";
import { decodeRecord, type EncodedRecord, encodeRecord } from "./record-codec.ts";

/** First record of an execution's journal. */
export interface JournalHeader extends Omit<ExecutionStart, "definition"> {
  readonly version: 1;
}

/** An execution's journal cannot be read; the message says where. */
export class DamagedJournalError extends Error {
  override readonly name = "DamagedJournalError";
}

interface OpenJournal {
  readonly file: string;
  readonly descriptor: number;
  /** Records that have not been written. */
  lines: string[];
  /** Length of what has been written. */
  bytes: number;
}

/** One append-only file per execution. Records reach the operating system before anything they cause is seen. */
export interface ExecutionJournals extends RecordSink {
  create(execution: Execution, file: string, header: JournalHeader): void;
  /** Goes on with a journal that was read; what a cut-short write left at its end is removed. */
  reopen(execution: Execution, file: string, soundBytes: number): void;
  close(): void;
}

export function executionJournals({
  flusher,
  onEnded,
}: {
  flusher: Flusher;
  onEnded: (execution: Execution, file: string) => void;
}): ExecutionJournals {
  const journals = new Map<Execution, OpenJournal>();
  const dirty = new Set<OpenJournal>();

  const open = (execution: Execution, file: string): OpenJournal => {
    onDisk(dirname(file), () => mkdirSync(dirname(file), { recursive: true }));
    const journal = { file, descriptor: onDisk(dirname(file), () => openSync(file, "a")), lines: [], bytes: 0 };
    journals.set(execution, journal);
    return journal;
  };
  // What the disk refuses is kept, to be written with what comes next.
  const write = () => {
    for (const journal of dirty) {
      const bytes = Buffer.from(journal.lines.join(""));
      onDisk(dirname(journal.file), () => appendWhole(journal, bytes));
      journal.lines = [];
      flusher.touch(journal.file);
      dirty.delete(journal);
    }
  };

  return {
    create(execution, file, header) {
      const journal = open(execution, file);
      journal.lines.push(journalLine(JSON.stringify(header)));
      dirty.add(journal);
      flusher.touch(dirname(file));
    },
    reopen(execution, file, soundBytes) {
      const journal = open(execution, file);
      onDisk(dirname(file), () => ftruncateSync(journal.descriptor, soundBytes));
      journal.bytes = soundBytes;
    },
    append(execution, record) {
      const journal = journals.get(execution);
      if (journal === undefined) return;
      journal.lines.push(journalLine(encodeRecord(execution, record)));
      dirty.add(journal);
    },
    write,
    ended(execution) {
      const journal = journals.get(execution);
      if (journal === undefined) return;
      write();
      closeSync(journal.descriptor);
      journals.delete(execution);
      onEnded(execution, journal.file);
    },
    close() {
      write();
      for (const { descriptor } of journals.values()) closeSync(descriptor);
      journals.clear();
    },
  };
}

/** A write may take only a part of a large text. What a failed one took is removed again: records must not be written in halves. */
function appendWhole(journal: OpenJournal, bytes: Buffer): void {
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(journal.descriptor, bytes, written);
    journal.bytes += bytes.length;
  } catch (error) {
    ftruncateSync(journal.descriptor, journal.bytes);
    throw error;
  }
}

export interface LoadedExecution {
  readonly execution: Execution;
  readonly soundBytes: number;
}

export interface LoadOptions {
  readonly surroundings: Surroundings;
  readonly findDefinition: (hash: string) => StateMachineDefinition | undefined;
}

/** Reads an execution back by folding its records; undefined for one whose start was never written. Throws DamagedJournalError. */
export function loadExecution(
  file: string,
  { surroundings, findDefinition }: LoadOptions,
): LoadedExecution | undefined {
  const { records, soundBytes, damage } = readJournal(readFileSync(file));
  if (damage?.kind === "corrupt") throw new DamagedJournalError(damage.reason);
  const [header, ...encoded] = records as [JournalHeader | undefined, ...EncodedRecord[]];
  if (header === undefined) return undefined;
  const definition = definitionOf(header, findDefinition(header.definitionHash));
  if (definition === undefined)
    throw new DamagedJournalError(`the definition ${header.definitionHash} that it runs is not known`);
  const execution = createExecution({ ...header, definition }, surroundings);
  try {
    openRoot(execution);
    for (const record of encoded) applyRecord(execution, decodeRecord(execution, record));
  } catch (error) {
    throw new DamagedJournalError(`its records do not fit together: ${error instanceof Error ? error.message : error}`);
  }
  return { execution, soundBytes };
}

/** An item of a distributed Map runs the Map's processor. */
function definitionOf(
  { child }: JournalHeader,
  machine: StateMachineDefinition | undefined,
): StateMachineDefinition | undefined {
  if (child === undefined || machine === undefined) return machine;
  const processor = processorOf(machine, child.mapState);
  return processor && { ...processor, timeoutSeconds: undefined };
}

function processorOf(graph: StateGraph, mapState: string): StateGraph | undefined {
  for (const state of graph.states.values()) {
    const inner = state.type === "Map" ? [state.processor] : state.type === "Parallel" ? state.branches : [];
    if (state.name === mapState) return inner[0];
    for (const nested of inner) {
      const found = processorOf(nested, mapState);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Puts a damaged journal out of the way, for a person to look at. */
export function setAside(file: string): void {
  renameSync(file, `${file}.damaged`);
}
