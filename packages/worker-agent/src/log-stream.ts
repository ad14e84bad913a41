import { backOff, type Clock, sleep, within } from "./clock.ts";
import type { Diagnostics } from "./diagnostics.ts";
import type { LogEvent, LogSink } from "./log-sink.ts";
import type { LogSpool, SpooledBatch } from "./log-spool.ts";

/** The worker's log: every line one event, in order, none lost while the process lives. */
export interface LogStream {
  write(lines: readonly string[]): void;
  /** While memory and spool are full: resolves when there is room again. Whoever reads a script's output waits for it. */
  room(): Promise<void> | undefined;
  /** Sends what is there; false when that takes longer than `ms`. What is left goes on being sent. */
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
/** Closed batches beyond these go to disk. */
const BATCHES_IN_MEMORY = 3;
const BYTES_IN_MEMORY = 8 * MOST_BYTES;
const SPOOL_AGAIN_MS = 5000;

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
  let sending: Promise<void> | undefined;
  let spooling = false;
  let noSpoolUntilMs = 0;
  let cancelLinger: (() => void) | undefined;
  let waiters: (() => void)[] = [];

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
    sending ??= send();
    if (queue.length > BATCHES_IN_MEMORY) void spoolNewest();
  };
  const linger = () => {
    cancelLinger ??= clock.at(clock.now() + LINGER_MS, closeOpen);
  };

  const spoolNewest = async () => {
    if (spooling) return;
    spooling = true;
    try {
      for (;;) {
        const inMemory = queue.slice(1).filter((batch) => batch.events !== undefined);
        const batch = inMemory.at(-1);
        if (batch?.events === undefined || inMemory.length < BATCHES_IN_MEMORY || clock.now() < noSpoolUntilMs) return;
        batch.spooled = await spool.store(batch.sequence, batch.events);
        // It may have been sent meanwhile.
        if (queue.includes(batch)) dropFromMemory(batch);
        else await batch.spooled.remove();
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
  const send = async () => {
    for (let batch = queue[0]; batch !== undefined; batch = queue[0]) {
      const events = batch.events ?? (await load(batch));
      for (let tries = 1; ; tries++) {
        try {
          if (events.length > 0) await sink(events);
          break;
        } catch (error) {
          diagnostics.warn("log events could not be sent", { tries, error });
          await sleep(clock, backOff(tries, { firstMs: 200, mostMs: 5000 }));
        }
      }
      queue.shift();
      dropFromMemory(batch);
      await batch.spooled?.remove();
    }
    sending = undefined;
    wakeWaiters();
  };
  const adopt = async () => {
    const leftovers = await spool.leftovers();
    queue.unshift(...leftovers.map((spooled) => ({ spooled, sequence: -1, bytes: 0 })));
  };
  // Nothing is sent before what a predecessor left.
  sending = adopt()
    .catch((error: unknown) => diagnostics.warn("the spool cannot be read", { error }))
    .then(send);

  const drained = async () => {
    while (sending !== undefined || open.length > 0) {
      closeOpen();
      await sending;
    }
  };

  return {
    write(lines) {
      // Events of a batch must be in order of time, whatever the machine's clock does.
      lastMs = Math.max(lastMs, clock.now());
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
      void spoolNewest();
      return new Promise((resolve) => waiters.push(resolve));
    },
    flush: (ms) => within(clock, ms, { work: drained().then(() => true), otherwise: false }),
  };
}
