import { Lease } from "@muster/pipeline";
import { type Holding, heldUntil, isFree, isOwn, nextFencing } from "./lease-rules.ts";
import type { StateRecords, StoredRecord } from "./state-records.ts";

export interface LeaseOptions {
  readonly records: Pick<StateRecords, "read" | "write">;
  readonly key: string;
  /** No other contender has this name. */
  readonly holder: string;
  /** For so long a holder may act without renewing; another waits longer, by what clocks may differ. */
  readonly leaseMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** What the next holder takes over of what the last one wrote down; nothing by default. */
  readonly carry?: (last: Lease | undefined) => LeaseNote;
}

/** What holders of a lease tell one another. */
export type LeaseNote = Pick<Lease, "unsettledSince" | "restsUntil">;

/** A lease as its holder wrote it. */
export type StoredLease = StoredRecord<Lease>;

export type Taking =
  | { readonly kind: "held"; readonly lease: StoredLease }
  /** Another has it: named where it was there before, unnamed where it came at the same moment. */
  | { readonly kind: "taken"; readonly by?: string };

/**
 * Tries to take a lease, each time that it is called. A call that throws may have taken it, if its answer was lost: the next one knows, and holds it
 * then.
 */
export function leaseTaker({ records, key, holder, leaseMs, now, carry }: LeaseOptions): () => Promise<Taking> {
  let tried: Holding | undefined;
  return async () => {
    const stored = await records.read(key, Lease);
    if (stored !== undefined && tried !== undefined && isOwn(stored.value, tried))
      return { kind: "held", lease: stored };
    if (stored !== undefined && !isFree(stored.value, now())) return { kind: "taken", by: stored.value.holder };
    tried = { holder, fencing: nextFencing(stored?.value) };
    const value = { ...heldUntil(tried, now() + leaseMs), ...carry?.(stored?.value) };
    const etag = await records.write(
      key,
      value,
      stored === undefined ? { ifNoneMatch: "*" } : { ifMatch: stored.etag },
    );
    return etag === undefined ? { kind: "taken" } : { kind: "held", lease: { value, etag } };
  };
}

/** Holds it for another `leaseMs`; undefined when it is another's by now. A call that throws may have renewed it: the next one knows. */
export async function renewLease(
  { records, key, leaseMs, now }: LeaseOptions,
  held: StoredLease,
): Promise<StoredLease | undefined> {
  const value = heldUntil(held.value, now() + leaseMs);
  const etag = await records.write(key, value, { ifMatch: held.etag });
  if (etag !== undefined) return { value, etag };
  const stored = await records.read(key, Lease);
  return stored !== undefined && isOwn(stored.value, held.value) ? stored : undefined;
}

/**
 * Overwrites, never deletes, so that the fencing number only grows; does nothing to a lease that another took over.
 * @param note for the next holder
 */
export async function releaseLease(
  { records, key }: Pick<LeaseOptions, "records" | "key">,
  held: StoredLease,
  note: LeaseNote = {},
): Promise<void> {
  const released: Lease = { ...held.value, ...note, released: true };
  if ((await records.write(key, released, { ifMatch: held.etag })) !== undefined) return;
  // Renewed by a call without an answer?
  const stored = await records.read(key, Lease);
  if (stored !== undefined && isOwn(stored.value, held.value))
    await records.write(key, released, { ifMatch: stored.etag });
}
