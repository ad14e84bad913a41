/** Where every service of this package takes its time from, so that tests hold it in their hands. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Calls `callback` once, when `now() >= atMs`; delays beyond 2³¹ ms work. The return value cancels it. */
  at(atMs: number, callback: () => void): Cancel;
}

export type Cancel = () => void;

/** Node clamps longer timers to 1 ms, so a long one is re-armed in pieces. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's time. Timers do not keep the process alive: whoever serves requests or runs workers does. */
export function realClock(): Clock {
  return {
    now: () => Date.now(),
    at(atMs, callback) {
      let timer: NodeJS.Timeout;
      const arm = () => {
        const left = atMs - Date.now();
        timer = left > LONGEST_TIMER_MS ? setTimeout(arm, LONGEST_TIMER_MS) : setTimeout(callback, Math.max(0, left));
      };
      arm();
      return () => clearTimeout(timer);
    },
  };
}

export interface VirtualClock extends Clock {
  /** Fires everything due until `now() + ms`, in time order, and stands there. */
  advance(ms: number): void;
  /** Goes to the earliest timer and fires it; false if there is none. */
  advanceToNext(): boolean;
  /** Timers that have not fired. */
  readonly pending: number;
}

interface VirtualTimer {
  readonly atMs: number;
  readonly sequence: number;
  readonly callback: () => void;
}

/**
 * Time that moves only when told to: years pass in milliseconds, and timers of one instant fire in the order they were set. It shows whole
 * milliseconds, as systems do, of which a timer fires when the last has passed that it waits for.
 */
export function virtualClock(startMs: number = Date.UTC(2026, 0, 1)): VirtualClock {
  let nowMs = startMs;
  let sequence = 0;
  const heap: VirtualTimer[] = [];
  const cancelled = new Set<VirtualTimer>();
  const fired = new WeakSet<VirtualTimer>();
  const before = (a: VirtualTimer, b: VirtualTimer) => a.atMs - b.atMs || a.sequence - b.sequence;

  const push = (timer: VirtualTimer) => {
    let index = heap.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as VirtualTimer;
      if (before(above, timer) <= 0) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = timer;
  };
  const pop = (): VirtualTimer | undefined => {
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as VirtualTimer, heap[child] as VirtualTimer) < 0) child++;
      if (before(last, heap[child] as VirtualTimer) <= 0) break;
      heap[index] = heap[child] as VirtualTimer;
      index = child;
    }
    heap[index] = last;
    return first;
  };
  const nextDue = (): VirtualTimer | undefined => {
    for (let first = heap[0]; first !== undefined && cancelled.delete(first); first = heap[0]) pop();
    return heap[0];
  };
  const fire = (timer: VirtualTimer) => {
    pop();
    fired.add(timer);
    nowMs = Math.max(nowMs, timer.atMs);
    timer.callback();
  };

  return {
    now: () => nowMs,
    at(atMs, callback) {
      const timer = { atMs: Math.ceil(atMs), sequence: sequence++, callback };
      push(timer);
      return () => {
        if (!fired.has(timer)) cancelled.add(timer);
      };
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      for (let timer = nextDue(); timer !== undefined && timer.atMs <= untilMs; timer = nextDue()) fire(timer);
      nowMs = Math.max(nowMs, untilMs);
    },
    advanceToNext() {
      const timer = nextDue();
      if (timer !== undefined) fire(timer);
      return timer !== undefined;
    },
    get pending() {
      nextDue();
      return heap.length - cancelled.size;
    },
  };
}

/** Resolves at `atMs`; rejects with the signal's reason when it is aborted first. */
export function sleepUntil(clock: Clock, atMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const cancel = clock.at(atMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    const onAbort = () => {
      cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
