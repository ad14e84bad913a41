import type { Lease } from "@muster/pipeline";

/** Clocks of two machines differ by less: a lease may be taken over so long after it has expired. */
export const CLOCK_SKEW_MS = 30_000;

/** Who holds a lease, and as which of its holders. */
export type Holding = Pick<Lease, "holder" | "fencing">;

/** Whether anybody may take it: nobody has it, or whoever had it has let go, or has had it for too long. */
export function isFree(lease: Lease | undefined, nowMs: number): boolean {
  return lease === undefined || lease.released || nowMs >= Date.parse(lease.expiresAt) + CLOCK_SKEW_MS;
}

/** By the number too: the same holder may have had it before, and not let go. */
export function isOwn(lease: Lease, { holder, fencing }: Holding): boolean {
  return lease.holder === holder && lease.fencing === fencing && !lease.released;
}

/** What the next holder writes. */
export function nextFencing(lease: Lease | undefined): number {
  return (lease?.fencing ?? 0) + 1;
}

/** A holder's lease from now on. */
export function heldUntil({ holder, fencing }: Holding, expiresMs: number): Lease {
  return { holder, fencing, expiresAt: new Date(expiresMs).toISOString(), released: false };
}
