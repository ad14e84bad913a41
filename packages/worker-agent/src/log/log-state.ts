import type { LogEvent } from "./log-sink.ts";

/** Limits of one call, for which an event counts 26 bytes more than its message. @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export const MOST_EVENTS = 10_000;
export const MOST_BYTES = 1_048_576;
export const EVENT_OVERHEAD = 26;

/** Closed batches beyond these go to disk; all of them while sending is held up. */
export const BATCHES_IN_MEMORY = 3;
/** Of closed batches. From this many on, whoever has more to write must wait. */
export const BYTES_IN_MEMORY = 8 * MOST_BYTES;
/** A disk that did not take a batch is left alone for so long. */
export const STORE_AGAIN_MS = 5000;
/** A clock that is so far from the last line's time was set; smaller steps back are evened out, so that lines keep their order. */
export const CLOCK_STEP_MS = 3_600_000;

/** Events that are sent with one call. */
export interface LogBatch {
  /** Its place in the log, from 0; below 0 what a predecessor left. */
  readonly sequence: number;
  /** As the call counts them; 0 for what a predecessor left. */
  readonly bytes: number;
  /** undefined where they are on disk alone. */
  readonly events: readonly LogEvent[] | undefined;
  readonly isOnDisk: boolean;
}

/** A worker's log on its way: batches in their order, and the lines that the next one is made of. */
export interface LogState {
  /** What a predecessor left on disk is in the queue. */
  readonly isAdopted: boolean;
  /** Closed batches that are not sent, oldest first; the first is being sent. */
  readonly queue: readonly LogBatch[];
  /** The batch that was sent last, until it is gone from disk too. */
  readonly removing: LogBatch | undefined;
  readonly open: OpenBatch;
  /** The number of the open batch. */
  readonly nextSequence: number;
  /** Of the last line. */
  readonly lastMs: number;
  /** Of the queue's batches that are in memory. */
  readonly bytesInMemory: number;
  /** A try to send the first batch has failed, or takes too long. */
  readonly isHeldUp: boolean;
  readonly noStoreBeforeMs: number;
}

/** Lines that wait for company. */
export interface OpenBatch {
  readonly last: Arrival | undefined;
  readonly count: number;
  readonly bytes: number;
}

/** Lines that came at once, after those before: lists that grow without being copied. */
interface Arrival {
  readonly before: Arrival | undefined;
  readonly events: readonly LogEvent[];
}

export type LogChange =
  /** @param batches how many a predecessor left */
  | { readonly kind: "adopted"; readonly batches: number }
  | { readonly kind: "written"; readonly lines: readonly string[]; readonly atMs: number }
  /** The open batch waits for no more lines. */
  | { readonly kind: "closed" }
  | { readonly kind: "held-up" }
  | { readonly kind: "stored"; readonly sequence: number }
  | { readonly kind: "not-stored"; readonly atMs: number }
  /** CloudWatch has taken the first batch, or never will. */
  | { readonly kind: "sent" }
  /** What was sent is gone from disk. */
  | { readonly kind: "removed" };

const EMPTY: OpenBatch = { last: undefined, count: 0, bytes: 0 };

export const EMPTY_LOG: LogState = {
  isAdopted: false,
  queue: [],
  removing: undefined,
  open: EMPTY,
  nextSequence: 0,
  lastMs: 0,
  bytesInMemory: 0,
  isHeldUp: false,
  noStoreBeforeMs: 0,
};

/** What a log is after a change. Pure: it sends, stores and waits for nothing; what has to be done is asked of the state. */
export function applyLogChange(state: LogState, change: LogChange): LogState {
  switch (change.kind) {
    case "adopted":
      return { ...state, isAdopted: true, queue: [...leftovers(change.batches), ...state.queue] };
    case "written":
      return write(state, change);
    case "closed":
      return close(state);
    case "held-up":
      return { ...state, isHeldUp: true };
    case "stored":
      return store(state, change.sequence);
    case "not-stored":
      return { ...state, noStoreBeforeMs: change.atMs + STORE_AGAIN_MS };
    case "sent":
      return send(state);
    case "removed":
      return { ...state, removing: undefined };
    default:
      return change satisfies never;
  }
}

/** What is to be sent now, after all that was before it. */
export function batchToSend({ isAdopted, removing, queue }: LogState): LogBatch | undefined {
  return isAdopted && removing === undefined ? queue[0] : undefined;
}

/** What is to be put on disk now. The newest are sent last; while nothing can be sent the oldest go first, and none may be lost with the agent. */
export function batchToStore({ queue, isHeldUp, noStoreBeforeMs }: LogState, nowMs: number): LogBatch | undefined {
  if (nowMs < noStoreBeforeMs) return undefined;
  const inMemoryAlone = queue.filter(({ events, isOnDisk }) => events !== undefined && !isOnDisk);
  if (isHeldUp) return inMemoryAlone[0];
  const waiting = inMemoryAlone.filter((batch) => batch !== queue[0]);
  return waiting.length < BATCHES_IN_MEMORY ? undefined : waiting.at(-1);
}

/** Nothing more may be written. */
export const isFull = ({ bytesInMemory }: LogState): boolean => bytesInMemory >= BYTES_IN_MEMORY;

export const isQueued = ({ queue }: LogState, sequence: number): boolean =>
  queue.some((batch) => batch.sequence === sequence);

/** Batches before this number are sent, and gone from disk. */
export function firstUnsent({ isAdopted, removing, queue, nextSequence }: LogState): number {
  return isAdopted ? ((removing ?? queue[0])?.sequence ?? nextSequence) : Number.NEGATIVE_INFINITY;
}

const leftovers = (count: number): LogBatch[] =>
  Array.from({ length: count }, (_, index) => ({
    sequence: index - count,
    bytes: 0,
    events: undefined,
    isOnDisk: true,
  }));

/** Events of a batch must be in order of time and within a day, whatever the machine's clock does. */
function write(before: LogState, { lines, atMs }: { lines: readonly string[]; atMs: number }): LogState {
  const wasSet = Math.abs(atMs - before.lastMs) > CLOCK_STEP_MS;
  const timestamp = wasSet ? atMs : Math.max(before.lastMs, atMs);
  let state: LogState = { ...(wasSet ? close(before) : before), lastMs: timestamp };
  let events: LogEvent[] = [];
  let bytes = 0;
  for (const message of lines) {
    const size = Buffer.byteLength(message) + EVENT_OVERHEAD;
    const { open } = state;
    if (open.bytes + bytes + size > MOST_BYTES || open.count + events.length === MOST_EVENTS) {
      state = close(extend(state, events, bytes));
      events = [];
      bytes = 0;
    }
    events.push({ timestamp, message });
    bytes += size;
  }
  return extend(state, events, bytes);
}

function extend(state: LogState, events: readonly LogEvent[], bytes: number): LogState {
  if (events.length === 0) return state;
  const { last, count, bytes: before } = state.open;
  return {
    ...state,
    open: { last: { before: last, events }, count: count + events.length, bytes: before + bytes },
  };
}

function close(state: LogState): LogState {
  const { open, queue, nextSequence: sequence, bytesInMemory } = state;
  if (open.count === 0) return state;
  return {
    ...state,
    open: EMPTY,
    nextSequence: sequence + 1,
    queue: [...queue, { sequence, bytes: open.bytes, events: eventsOf(open), isOnDisk: false }],
    bytesInMemory: bytesInMemory + open.bytes,
  };
}

function eventsOf({ last }: OpenBatch): readonly LogEvent[] {
  const arrivals: (readonly LogEvent[])[] = [];
  for (let arrival = last; arrival !== undefined; arrival = arrival.before) arrivals.push(arrival.events);
  return arrivals.reverse().flat();
}

/** What is being sent stays in memory; what has been sent meanwhile is of no interest. */
function store(state: LogState, sequence: number): LogState {
  const at = state.queue.findIndex((batch) => batch.sequence === sequence);
  const batch = state.queue[at];
  if (batch === undefined) return state;
  const stored = { ...batch, isOnDisk: true };
  return at === 0
    ? { ...state, queue: state.queue.with(at, stored) }
    : {
        ...state,
        queue: state.queue.with(at, { ...stored, events: undefined }),
        bytesInMemory: state.bytesInMemory - batch.bytes,
      };
}

function send(state: LogState): LogState {
  const [batch, ...queue] = state.queue;
  const bytes = batch?.events === undefined ? 0 : batch.bytes;
  return { ...state, queue, removing: batch, bytesInMemory: state.bytesInMemory - bytes, isHeldUp: false };
}
