import { backOff, type Clock, sleep, within } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { LogEvent, LogSink } from "./log-sink.ts";
import type { LogSpool, SpooledBatch } from "./log-spool.ts";

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

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_048_576;
const EVENT_OVERHEAD = 26;

/** So long a line waits for company before it is sent. */
const LINGER_MS = 100;
/** Closed batches beyond these go to disk; all of them when one has failed, or has not been taken in time. */
const BATCHES_IN_MEMORY = 3;
const IN_TIME_MS = 2000;
const BYTES_IN_MEMORY = 8 * MOST_BYTES;
const SPOOL_AGAIN_MS = 5000;
/** A clock that is so far from the last line's time was set; smaller steps back are evened out, so that lines keep their order. */
const CLOCK_STEP_MS = 3_600_000;
/** What AWS refuses again with a time that is right will not be taken any more. */
const MOST_REFUSALS = 3;

interface Batch {
  events?: LogEvent[];
  spooled?: SpooledBatch;
  readonly sequence: number;
  readonly bytes: number;
}

export function createLogStream({ sink, spool, clock, diagnostics }: LogStreamOptions): LogStream {
  let open: LogEvent[] = [];
  let openBytes = 0;
  let lastMs = 0;
  const queue: Batch[] = [];
  let sequence = 0;
  let bytesInMemory = 0;
  let isSending = true;
  let isHeldUp = false;
  let spooling = false;
  let noSpoolUntilMs = 0;
  let cancelLinger: (() => void) | undefined;
  let waiters: (() => void)[] = [];
  /** Batches before this one are sent, and gone from disk; none while what a predecessor left is not. */
  let firstUnsent = -1;
  let flushes: { readonly before: number; readonly done: () => void }[] = [];

  const settleFlushes = () => {
    for (const { before, done } of flushes) if (before <= firstUnsent) done();
    flushes = flushes.filter(({ before }) => before > firstUnsent);
  };
  const advance = () => {
    firstUnsent = queue[0]?.sequence ?? sequence;
    settleFlushes();
  };
  const wakeWaiters = () => {
    const woken = waiters;
    waiters = [];
    for (const wake of woken) wake();
  };
  const dropFromMemory = (batch: Batch) => {
    if (batch.events === undefined) return;
    delete batch.events;
    bytesInMemory -= batch.bytes;
    if (bytesInMemory < BYTES_IN_MEMORY) wakeWaiters();
  };
  const closeOpen = () => {
    cancelLinger?.();
    cancelLinger = undefined;
    if (open.length === 0) return;
    queue.push({ events: open, sequence: sequence++, bytes: openBytes });
    bytesInMemory += openBytes;
    open = [];
    openBytes = 0;
    if (!isSending) void send();
    if (isHeldUp || queue.length > BATCHES_IN_MEMORY) void spoolBatches();
  };
  const linger = () => {
    cancelLinger ??= clock.at(clock.now() + LINGER_MS, closeOpen);
  };

  /** The newest are sent last. While nothing can be sent the oldest go first, and none may be lost with the agent. */
  const nextToSpool = (): Batch | undefined => {
    const inMemory = queue.filter(({ events, spooled }) => events !== undefined && spooled === undefined);
    if (isHeldUp) return inMemory[0];
    const waiting = inMemory.filter((batch) => batch !== queue[0]);
    return waiting.length < BATCHES_IN_MEMORY ? undefined : waiting.at(-1);
  };
  const spoolBatches = async () => {
    if (spooling) return;
    spooling = true;
    try {
      for (;;) {
        const batch = nextToSpool();
        if (batch?.events === undefined || clock.now() < noSpoolUntilMs) return;
        batch.spooled = await spool.store(batch.sequence, batch.events);
        // It may have been sent meanwhile, or is being sent.
        if (!queue.includes(batch)) await removeFromDisk(batch.spooled);
        else if (batch !== queue[0]) dropFromMemory(batch);
      }
    } catch (error) {
      noSpoolUntilMs = clock.now() + SPOOL_AGAIN_MS;
      diagnostics.warn("the log cannot be spooled to disk; scripts are held back while CloudWatch is slow", { error });
    } finally {
      spooling = false;
    }
  };

  const load = async ({ spooled }: Batch): Promise<LogEvent[]> => {
    try {
      return (await spooled?.load()) ?? [];
    } catch (error) {
      diagnostics.error("lines of the log cannot be read back from disk and are lost", { error });
      return [
        { timestamp: clock.now(), message: "muster: lines are missing here: they could not be read back from disk" },
      ];
    }
  };
  const holdUp = () => {
    isHeldUp = true;
    void spoolBatches();
  };
  const sendEvents = async (batch: readonly LogEvent[]) => {
    let events = batch;
    let refusals = 0;
    for (let tries = 1; events.length > 0; tries++) {
      try {
        events = await sink(events);
        if (events.length === 0) return;
        if (++refusals === MOST_REFUSALS) {
          diagnostics.error("lines of the log are refused and lost", { lines: events.length });
          return;
        }
      } catch (error) {
        diagnostics.warn("log events could not be sent", { tries, error });
        holdUp();
        await sleep(clock, backOff(tries, { firstMs: 200, mostMs: 5000 }));
      }
    }
  };
  const removeFromDisk = async (spooled: SpooledBatch | undefined) => {
    try {
      await spooled?.remove();
    } catch (error) {
      // Were this agent to die, the next one would send these lines again.
      diagnostics.warn("lines that were sent cannot be removed from disk", { error });
    }
  };
  const send = async () => {
    isSending = true;
    for (let batch = queue[0]; batch !== undefined; batch = queue[0]) {
      const events = batch.events ?? (await load(batch));
      const cancelHoldUp = clock.at(clock.now() + IN_TIME_MS, holdUp);
      await sendEvents(events);
      cancelHoldUp();
      isHeldUp = false;
      queue.shift();
      dropFromMemory(batch);
      await removeFromDisk(batch.spooled);
      advance();
    }
    isSending = false;
    wakeWaiters();
  };
  const adopt = async () => {
    const leftovers = await spool.leftovers();
    queue.unshift(...leftovers.map((spooled) => ({ spooled, sequence: -1, bytes: 0 })));
  };
  // Nothing is sent before what a predecessor left.
  void adopt()
    .catch((error: unknown) => diagnostics.warn("the spool cannot be read", { error }))
    .then(() => {
      advance();
      return send();
    });

  return {
    write(lines) {
      // Events of a batch must be in order of time and within a day, whatever the machine's clock does.
      const nowMs = clock.now();
      const wasSet = Math.abs(nowMs - lastMs) > CLOCK_STEP_MS;
      if (wasSet) closeOpen();
      lastMs = wasSet ? nowMs : Math.max(lastMs, nowMs);
      for (const message of lines) {
        const bytes = Buffer.byteLength(message) + EVENT_OVERHEAD;
        if (openBytes + bytes > MOST_BYTES || open.length === MOST_EVENTS) closeOpen();
        open.push({ timestamp: lastMs, message });
        openBytes += bytes;
      }
      if (open.length > 0) linger();
    },
    room() {
      if (bytesInMemory < BYTES_IN_MEMORY) return undefined;
      void spoolBatches();
      return new Promise((resolve) => waiters.push(resolve));
    },
    flush(ms) {
      closeOpen();
      const before = sequence;
      const work = new Promise<true>((resolve) => flushes.push({ before, done: () => resolve(true) }));
      settleFlushes();
      return within(clock, ms, { work, otherwise: false });
    },
  };
}
