import { Lease } from "@muster/pipeline";
import type { StateRecords } from "./state-records.ts";

export interface HeldLease {
  readonly fencing: number;
  /** Overwrites, never deletes, so that the fencing number only grows; does nothing to a lease that another took over. */
  release(): Promise<void>;
}

/** Takes a lease that is free, released or expired; undefined while another holds it. */
export async function takeLease(
  records: StateRecords,
  key: string,
  { holder, now, seconds }: { holder: string; now: Date; seconds: number },
): Promise<HeldLease | undefined> {
  const current = await records.read(key, Lease);
  if (current !== undefined && !current.value.released && new Date(current.value.expiresAt) > now) return undefined;
  const lease: Lease = {
    holder,
    fencing: (current?.value.fencing ?? 0) + 1,
    expiresAt: new Date(now.getTime() + seconds * 1000).toISOString(),
    released: false,
  };
  const etag = await records.write(key, lease, current ? { ifMatch: current.etag } : { ifNoneMatch: "*" });
  if (etag === undefined) return undefined;
  return {
    fencing: lease.fencing,
    async release() {
      await records.write(key, { ...lease, released: true }, { ifMatch: etag });
    },
  };
}
