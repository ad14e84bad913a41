import { AsyncLocalStorage } from "node:async_hooks";

/** What is under way that does not wait for time: it must come to rest before a test may move the clock. */
export interface Movement {
  /** Requests and other work open now, long polls included. */
  readonly open: number;
  /** Of these, those that nothing but time or another call can move. */
  readonly parked: number;
  /** Counts `work` as moving until it settles. */
  track<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** Runs `work` outside the work that happens to start it, which does not wait for it. */
  detach<T>(work: () => T): T;
  /** What it runs inside is parked until `work` settles: it waits for someone else's call, and all who wait for it do too. */
  park<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing can move without time. Rejects, naming what is open, when that takes over two minutes. */
  idle(options?: IdleOptions): Promise<void>;
}

export interface IdleOptions {
  /** Child processes count as moving (default): a script that runs is real work which no virtual timer should overtake. */
  childProcesses?: "wait" | "ignore";
}

interface Work {
  readonly what: string;
  readonly parent: Work | undefined;
  parked: number;
}

/** Work of other parts of the process (files, digests) that will call back without anyone's help. */
const BUSY_RESOURCES = /^(FSReq|CloseReq|.*Request$|ZLIB|GetAddrInfoReq|TCPConnectWrap|WriteWrap|ShutdownWrap)/i;

/** Promises may hop through this many turns of the event loop without leaving a trace that could be counted. */
const QUIET_TURNS = 3;

/** Bytes on a loopback socket are in nobody's count; they arrive within this time. */
const SOCKET_QUIET_MS = 4;

/** Of a busy machine, with a thousand tasks: only what hangs is given up. */
const PATIENCE_MS = 120_000;

export function createMovement(openSockets: () => number = () => 0): Movement {
  const current = new AsyncLocalStorage<Work>();
  const open = new Set<Work>();
  let started = 0;

  const run = async <T>(work: Work, job: () => Promise<T>): Promise<T> => {
    started++;
    open.add(work);
    try {
      return await current.run(work, job);
    } finally {
      open.delete(work);
    }
  };
  const parkedCount = () => [...open].filter((work) => work.parked > 0).length;
  const adjust = (work: Work | undefined, by: number) => {
    for (let waiting = work; waiting !== undefined; waiting = waiting.parent) waiting.parked += by;
  };
  const busy = ({ childProcesses = "wait" }: IdleOptions) => {
    if (open.size > parkedCount()) return true;
    return process
      .getActiveResourcesInfo()
      .some((name) => BUSY_RESOURCES.test(name) || (childProcesses === "wait" && name === "ProcessWrap"));
  };

  return {
    get open() {
      return open.size;
    },
    get parked() {
      return parkedCount();
    },
    track: (what, job) => run({ what, parent: current.getStore(), parked: 0 }, job),
    detach: (job) => current.exit(job),
    async park(job) {
      const waiting = current.getStore();
      adjust(waiting, 1);
      try {
        return await job();
      } finally {
        adjust(waiting, -1);
      }
    },
    async idle(options = {}) {
      const sinceMs = performance.now();
      let quietTurns = 0;
      let quietSinceMs = sinceMs;
      let seen = started;
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        const nowMs = performance.now();
        if (busy(options) || seen !== started) {
          seen = started;
          quietTurns = 0;
          quietSinceMs = nowMs;
        } else {
          quietTurns++;
        }
        const quietMs = openSockets() > 0 ? SOCKET_QUIET_MS : 0;
        if (quietTurns >= QUIET_TURNS && nowMs - quietSinceMs >= quietMs) return;
        if (nowMs - sinceMs > PATIENCE_MS) {
          const moving = [...open].filter((work) => work.parked === 0).map((work) => work.what);
          throw new Error(
            `still moving after ${PATIENCE_MS / 1000} s: ${moving.join(", ") || "files or child processes"}`,
          );
        }
      }
    },
  };
}
