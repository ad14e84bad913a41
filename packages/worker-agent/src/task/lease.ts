import type { S3Client } from "@aws-sdk/client-s3";
import { Lease } from "@muster/pipeline";
import { type Clock, sleep, within } from "../clock.ts";
import type { Diagnostics } from "../diagnostics.ts";
import { type ObjectPlace, type PutCondition, putJson, readText } from "../s3/objects.ts";

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
/** Clocks of two machines differ by less. */
const SKEW_MS = 30_000;
/** Between the last moment at which a lease may still be renewed and the one at which another may take it. */
export const LEASE_MARGIN_MS = 60_000;

interface Stored {
  readonly lease: Lease;
  readonly etag: string;
}

/**
 * Takes a lease, an object in S3, as soon as nobody else has it, and renews it until it is released.
 * undefined when the waiting was ended. Calls that fail or hang are repeated; a lease that cannot be renewed is lost in time.
 */
export async function takeLease(options: LeaseOptions): Promise<HeldLease | undefined> {
  const { clock, diagnostics, signal, onWait } = options;
  let waitingFor: string | undefined;
  let tried: number | undefined;
  while (!signal.aborted) {
    try {
      const stored = await inTime(options, read(options));
      // Taken by a call whose answer was lost.
      if (stored !== undefined && isOwn(options, stored, tried)) return keep(options, stored);
      const isFree = stored === undefined || stored.lease.released || clock.now() > expiry(stored) + SKEW_MS;
      if (isFree) {
        tried = (stored?.lease.fencing ?? 0) + 1;
        const held = await inTime(options, write(options, tried, conditionOf(stored)));
        if (held !== undefined) return keep(options, held);
      } else if (stored.lease.holder !== waitingFor) {
        waitingFor = stored.lease.holder;
        onWait(waitingFor);
      }
    } catch (error) {
      diagnostics.warn("the lease could not be asked for", { error });
    }
    await sleep(clock, LOOK_MS * (0.5 + Math.random()), signal);
  }
  return undefined;
}

/** A call that hangs may still take effect later: each holds only for the version that it was made for. */
async function inTime<T>({ clock }: LeaseOptions, call: Promise<T>): Promise<T> {
  const late = Symbol("late");
  const answer = await within(clock, CALL_MS, { work: call, otherwise: late });
  if (typeof answer === "symbol") throw new Error(`no answer within ${CALL_MS / 1000} s`);
  return answer;
}

const isOwn = ({ holder }: LeaseOptions, { lease }: Stored, fencing: number | undefined): boolean =>
  lease.holder === holder && lease.fencing === fencing && !lease.released;

const expiry = ({ lease }: Stored): number => Date.parse(lease.expiresAt);

const conditionOf = (stored: Stored | undefined): PutCondition =>
  stored === undefined ? { ifNoneMatch: "*" } : { ifMatch: stored.etag };

async function read({ s3, place }: LeaseOptions): Promise<Stored | undefined> {
  const stored = await readText(s3, place);
  return stored && { lease: Lease.parse(JSON.parse(stored.text)), etag: stored.etag };
}

/** undefined when another was faster */
async function write(
  { s3, place, holder, clock }: LeaseOptions,
  fencing: number,
  condition: PutCondition,
  released = false,
): Promise<Stored | undefined> {
  const expiresAt = new Date(clock.now() + LEASE_MS).toISOString();
  const lease: Lease = { holder, fencing, expiresAt, released };
  const etag = await putJson(s3, place, lease, condition);
  return etag === undefined ? undefined : { lease, etag };
}

function keep(options: LeaseOptions, taken: Stored): HeldLease {
  const { clock, diagnostics, onLost } = options;
  const { fencing } = taken.lease;
  const released = new AbortController();
  let held = taken;
  let cancelLoss = () => {};
  // By the clock alone: what hangs cannot keep it from being noticed.
  const hold = (stored: Stored) => {
    held = stored;
    cancelLoss();
    cancelLoss = clock.at(expiry(stored) - LEASE_MARGIN_MS, lose);
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
        const renewed = await inTime(options, write(options, fencing, { ifMatch: held.etag }));
        // An answer that was lost looks like a holder that came between: the number tells.
        const now = renewed ?? (await inTime(options, read(options)));
        if (now === undefined || !isOwn(options, now, fencing)) return lose();
        if (!released.signal.aborted) hold(now);
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
    fencing,
    async release() {
      released.abort();
      cancelLoss();
      await renewing;
      try {
        await inTime(options, write(options, fencing, { ifMatch: held.etag }, true));
      } catch (error) {
        diagnostics.warn("the lease could not be released; it expires by itself", { error });
      }
    },
  };
}
