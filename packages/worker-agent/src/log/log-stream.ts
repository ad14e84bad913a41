import { type Clock, within } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { LogSink } from "./log-sink.ts";
import type { LogSpool } from "./log-spool.ts";
import {
  applyLogChange,
  batchToSend,
  batchToStore,
  EMPTY_LOG,
  firstUnsent,
  isFull,
  isQueued,
  type LogBatch,
  type LogChange,
  type LogState,
} from "./log-state.ts";
import { sendEvents } from "./send-events.ts";
import { spooledBatches } from "./spooled-batches.ts";

/** The worker's log: every line one event, in order, none lost while the process lives. */
export interface LogStream {
  write(lines: readonly string[]): void;
  /** While memory and spool are full: resolves when there is room again. Whoever reads a script's output waits for it. */
  room(): Promise<void> | undefined;
  /** Sends what was written until now; false when that takes longer than `ms`. What is left goes on being sent. */
  flush(ms: number): Promise<boolean>;
}

export interface LogStreamOptions {
  readonly sink: LogSink;
  readonly spool: LogSpool;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

/** So long a line waits for company before it is sent. */
const LINGER_MS = 100;
/** A batch that has not been taken by then holds up the others. */
const IN_TIME_MS = 2000;

/** Does what the log's state asks for: after each change it sends, stores, and wakes those who wait. */
export function createLogStream({ sink, spool, clock, diagnostics }: LogStreamOptions): LogStream {
  const disk = spooledBatches({ spool, clock, diagnostics });
  let state = EMPTY_LOG;
  let waiters: Waiter[] = [];
  let linger: { readonly sequence: number; readonly cancel: () => void } | undefined;

  const apply = (change: LogChange) => {
    state = applyLogChange(state, change);
    lingerForCompany();
    wakeWaiters();
    send();
    store();
  };
  /** From the open batch's first line. */
  const lingerForCompany = () => {
    const { nextSequence: sequence, open } = state;
    if (linger !== undefined && linger.sequence !== sequence) {
      linger.cancel();
      linger = undefined;
    }
    if (open.count === 0) return;
    linger ??= { sequence, cancel: clock.at(clock.now() + LINGER_MS, () => apply({ kind: "closed" })) };
  };
  const wakeWaiters = () => {
    const before = waiters;
    waiters = before.filter(({ isOver }) => !isOver(state));
    for (const { isOver, wake } of before) if (isOver(state)) wake();
  };
  const until = (isOver: Waiter["isOver"]) =>
    new Promise<void>((wake) => {
      if (isOver(state)) wake();
      else waiters.push({ isOver, wake });
    });

  const sendBatch = async ({ sequence, events }: LogBatch) => {
    const toSend = events ?? (await disk.load(sequence));
    const onFailure = () => apply({ kind: "held-up" });
    const cancelHoldUp = clock.at(clock.now() + IN_TIME_MS, onFailure);
    await sendEvents(toSend, { sink, clock, diagnostics, onFailure });
    cancelHoldUp();
    apply({ kind: "sent" });
    await disk.remove(sequence);
    apply({ kind: "removed" });
  };
  const storeBatch = async ({ sequence, events = [] }: LogBatch) => {
    if (!(await disk.store(sequence, events))) return apply({ kind: "not-stored", atMs: clock.now() });
    apply({ kind: "stored", sequence });
    // It may have been sent meanwhile.
    if (!isQueued(state, sequence)) await disk.remove(sequence);
  };
  const send = oneByOne(() => batchToSend(state), sendBatch);
  const store = oneByOne(() => batchToStore(state, clock.now()), storeBatch);
  void disk.adopt().then((batches) => apply({ kind: "adopted", batches }));

  return {
    write: (lines) => apply({ kind: "written", lines, atMs: clock.now() }),
    room() {
      if (!isFull(state)) return undefined;
      store();
      return until((now) => !isFull(now));
    },
    flush(ms) {
      apply({ kind: "closed" });
      const before = state.nextSequence;
      const work = until((now) => firstUnsent(now) >= before).then(() => true as const);
      return within(clock, ms, { work, otherwise: false });
    },
  };
}

interface Waiter {
  isOver(state: LogState): boolean;
  wake(): void;
}

/** What works through all that there is, one after the other, unless it is at work. @param work never rejects */
function oneByOne<T>(next: () => T | undefined, work: (item: T) => Promise<void>): () => void {
  let isAtWork = false;
  const workThrough = async () => {
    isAtWork = true;
    for (let item = next(); item !== undefined; item = next()) await work(item);
    isAtWork = false;
  };
  return () => {
    if (!isAtWork) void workThrough();
  };
}
