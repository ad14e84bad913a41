import { join } from "node:path";
import { fileNameOf } from "../../storage/file-name.ts";
import { openJsonLines } from "../../storage/json-lines.ts";
import type { Storage } from "../../storage/storage.ts";

export interface LogEvent {
  /** Epoch milliseconds, as the writer said. */
  readonly timestamp: number;
  readonly message: string;
  /** Epoch milliseconds of its arrival. */
  readonly ingestionTime: number;
}

/** A place between events: behind the event of this time and number. */
export interface Position {
  readonly timestamp: number;
  readonly sequence: number;
}

export interface PositionedEvent extends LogEvent {
  /** Counts arrivals within the stream. */
  readonly sequence: number;
}

/** One log stream: a plain file in order of arrival, and an index in order of time. */
export interface LogStreamFile {
  readonly count: number;
  readonly firstTimestamp: number | undefined;
  readonly lastTimestamp: number | undefined;
  readonly lastIngestionTime: number | undefined;
  append(events: readonly LogEvent[]): void;
  /** How many events lie before the position. */
  indexAfter(position: Position): number;
  /** How many events are older than `timestamp`. */
  indexOfTime(timestamp: number): number;
  /** Events by their place in the order of time. */
  read(start: number, end: number): PositionedEvent[];
}

interface Entry extends Position {
  readonly offset: number;
  readonly length: number;
}

/** Log groups and streams may hold slashes; their folder and file names hold them encoded. */
export function logStreamPath(storage: Storage, group: string, stream: string): string {
  return join(storage.dir, "logs", fileNameOf(group), `${fileNameOf(stream)}.jsonl`);
}

export function openLogStreamFile(storage: Storage, group: string, stream: string): LogStreamFile {
  const arrived: { timestamp: number; offset: number }[] = [];
  let lastIngestionTime: number | undefined;
  const file = openJsonLines<LogEvent>(storage, logStreamPath(storage, group, stream), (event, offset) => {
    arrived.push({ timestamp: event.timestamp, offset });
    lastIngestionTime = event.ingestionTime;
  });
  const entries: Entry[] = [];
  let sequence = 0;

  const firstIndex = (isAtOrAfter: (entry: Entry) => boolean): number => {
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isAtOrAfter(entries[middle] as Entry)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  /** Nearly all events arrive in order and go to the end. */
  const index = (timestamp: number, offset: number, end: number) => {
    const entry = { timestamp, sequence: sequence++, offset, length: end - offset };
    const last = entries.at(-1);
    if (last === undefined || last.timestamp <= timestamp) entries.push(entry);
    else
      entries.splice(
        firstIndex((other) => other.timestamp > timestamp),
        0,
        entry,
      );
  };
  const indexAll = (events: readonly { timestamp: number; offset: number }[], end: number) => {
    for (const [position, { timestamp, offset }] of events.entries()) {
      index(timestamp, offset, events[position + 1]?.offset ?? end);
    }
  };
  indexAll(arrived, file.size);

  return {
    get count() {
      return entries.length;
    },
    get firstTimestamp() {
      return entries[0]?.timestamp;
    },
    get lastTimestamp() {
      return entries.at(-1)?.timestamp;
    },
    get lastIngestionTime() {
      return lastIngestionTime;
    },
    append(events) {
      const offsets = file.append(events);
      lastIngestionTime = events.at(-1)?.ingestionTime ?? lastIngestionTime;
      indexAll(
        events.map(({ timestamp }, position) => ({ timestamp, offset: offsets[position] as number })),
        file.size,
      );
    },
    indexAfter: ({ timestamp, sequence: number }) =>
      firstIndex((entry) => entry.timestamp > timestamp || (entry.timestamp === timestamp && entry.sequence > number)),
    indexOfTime: (timestamp) => firstIndex((entry) => entry.timestamp >= timestamp),
    read: (start, end) => runsOf(entries.slice(start, end)).flatMap((run) => readRun(file.read, run)),
  };
}

/** Neighbours in time are nearly always neighbours in the file, and then read at once. */
function runsOf(entries: readonly Entry[]): Entry[][] {
  const runs: Entry[][] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && last.offset + last.length === entry.offset) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}

function readRun(read: (start: number, end: number) => LogEvent[], run: readonly Entry[]): PositionedEvent[] {
  const [first, last] = [run[0], run.at(-1)];
  if (first === undefined || last === undefined) return [];
  const events = read(first.offset, last.offset + last.length);
  return events.map((event, position) => ({ ...event, sequence: run[position]?.sequence ?? 0 }));
}
