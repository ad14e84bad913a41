import type { S3Client } from "@aws-sdk/client-s3";
import {
  chance,
  type LeaseOptions as LeaseCalls,
  leaseTaker,
  type ObjectPlace,
  releaseLease,
  renewLease,
  type StoredLease,
  stateRecords,
} from "@muster/records";
import { type Clock, sleep, within } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";

export interface HeldLease {
  /** Larger than that of every holder before. */
  readonly fencing: number;
  /** Overwrites, never deletes, so that the number only grows. */
  release(): Promise<void>;
}

export interface LeaseOptions {
  readonly s3: S3Client;
  readonly place: ObjectPlace;
  /** Who holds it, for people. */
  readonly holder: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Called when somebody else has it: once for each holder. */
  readonly onWait: (holder: string) => void;
  /** Called when it could not be renewed and is about to expire: what it protects must have ended `LEASE_MARGIN_MS` later. */
  readonly onLost: () => void;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** A holder that dies is waited for so long. */
const LEASE_MS = 180_000;
const RENEW_MS = 30_000;
const LOOK_MS = 5000;
const CALL_MS = 10_000;
/** Between the last moment at which a lease may still be renewed and the one at which another may take it. */
export const LEASE_MARGIN_MS = 60_000;

/**
 * Takes a lease, an object in S3, as soon as nobody else has it, and renews it until it is released.
 * undefined when the waiting was ended. Calls that fail or hang are repeated; a lease that cannot be renewed is lost in time.
 */
export async function takeLease(options: LeaseOptions): Promise<HeldLease | undefined> {
  const { clock, diagnostics, signal, onWait } = options;
  const calls = callsInTime(options);
  const take = leaseTaker(calls);
  let waitingFor: string | undefined;
  let mayHold = false;
  while (!signal.aborted) {
    try {
      const taking = await take();
      mayHold = false;
      if (taking.kind === "held") return keep(options, calls, taking.lease);
      if (taking.by !== undefined && taking.by !== waitingFor) {
        waitingFor = taking.by;
        onWait(waitingFor);
      }
    } catch (error) {
      mayHold = true;
      diagnostics.warn("the lease could not be asked for", { error });
    }
    await sleep(clock, LOOK_MS * (0.5 + chance().fraction()), signal);
  }
  if (mayHold)
    await letGo(options, async () => {
      const taking = await take();
      if (taking.kind === "held") await releaseLease(calls, taking.lease);
    });
  return undefined;
}

/** Each call is given up after a while. One that hangs may still take effect later: it holds only for the version that it was made for. */
function callsInTime({ s3, place, holder, clock }: LeaseOptions): LeaseCalls {
  const records = stateRecords(s3, place.bucket);
  const inTime = async <T>(call: Promise<T>): Promise<T> => {
    const late = Symbol("late");
    const answer = await within(clock, CALL_MS, { work: call, otherwise: late });
    if (typeof answer === "symbol") throw new Error(`no answer within ${CALL_MS / 1000} s`);
    return answer;
  };
  return {
    records: {
      read: (key, schema) => inTime(records.read(key, schema)),
      write: (key, value, condition) => inTime(records.write(key, value, condition)),
    },
    key: place.key,
    holder,
    leaseMs: LEASE_MS,
    now: () => clock.now(),
  };
}

function keep(options: LeaseOptions, calls: LeaseCalls, taken: StoredLease): HeldLease {
  const { clock, diagnostics, onLost } = options;
  const released = new AbortController();
  let held = taken;
  let cancelLoss = () => {};
  // By the clock alone: what hangs cannot keep it from being noticed.
  const hold = (stored: StoredLease) => {
    held = stored;
    cancelLoss();
    cancelLoss = clock.at(Date.parse(stored.value.expiresAt) - LEASE_MARGIN_MS, lose);
  };
  const lose = () => {
    if (released.signal.aborted) return;
    released.abort();
    cancelLoss();
    onLost();
  };
  const renew = async () => {
    for (let waitMs = RENEW_MS; ; ) {
      await sleep(clock, waitMs, released.signal);
      if (released.signal.aborted) return;
      try {
        const renewed = await renewLease(calls, held);
        if (renewed === undefined) return lose();
        if (!released.signal.aborted) hold(renewed);
        waitMs = RENEW_MS;
      } catch (error) {
        diagnostics.warn("the lease could not be renewed", { error });
        waitMs = LOOK_MS;
      }
    }
  };
  hold(taken);
  const renewing = renew();
  return {
    fencing: taken.value.fencing,
    async release() {
      released.abort();
      cancelLoss();
      await renewing;
      await letGo(options, () => releaseLease(calls, held));
    },
  };
}

async function letGo({ diagnostics }: LeaseOptions, release: () => Promise<void>): Promise<void> {
  try {
    await release();
  } catch (error) {
    diagnostics.warn("the lease could not be released; it expires by itself", { error });
  }
}
